DROP TABLE checkpoints;
DROP TABLE log_nodes;
DROP TABLE log_entries;
DROP TABLE logs;
