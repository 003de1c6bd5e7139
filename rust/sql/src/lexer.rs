//! PostgreSQL's lexical rules (`src/backend/parser/scan.l`), without allocating.
//!
//! The server's settings are assumed to be `standard_conforming_strings = on` and
//! `client_encoding = UTF8`; a statement that changes either is refused elsewhere. Where the real
//! scanner reports an error this one yields [`Kind::Broken`], which covers the rest of the input.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Keyword or unquoted identifier.
    Word,
    /// `"quoted identifier"`.
    Quoted,
    /// `U&"quoted identifier"`, whose meaning depends on a later `UESCAPE`.
    UnicodeQuoted,
    /// A character string in any quoting, with its continuation lines.
    String,
    /// `U&'...'`, which a later `UESCAPE` is part of.
    UnicodeString,
    /// `N'...'`.
    NationalString,
    /// `B'...'`.
    BitString,
    /// `X'...'`.
    HexString,
    /// An integer that fits `int4`.
    Int4,
    /// An integer that fits `int8` only.
    Int8,
    /// Any other number.
    Numeric,
    /// `$1`.
    Param,
    /// One operator, or one of the characters that the grammar uses itself.
    Operator,
    /// Something that the real scanner refuses; reaches to the end of the input.
    Broken,
}

impl Kind {
    /// Whether the token is a literal value.
    pub(crate) fn is_literal(self) -> bool {
        !matches!(
            self,
            Kind::Word
                | Kind::Quoted
                | Kind::UnicodeQuoted
                | Kind::Param
                | Kind::Operator
                | Kind::Broken
        )
    }
}

/// A token: `start..end` are byte positions in the statement string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Iterates over the tokens of a statement string; comments and white space are left out.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the operator characters end that were looked at last.
    run_end: usize,
    /// How many operator characters the server's scanner looks at, some of them again and again.
    effort: usize,
}

/// What is special inside a string.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// Two quotes stand for one.
    Plain,
    /// The same, and a backslash escapes.
    Escapes,
    /// Nothing.
    Bits,
}

const SPACE: u8 = 1;
const IDENT_START: u8 = 2;
const IDENT: u8 = 4;
const DIGIT: u8 = 8;
const OPERATOR: u8 = 16;
/// Operators that contain one of these may end in `+` or `-`.
const OPERATOR_KEEPS_SIGN: u8 = 32;
/// Most operator characters in a row of which each may be a sign of its own.
const MAX_SIGNS: usize = 64;

static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0_u8; 256];
    let mut index = 0_u8;
    loop {
        table[index as usize] = match index {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => SPACE,
            b'A'..=b'Z' | b'a'..=b'z' | b'_' | 0x80..=0xff => IDENT_START | IDENT,
            b'0'..=b'9' => DIGIT | IDENT,
            b'$' => IDENT,
            b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'%' => {
                OPERATOR | OPERATOR_KEEPS_SIGN
            }
            b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=' => OPERATOR,
            _ => 0,
        };
        if index == u8::MAX {
            return table;
        }
        index += 1;
    }
}

