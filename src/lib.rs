//! Chancery: official documents taken in, checked, signed, filed, handed over and proven.
//!
//! The map, one line a module, in the order data flows. Arrows point down this list only:
//! edges use capabilities, capabilities use the store and the engines, engines use nothing above them.

pub mod api; // REST
pub mod archive; // hand-over and receipt
pub mod audit; // the trail: events, sequence, proofs
pub mod cli;
pub mod config; // settings
pub mod desk; // what use cases work with
pub mod dossier; // electronic files: plan, filing, closing
pub mod format; // format rules: facts, findings
pub mod identity;
pub mod merkle; // RFC 6962 tree, proofs, signed heads
pub mod messages; // texts people read, Vietnamese and English, by stable code
pub mod package; // packages for the archive
pub mod pdf; // revisions and objects of PDF files
pub mod pki; // certificates, paths, keys, algorithms
pub mod ports; // what engines and capabilities are given: clock, randomness
pub mod profile; // a jurisdiction as data
pub mod registry;
pub mod server;
pub mod signature; // PAdES signatures: prepare, sign, validate
pub mod store; // database, kept bytes, jobs // agencies, people, appointments, sessions, clients, keys // the command line // official documents: registers, numbers, signing, issue
pub mod trail; // every table the trail is checked against // the running service
