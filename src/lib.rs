//! Chancery: official documents taken in, checked, signed, filed, handed over and proven.
//!
//! The map, a line a module, from the edges down. Arrows point down this list only: edges use capabilities,
//! capabilities use the store and the engines, engines use nothing above them. A test reads the `use` lines and
//! holds every module to it.
//!
//! | layer | module | what it is |
//! |---|---|---|
//! | edges | [`cli`] | the command line, a file a command |
//! | | [`server`] | the running service: what is opened, what runs beside requests, how it stops |
//! | | [`api`] | REST |
//! | | [`config`] | settings |
//! | | [`fetch`] | the one guarded client for what is asked of machines elsewhere |
//! | | [`trail`] | every table the trail is checked against |
//! | capabilities | [`archive`] | hand-over to the archive and its receipt (nộp lưu) |
//! | | [`dossier`] | electronic files (hồ sơ): plan, filing, closing |
//! | | [`registry`] | official documents: registers, numbers, signing, issue |
//! | | [`desk`] | what use cases work with |
//! | | [`identity`] | agencies, people, appointments, sessions, clients, keys |
//! | | [`audit`] | the trail: events, sequence, signed heads, proofs, checking |
//! | ground | [`store`] | database, kept bytes, jobs |
//! | engines | [`package`] | packages for the archive: METS, EAD, PREMIS |
//! | | [`mod@format`] | format rules: facts, findings |
//! | | [`signature`] | PAdES: prepare, sign, validate |
//! | | [`profile`] | a jurisdiction as data |
//! | | [`merkle`] | RFC 6962 tree, proofs, signed heads |
//! | | [`pki`] | certificates, paths, keys, algorithms |
//! | | [`pdf`] | revisions and objects of PDF files, text with its geometry |
//! | for all | [`messages`] | texts people read, Vietnamese and English, by stable code |
//! | | [`xml`] | XML from outside, read within limits |
//! | | [`ports`] | what engines and capabilities are given: clock, randomness, network |

pub mod api;
pub mod archive;
pub mod audit;
pub mod cli;
pub mod config;
pub mod desk;
pub mod dossier;
pub mod fetch;
pub mod format;
pub mod identity;
pub mod merkle;
pub mod messages;
pub mod package;
pub mod pdf;
pub mod pki;
pub mod ports;
pub mod profile;
pub mod registry;
pub mod server;
pub mod signature;
pub mod store;
pub mod trail;
pub mod xml;
