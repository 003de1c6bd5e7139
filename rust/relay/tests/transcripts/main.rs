//! Sessions as transcripts: what goes in, what comes out, and what is asked in between.
//!
//! Each transcript runs three times: whole, byte by byte, and in pieces of seven bytes.

mod bench;
mod bounded;
mod copying;
mod extended;
mod filling;
mod limits;
mod queries;
mod renewed;
mod reshaped;
mod rulings;
mod turning;
