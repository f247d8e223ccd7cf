//! Format check: what other programs read in the same files, documents that break exactly one rule,
//! documents that break none, and hostile files.

mod broken_head;
mod broken_rules;
mod broken_text;
mod command;
mod companions;
mod facts;
mod feet;
mod head;
mod headers;
mod hostile;
mod indents;
mod later;
mod made;
mod made_docx;
mod made_marks;
mod made_pdf;
mod metadata;
mod overlay;
mod page;
mod pdfium;
mod repair;
mod repair_alike;
mod running;
mod scope;
mod tables;
mod variants;
mod words;
