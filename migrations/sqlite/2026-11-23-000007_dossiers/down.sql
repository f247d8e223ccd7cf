DROP TABLE packages;
DROP TABLE transfers;
DROP TABLE filings;
DROP TABLE dossiers;
DROP TABLE file_plan_entries;