fn is(byte: u8, class: u8) -> bool {
    CLASS[byte as usize] & class != 0
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            run_end: 0,
            effort: 0,
        }
    }

    /// How many operator characters the server's scanner has looked at for what was read so far.
    pub(crate) fn effort(&self) -> usize {
        self.effort
    }

    fn peek(&self, ahead: usize) -> u8 {
        // Zero cannot occur in a statement: the protocol ends the string there, and it has no class.
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, class: u8) {
        while self.at < self.text.len() && is(self.text[self.at], class) {
            self.at += 1;
        }
    }

    fn skip_line_comment(&mut self) {
        while self.at < self.text.len() && !matches!(self.text[self.at], b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Counts what the server's scanner does for a token or comment that starts here: it reads on to
    /// the end of all operator characters, and then goes back.
    fn count_run(&mut self) {
        if self.at >= self.run_end {
            let rest = &self.text[self.at..];
            let length = rest.iter().take_while(|&&byte| is(byte, OPERATOR)).count();
            self.run_end = self.at + length;
        }
        self.effort = self.effort.saturating_add(self.run_end - self.at);
    }

    /// Skips a block comment with those nested in it; false when it has no end.
    fn skip_block_comment(&mut self) -> bool {
        let mut depth = 0_usize;
        while self.at < self.text.len() {
            match (self.text[self.at], self.peek(1)) {
                (b'/', b'*') => {
                    self.count_run();
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return true;
                    }
                }
                _ => self.at += 1,
            }
        }
        false
    }

    /// Skips white space and comments; false when a comment has no end.
    fn skip_blank(&mut self) -> bool {
        loop {
            self.skip_while(SPACE);
            match (self.peek(0), self.peek(1)) {
                (b'-', b'-') => self.skip_line_comment(),
                (b'/', b'*') => {
                    if !self.skip_block_comment() {
                        return false;
                    }
                }
                _ => return true,
            }
        }
    }

    /// Moves past a string whose opening quote is at `self.at`; false when it has no end.
    fn string(&mut self, body: Body) -> bool {
        loop {
            self.at += 1;
            loop {
                match self.text.get(self.at) {
                    None => return false,
                    Some(b'\'') if body != Body::Bits && self.peek(1) == b'\'' => self.at += 2,
                    Some(b'\'') => break,
                    Some(b'\\') if body == Body::Escapes => self.at += 2,
                    Some(_) => self.at += 1,
                }
            }
            self.at += 1;
            if !self.continues() {
                return true;
            }
        }
    }

    /// After a closing quote: whether the string goes on, on a later line. If so moves to its quote.
    fn continues(&mut self) -> bool {
        let closed = self.at;
        let mut newline = false;
        loop {
            match self.peek(0) {
                b'\n' | b'\r' => {
                    newline = true;
                    self.at += 1;
                }
                b' ' | b'\t' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.peek(1) == b'-' => {
                    self.skip_line_comment();
                    if self.at >= self.text.len() {
                        self.at = closed;
                        return false;
                    }
                }
                b'\'' if newline => return true,
                _ => {
                    self.at = closed;
                    return false;
                }
            }
        }
    }

    /// Moves past a quoted identifier whose opening quote is at `self.at`.
    fn quoted(&mut self) -> bool {
        let first = self.at + 1;
        self.at = first;
        loop {
            match self.text.get(self.at) {
                None => return false,
                Some(b'"') if self.peek(1) == b'"' => self.at += 2,
                Some(b'"') => {
                    self.at += 1;
                    return self.at > first + 1;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// Moves past `$tag$...$tag$`; `None` when this is no dollar quote, false when it has no end.
    fn dollar_quote(&mut self) -> Option<bool> {
        let rest = &self.text[self.at..];
        let mut tag = 1;
        while tag < rest.len() && rest[tag] != b'$' {
            let class = if tag == 1 { IDENT_START } else { IDENT };
            if !is(rest[tag], class) {
                return None;
            }
            tag += 1;
        }
        let delimiter = rest.get(..=tag)?;
        let body = &rest[delimiter.len()..];
        let Some(length) = find(body, delimiter) else {
            return Some(false);
        };
        self.at += 2 * delimiter.len() + length;
        Some(true)
    }

    fn digits(&mut self, accepts: impl Fn(u8) -> bool) -> bool {
        let first = self.at;
        loop {
            if accepts(self.peek(0)) {
                self.at += 1;
            } else if self.peek(0) == b'_' && accepts(self.peek(1)) {
                self.at += 2;
            } else {
                return self.at > first;
            }
        }
    }

    fn number(&mut self) -> Kind {
        let first = self.at;
        let radix = match (self.peek(0), self.peek(1)) {
            (b'0', b'x' | b'X') => 16,
            (b'0', b'o' | b'O') => 8,
            (b'0', b'b' | b'B') => 2,
            _ => 10,
        };
        let mut kind = Kind::Int4;
        if radix == 10 {
            self.digits(|byte| byte.is_ascii_digit());
            if self.peek(0) == b'.' && self.peek(1) != b'.' {
                kind = Kind::Numeric;
                self.at += 1;
                if is(self.peek(0), DIGIT) {
                    self.digits(|byte| byte.is_ascii_digit());
                }
            }
            if matches!(self.peek(0), b'e' | b'E') {
                kind = Kind::Numeric;
                self.at += 1;
                if matches!(self.peek(0), b'+' | b'-') {
                    self.at += 1;
                }
                if !self.digits(|byte| byte.is_ascii_digit()) {
                    return Kind::Broken;
                }
            }
        } else {
            self.at += 2;
            if !self.digits(|byte| char::from(byte).is_digit(radix)) {
                return Kind::Broken;
            }
        }
        if is(self.peek(0), IDENT_START) {
            return Kind::Broken;
        }
        if kind == Kind::Int4 {
            kind = integer_kind(&self.text[first..self.at], radix);
        }
        kind
    }

    fn operator(&mut self) {
        self.count_run();
        let first = self.at;
        let mut keeps_sign = false;
        while self.at < self.text.len() && is(self.text[self.at], OPERATOR) {
            if matches!((self.peek(0), self.peek(1)), (b'/', b'*') | (b'-', b'-')) {
                break;
            }
            keeps_sign |= is(self.text[self.at], OPERATOR_KEEPS_SIGN);
            self.at += 1;
        }
        let length = self.at - first;
        if !keeps_sign && length > MAX_SIGNS {
            // The scanner would look through all of them for each of them.
            self.effort = usize::MAX;
        } else if !keeps_sign {
            while self.at > first + 1 && matches!(self.text[self.at - 1], b'+' | b'-') {
                self.at -= 1;
            }
        }
    }

    /// Reads what starts with a letter; the letter may be the prefix of a string.
    fn word(&mut self) -> Option<Kind> {
        let kind = match (self.peek(0), self.peek(1), self.peek(2)) {
            (b'e' | b'E', b'\'', _) => Kind::String,
            (b'b' | b'B', b'\'', _) => Kind::BitString,
            (b'x' | b'X', b'\'', _) => Kind::HexString,
            (b'n' | b'N', b'\'', _) => Kind::NationalString,
            (b'u' | b'U', b'&', b'\'') => {
                self.at += 2;
                return self.string(Body::Plain).then_some(Kind::UnicodeString);
            }
            (b'u' | b'U', b'&', b'"') => {
                self.at += 2;
                return self.quoted().then_some(Kind::UnicodeQuoted);
            }
            _ => {
                self.skip_while(IDENT);
                return Some(Kind::Word);
            }
        };
        let body = match kind {
            Kind::String => Body::Escapes,
            Kind::NationalString => Body::Plain,
            _ => Body::Bits,
        };
        self.at += 1;
        self.string(body).then_some(kind)
    }

    fn dollar(&mut self) -> Option<Kind> {
        if is(self.peek(1), DIGIT) {
            self.at += 1;
            self.skip_while(DIGIT);
            return (!is(self.peek(0), IDENT_START)).then_some(Kind::Param);
        }
        self.dollar_quote()?.then_some(Kind::String)
    }

    /// Moves past one token and says what it was; `None` for what the scanner refuses.
    fn token(&mut self) -> Option<Kind> {
        let byte = self.peek(0);
        match byte {
            b'\'' => self.string(Body::Plain).then_some(Kind::String),
            b'"' => self.quoted().then_some(Kind::Quoted),
            b'$' => self.dollar(),
            b'0'..=b'9' => Some(self.number()),
            b'.' if is(self.peek(1), DIGIT) => Some(self.number()),
            b',' | b'(' | b')' | b'[' | b']' | b';' => {
                self.at += 1;
                Some(Kind::Operator)
            }
            b'.' => {
                self.at += 1 + usize::from(self.peek(1) == b'.');
                Some(Kind::Operator)
            }
            b':' => {
                self.at += 1 + usize::from(matches!(self.peek(1), b':' | b'='));
                Some(Kind::Operator)
            }
            _ if is(byte, IDENT_START) => self.word(),
            _ if is(byte, OPERATOR) => {
                self.operator();
                Some(Kind::Operator)
            }
            _ => None,
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let complete = self.skip_blank();
        if complete && self.at >= self.text.len() {
            return None;
        }
        let start = self.at.min(self.text.len());
        let kind = if complete { self.token() } else { None }.unwrap_or(Kind::Broken);
        if kind == Kind::Broken {
            self.at = self.text.len();
        }
        Some(Token {
            kind,
            start,
            end: self.at,
        })
    }
}

/// Which type the grammar gives an integer of this size.
fn integer_kind(digits: &[u8], radix: u32) -> Kind {
    let significant = if radix == 10 { digits } else { &digits[2..] };
    let mut value = 0_i64;
    for &byte in significant {
        let Some(digit) = char::from(byte).to_digit(radix) else {
            continue; // an underscore
        };
        value = match value
            .checked_mul(i64::from(radix))
            .and_then(|value| value.checked_add(i64::from(digit)))
        {
            Some(value) => value,
            None => return Kind::Numeric,
        };
    }
    if i32::try_from(value).is_ok() {
        Kind::Int4
    } else {
        Kind::Int8
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
#[path = "lexer_tests.rs"]
mod tests;
