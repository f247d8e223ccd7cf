DROP TABLE format_findings;
