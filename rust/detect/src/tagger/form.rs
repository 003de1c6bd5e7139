//! The form of one token: its shape, its hash, its ends.

/// Bytes of a word's folded form that its prefixes, suffixes and hash are taken from.
const FORM: usize = 48;

pub(super) const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a token looks like. The order is part of the model's features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Shape {
    /// Before the first token and after the last one.
    #[default]
    Edge,
    Lower,
    Capitalised,
    Capitals,
    ShortCapitals,
    Initial,
    MixedCase,
    LowerLetter,
    OneDigit,
    TwoDigits,
    ThreeDigits,
    FourDigits,
    FiveDigits,
    Digits,
    Decimal,
    NumberWord,
    WordNumber,
    Line,
    Paragraph,
    Tab,
    Url,
    Mail,
    Period,
    Comma,
    Colon,
    Quote,
    Dash,
    Slash,
    Open,
    Close,
    Stop,
    Symbol,
}

impl Shape {
    /// Whether the token ends a line.
    pub(super) const fn is_break(self) -> bool {
        matches!(self, Self::Line | Self::Paragraph | Self::Edge)
    }

    /// Whether the token is made of letters.
    pub(super) const fn is_word(self) -> bool {
        let shape = self as u8;
        shape >= Self::Lower as u8 && shape <= Self::LowerLetter as u8
    }

    /// Whether the word begins with a capital.
    pub(super) const fn is_capital(self) -> bool {
        let shape = self as u8;
        shape >= Self::Capitalised as u8 && shape <= Self::MixedCase as u8
    }
}

/// One token: where it stands and what the features need to know of its form.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Hash of the folded form, never 0.
    pub(super) word: u64,
    /// The first four bytes of the folded form.
    pub(super) prefix: u32,
    /// The last four bytes of the folded form, the last one lowest.
    pub(super) suffix: u32,
    pub(super) shape: Shape,
}

/// The folded form of a word while it is read.
pub(super) struct Form {
    pub(super) bytes: [u8; FORM],
    pub(super) len: usize,
    pub(super) letters: usize,
    capitals: usize,
    digits: usize,
    capital_first: bool,
}

impl Form {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; FORM],
            len: 0,
            letters: 0,
            capitals: 0,
            digits: 0,
            capital_first: false,
        }
    }

    pub(super) fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    pub(super) fn letter(&mut self, base: u32, upper: bool) {
        for byte in base.to_be_bytes() {
            if byte != 0 {
                self.push(byte);
            }
        }
        self.capital_first |= upper && self.letters == 0;
        self.letters += 1;
        self.capitals += usize::from(upper);
    }

    pub(super) fn digit(&mut self, byte: u8) {
        self.push(byte);
        self.digits += 1;
    }

    fn shape(&self) -> Shape {
        if self.letters == 0 {
            return match self.digits {
                _ if self.digits < self.len => Shape::Decimal,
                1 => Shape::OneDigit,
                2 => Shape::TwoDigits,
                3 => Shape::ThreeDigits,
                4 => Shape::FourDigits,
                5 => Shape::FiveDigits,
                _ => Shape::Digits,
            };
        }
        if self.digits > 0 {
            let first = self.bytes[0].is_ascii_digit();
            return if first {
                Shape::NumberWord
            } else {
                Shape::WordNumber
            };
        }
        match (self.letters, self.capitals) {
            (1, 0) => Shape::LowerLetter,
            (_, 0) => Shape::Lower,
            (1, _) => Shape::Initial,
            (_, 1) if self.capital_first => Shape::Capitalised,
            (2..=3, _) if self.capitals == self.letters => Shape::ShortCapitals,
            _ if self.capitals == self.letters => Shape::Capitals,
            _ => Shape::MixedCase,
        }
    }

    /// Numbers are alike but for their length: only what tells a year, a day or an age is kept.
    fn hashed(&self, shape: Shape) -> u64 {
        let kept = match shape {
            Shape::FourDigits => 2,
            Shape::ThreeDigits | Shape::FiveDigits | Shape::Digits | Shape::Decimal => 0,
            _ => self.len,
        };
        let start = MIX ^ (self.len.min(12) as u64) << 56;
        let hash = self.bytes[..kept].iter().fold(start, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        finish(hash)
    }

    pub(super) fn token(&self, start: usize, end: usize) -> Token {
        let shape = self.shape();
        let numeric = self.letters == 0;
        let byte = |at: usize| u32::from(self.bytes[at]);
        let ends = self.len.min(4);
        let (mut prefix, mut suffix) = (0, 0);
        if !numeric {
            for at in 0..ends {
                prefix = prefix << 8 | byte(at);
                suffix = suffix << 8 | byte(self.len - ends + at);
            }
        }
        Token {
            start,
            end,
            word: self.hashed(shape),
            prefix,
            suffix,
            shape,
        }
    }
}

/// The hash of a word of small letters without accents, as [`Form`] has it.
pub(super) fn hash_of_letters(word: &[u8]) -> u64 {
    let kept = &word[..word.len().min(FORM)];
    let start = MIX ^ (kept.len().min(12) as u64) << 56;
    let hash = kept.iter().fold(start, |hash, &byte| {
        (hash ^ u64::from(byte | 0x20)).wrapping_mul(0x0100_0000_01B3)
    });
    finish(hash)
}

/// Spreads a hash over its 64 bits; never 0, which stands for an unknown word.
pub(super) const fn finish(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (hash ^ hash >> 29) | 1
}
