//! Cuts text into the tokens that the model labels: words, numbers, line breaks and single symbols.

use super::letters::{classify, decode, Kind};

/// Bytes of a word's folded form that its prefixes, suffixes and hash are taken from.
const FORM: usize = 48;
/// Furthest that a word is looked through for the `@` of an address.
const MAIL_REACH: usize = 64;

const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

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
struct Form {
    bytes: [u8; FORM],
    len: usize,
    letters: usize,
    capitals: usize,
    digits: usize,
    capital_first: bool,
}

impl Form {
    const fn new() -> Self {
        Self {
            bytes: [0; FORM],
            len: 0,
            letters: 0,
            capitals: 0,
            digits: 0,
            capital_first: false,
        }
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    fn letter(&mut self, base: u32, upper: bool) {
        for byte in base.to_be_bytes() {
            if byte != 0 {
                self.push(byte);
            }
        }
        self.capital_first |= upper && self.letters == 0;
        self.letters += 1;
        self.capitals += usize::from(upper);
    }

    fn digit(&mut self, byte: u8) {
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

    fn token(&self, start: usize, end: usize) -> Token {
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

/// Spreads a hash over its 64 bits; never 0, which stands for an unknown word.
const fn finish(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (hash ^ hash >> 29) | 1
}

/// Reads tokens one after another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokeniser<'t> {
    text: &'t [u8],
    at: usize,
    has_mail: bool,
}

impl<'t> Tokeniser<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            at: 0,
            has_mail: memchr::memchr(b'@', text).is_some(),
        }
    }

    /// Goes back to the byte `at`, which must be the end of a token.
    pub(super) fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    /// What stands at `at`, and its length in bytes. `None` for ASCII digits.
    fn kind(&self, at: usize) -> (Option<Kind>, usize) {
        let byte = self.byte(at);
        let kind = match byte {
            b'a'..=b'z' => Kind::Letter {
                base: u32::from(byte),
                upper: false,
            },
            b'A'..=b'Z' => Kind::Letter {
                base: u32::from(byte | 0x20),
                upper: true,
            },
            b'0'..=b'9' => return (None, 1),
            b'\'' => Kind::Apostrophe,
            b' ' | b'\r' | 0x0B | 0x0C => Kind::Space,
            0..=0x7F => Kind::Symbol(u32::from(byte)),
            _ => {
                let (code, len) = decode(self.text, at);
                return (Some(classify(code)), len);
            }
        };
        (Some(kind), 1)
    }

    fn is_letter(&self, at: usize) -> bool {
        at < self.text.len() && matches!(self.kind(at).0, Some(Kind::Letter { .. }))
    }

    /// The end of a mail address that starts at `start`, if one does.
    fn mail_end(&self, start: usize) -> Option<usize> {
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
        let rest = &self.text[start..];
        let reach = &rest[..rest.len().min(MAIL_REACH)];
        let local = reach.iter().position(|byte| !part(byte))?;
        if local == 0 || reach[local] != b'@' {
            return None;
        }
        let domain = rest[local + 1..].iter().take(255);
        let domain = domain.take_while(|&byte| part(byte)).count();
        let end = self.without_final_dots(start + local + 1 + domain);
        (end > start + local + 1).then_some(end)
    }

    /// The end of an address on the web: up to a space, a bracket or a quotation mark.
    fn url_end(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        let stop = |byte: &u8| byte.is_ascii_whitespace() || b"<>\"'()[]{}".contains(byte);
        let len = rest.iter().position(stop).unwrap_or(rest.len());
        self.without_final_dots(start + len)
    }

    fn without_final_dots(&self, mut end: usize) -> usize {
        while end > 0 && b".,;:!?-".contains(&self.byte(end - 1)) {
            end -= 1;
        }
        end
    }

    fn starts_url(&self, form: &Form, end: usize) -> bool {
        match &form.bytes[..form.len] {
            b"http" | b"https" | b"ftp" => self.text[end..].starts_with(b"://"),
            b"www" => self.byte(end) == b'.' && self.byte(end + 1).is_ascii_alphanumeric(),
            _ => false,
        }
    }

    /// A word or a number that starts at the current place.
    fn word(&mut self) -> Token {
        let start = self.at;
        let mut form = Form::new();
        let mut at = start;
        while at < self.text.len() {
            let (kind, len) = self.kind(at);
            match kind {
                Some(Kind::Letter { base, upper }) => form.letter(base, upper),
                None => form.digit(self.byte(at)),
                Some(Kind::Mark) => {}
                Some(Kind::Apostrophe) if form.letters > 0 && self.joins(at + len) => {
                    form.push(b'\'');
                }
                Some(Kind::Symbol(0x2C | 0x2E))
                    if form.letters == 0 && self.byte(at + 1).is_ascii_digit() =>
                {
                    form.push(b'.');
                }
                Some(Kind::Symbol(0x5F)) if form.len > 0 => form.push(b'_'),
                _ => break,
            }
            at += len;
        }
        if self.starts_url(&form, at) {
            let end = self.url_end(at).max(at);
            return self.closed(Shape::Url, start, end);
        }
        self.at = at;
        form.token(start, at)
    }

    /// Whether an apostrophe before `at` is inside a word: `O'Brien`, `don't`, but not `Ann's`.
    fn joins(&self, at: usize) -> bool {
        let genitive = matches!(self.byte(at), b's' | b'S') && !self.is_letter(at + 1);
        self.is_letter(at) && !genitive
    }

    fn closed(&mut self, shape: Shape, start: usize, end: usize) -> Token {
        self.at = end;
        Token {
            start,
            end,
            word: finish(MIX ^ shape as u64),
            prefix: 0,
            suffix: 0,
            shape,
        }
    }

