//! Data made by chance of what has a meaning in some format.

use scrim_rows::copy_in::{CopyFault, CopyReader, IncomingOptions};

use super::{csv, text, BOUND};

const MEANINGFUL: &[u8] = b"\\\\,,\"\"\"'\n\n\r.N1x4A\t\t;a\x0b";
const STREAMS: usize = 20_000;
const MAX_BYTES: usize = 40;

/// Marsaglia's xorshift, which is the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.below(MAX_BYTES);
        let byte = |_| MEANINGFUL[self.below(MEANINGFUL.len())];
        (0..length).map(byte).collect()
    }
}

/// What becomes of the data, and the values that were put in.
fn rewritten(
    options: &IncomingOptions,
    pieces: &[&[u8]],
    turn: impl Fn(&[u8]) -> Vec<u8>,
) -> Result<(Vec<u8>, Vec<Vec<u8>>), CopyFault> {
    let mut reader = CopyReader::new(options, BOUND);
    let (mut out, mut put) = (Vec::new(), Vec::new());
    let turn = &mut |_, _, value: &[u8]| {
        let value = turn(value);
        // In the text format an empty value is NULL where that is written so.
        if !(value.is_empty() && options.null.is_empty()) {
            put.push(value.clone());
        }
        Some(value)
    };
    for piece in pieces {
        reader.payload(options, piece, &mut out, turn)?;
    }
    reader.finish(options, &mut out, turn)?;
    Ok((out, put))
}

#[test]
fn what_is_written_is_read_as_what_was_put_in() {
    let marks = |null: &str, default: Option<&str>, options: IncomingOptions| IncomingOptions {
        null: null.into(),
        default: default.map(str::to_owned),
        ..options
    };
    let odd = IncomingOptions {
        delimiter: b';',
        quote: b'\'',
        escape: b'\\',
        ..csv()
    };
    let letters = IncomingOptions {
        delimiter: b'A',
        ..text()
    };
    let header = IncomingOptions {
        header: true,
        ..csv()
    };
    let all = [
        text(),
        csv(),
        header,
        marks("N", Some("\\1"), text()),
        marks("", Some("x"), text()),
        marks("1", Some("4"), odd),
        marks("a", None, letters),
    ];
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let mut read = 0;
    for number in 0..STREAMS {
        let mut options = all[number % all.len()].clone();
        options.columns.truncate(2);
        let data = chance.bytes();
        let reversed = |value: &[u8]| value.iter().rev().copied().collect();
        let whole = rewritten(&options, &[&data], reversed);
        let pieces: Vec<&[u8]> = data.chunks(1).collect();
        assert_eq!(rewritten(&options, &pieces, reversed), whole, "{data:?}");
        let Ok((out, put)) = whole else {
            continue;
        };
        read += put.len();
        let again = rewritten(&options, &[&out], <[u8]>::to_vec).unwrap();
        assert_eq!(again.1, put, "{data:?} became {out:?}");
    }
    assert!(read > STREAMS / 20, "{read}");
}
