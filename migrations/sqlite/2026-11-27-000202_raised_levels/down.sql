DROP TABLE raised_levels;