    /// White space up to the next token; a token itself when it has line breaks.
    fn gap(&mut self) -> Option<Token> {
        let start = self.at;
        let mut breaks = 0;
        while self.at < self.text.len() {
            if self.byte(self.at) == b'\n' {
                breaks += 1;
                self.at += 1;
                continue;
            }
            let (kind, len) = self.kind(self.at);
            let tab = breaks > 0 && self.byte(self.at) == b'\t';
            if !tab && !matches!(kind, Some(Kind::Space | Kind::Mark)) {
                break;
            }
            self.at += len;
        }
        let end = self.at;
        match breaks {
            0 => None,
            1 => Some(self.closed(Shape::Line, start, end)),
            _ => Some(self.closed(Shape::Paragraph, start, end)),
        }
    }

    fn symbol(&mut self, code: u32, len: usize) -> Token {
        let shape = match code {
            0x09 => Shape::Tab,
            0x2E => Shape::Period,
            0x2C => Shape::Comma,
            0x3A => Shape::Colon,
            0x22 | 0x27 | 0x60 | 0xAB | 0xBB | 0x2018..=0x201F => Shape::Quote,
            0x2D | 0x2010..=0x2015 => Shape::Dash,
            0x2F | 0x5C => Shape::Slash,
            0x28 | 0x5B | 0x7B | 0x3C => Shape::Open,
            0x29 | 0x5D | 0x7D | 0x3E => Shape::Close,
            0x21 | 0x3F | 0x3B => Shape::Stop,
            _ => Shape::Symbol,
        };
        let start = self.at;
        let word = finish(MIX ^ u64::from(code) << 8);
        let token = self.closed(shape, start, start + len);
        Token { word, ..token }
    }
}

impl Iterator for Tokeniser<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if let Some(token) = self.gap() {
            return Some(token);
        }
        if self.at >= self.text.len() {
            return None;
        }
        if self.has_mail {
            if let Some(end) = self.mail_end(self.at) {
                let start = self.at;
                return Some(self.closed(Shape::Mail, start, end));
            }
        }
        let start = self.at;
        Some(match self.kind(start) {
            (None | Some(Kind::Letter { .. }), _) => self.word(),
            (Some(Kind::Symbol(code)), len) => self.symbol(code, len),
            (Some(_), len) => {
                let genitive = matches!(self.byte(start + len), b's' | b'S');
                if genitive && !self.is_letter(start + len + 1) && start > 0 {
                    let mut form = Form::new();
                    form.push(b'\'');
                    form.letter(u32::from(b's'), false);
                    self.at = start + len + 1;
                    return Some(form.token(start, self.at));
                }
                self.symbol(0x27, len)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, Tokeniser};

    fn cut(text: &str) -> Vec<&str> {
        Tokeniser::new(text.as_bytes())
            .map(|token| &text[token.start..token.end])
            .collect()
    }

    fn shapes(text: &str) -> Vec<Shape> {
        Tokeniser::new(text.as_bytes())
            .map(|token| token.shape)
            .collect()
    }

    fn words(text: &str) -> Vec<u64> {
        Tokeniser::new(text.as_bytes())
            .map(|token| token.word)
            .collect()
    }

    #[test]
    fn words_keep_inner_apostrophes_and_give_up_the_genitive() {
        assert_eq!(
            cut("Mr. O'Brien’s don't"),
            ["Mr", ".", "O'Brien", "’s", "don't"]
        );
        assert_eq!(cut("Anne-Lotte's"), ["Anne", "-", "Lotte", "'s"]);
    }

    #[test]
    fn line_breaks_are_tokens_and_spaces_are_not() {
        assert_eq!(cut("a\n b \n\n\tc"), ["a", "\n ", "b", " \n\n\t", "c"]);
        assert_eq!(
            shapes("A\nBc\r\n\r\nDE"),
            [
                Shape::Initial,
                Shape::Line,
                Shape::Capitalised,
                Shape::Paragraph,
                Shape::ShortCapitals
            ]
        );
    }

    #[test]
    fn addresses_of_mail_and_web_are_one_token() {
        assert_eq!(
            cut("a.b@c.org, https://x.org/y?z. www.q.se!"),
            ["a.b@c.org", ",", "https://x.org/y?z", ".", "www.q.se", "!"]
        );
    }

    #[test]
    fn numbers_keep_inner_points() {
        assert_eq!(cut("1,000.50 12.05.1990."), ["1,000.50", "12.05.1990", "."]);
        assert_eq!(
            shapes("1990 8a B12 5"),
            [
                Shape::FourDigits,
                Shape::NumberWord,
                Shape::WordNumber,
                Shape::OneDigit
            ]
        );
    }

    #[test]
    fn case_and_diacritics_do_not_change_a_word() {
        assert_eq!(words("SZÖLLÖSY"), words("szollosy"));
        assert_eq!(words("Szo\u{308}llo\u{308}sy"), words("szollosy"));
        assert_ne!(words("szollos"), words("szollosy"));
    }

    #[test]
    fn tokens_are_in_order_and_never_empty_whatever_the_bytes() {
        let mut state = 1_u32;
        for len in 0..400 {
            let mut byte = || {
                state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                let alphabet = b"aZ\xC3\xB6\xE2\x80\x99'.@:/w\n\t 09_\xF0\xFF-s";
                alphabet[(state >> 16) as usize % alphabet.len()]
            };
            let text: Vec<u8> = (0..len).map(|_| byte()).collect();
            let mut end = 0;
            for token in Tokeniser::new(&text) {
                assert!(token.start >= end && token.end > token.start);
                end = token.end;
            }
            assert!(end <= text.len());
        }
    }
}
