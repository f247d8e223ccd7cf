//! Signing and validating, judged by pyHanko, pdfsig, qpdf and openssl.

mod agency;
mod algorithms;
mod appearances;
mod attacks;
mod certificates;
mod cms;
mod dictionaries;
mod field;
mod forgeries;
mod hostile;
mod https;
mod journey;
mod levels;
mod masks;
pub mod others;
mod pictures;
mod producers;
mod remarks;
mod remembered;
mod reports;
mod stamps;
mod tokens;
mod years;
