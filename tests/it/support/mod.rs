//! What tests share: fresh databases of both kinds.

pub mod databases;
