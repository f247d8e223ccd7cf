//! Packages for the archive (OAIS): built, read and checked (METS 1.12, E-ARK CSIP 2.0.4, Circular
//! 05/2025/TT-BNV).

pub mod build;
pub mod check;
pub mod evidence;
mod manual;
pub mod model;
mod read;
mod unpack;
mod xml;
