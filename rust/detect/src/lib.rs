//! Finds sensitive values in the bytes of a cell.
//!
//! A [`Detector`] is compiled from [`EntitySpec`]s. A scan first counts the classes of bytes that
//! values are anchored on (`survey`), then runs only the recognisers that the counts leave
//! possible (`shapes`), each of which looks at its anchors, checks what a format or a checksum
//! says, and weighs what is left of the doubt with keywords and the column (`context`). Text with
//! foreign digits, wide letters or invisible characters is scanned again as it would be read
//! (`fold`). Where findings overlap, one stays (`overlap`).
//!
//! Values that escapes, base64 or hexadecimal text hide are read from the views that [`decoded`]
//! makes, and [`walk`] tells which key each value of a document stands under.
//!
//! Names, places and addresses in free text have no anchors: a linear model finds them (`tagger`).
//!
//! Values without a shape are told by their characters (`classify`).
//!
//! Every step takes time linear in the length of the text, and memory for the findings only.
//!
//! What is longer than a bound is covered and not left out: a text with more than 2^18 values is
//! sensitive as a whole; a token, a value of a name, a password or an address that is longer than
//! what is looked at of it reaches to where its letters end; a private key that is not closed
//! reaches to the end of the text; and a value that windows of decoded text cut is reported by each
//! window that has a part of at least 4096 bytes.
//!
//! Not found by design: values below two levels of encoding, what keywords more than 56 bytes before
//! or 24 behind a value would say of it, what keys of more than 96 bytes or below 512 brackets say
//! (values with a shape of their own are found there all the same), the middle of a single encoded
//! value that is longer than a window of 48 KiB, and passwords in addresses that are longer than 512
//! bytes and have no other shape.

#![forbid(unsafe_code)]

mod begins;
mod bytes;
mod checksum;
pub mod classify;
mod codes;
mod context;
mod decode;
mod detector;
mod finding;
mod fold;
mod keys;
mod overlap;
mod pattern;
mod prose;
mod shapes;
mod sink;
mod spec;
mod structure;
mod survey;
pub mod tagger;
#[cfg(test)]
mod testing;
mod view;
mod words;

pub use decode::{decoded, DEPTH};
pub use detector::Detector;
pub use finding::{EntityId, Evidence, Finding};
pub use spec::{EntitySpec, Error};
pub use structure::{walk, walk_structured, Pair};
pub use view::View;
