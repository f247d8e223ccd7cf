//! The trail, judged from outside.

mod golden;
