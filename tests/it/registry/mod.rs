//! Registers and numbers: many clients at once, failures, crashes, and the turn of the year, on both databases.

mod crowd;
mod year;
