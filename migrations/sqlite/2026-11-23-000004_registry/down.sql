DROP TABLE register_entries;
DROP TABLE registers;
DROP TABLE signatures;
DROP TABLE format_checks;
DROP TABLE versions;
DROP TABLE components;
DROP TABLE document_relations;
DROP TABLE documents;
