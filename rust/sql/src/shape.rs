//! Literal-blind keys of statement strings.
//!
//! Two strings with one shape have the same tokens but for the values of literals, and these values
//! may differ only where they cannot change what the statement means to a decision. So the shape
//! keeps literals when
//! - a statement of the string is not a query or a change of rows (`SET x = 1` is not `SET x = 2`),
//! - a name says that a literal will name a setting (`set_config`), or that the names themselves
//!   depend on a literal (`U&"..." UESCAPE '!'`),
//!
//! and keeps single integers where PostgreSQL reads them as something else than a value: positions in
//! `ORDER BY 1` and the width in `float(24)`. The kind of a literal is always part of the shape.

use crate::lexer::{Kind, Lexer, Token};
use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hasher;

/// The key of a statement string. Equal keys mean equal decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// 128 bits of a keyed hash over the tokens.
    pub key: u128,
}

/// The secret key and the scratch memory for computing shapes.
///
/// The hash is keyed so that nobody outside the process can construct two statements with one shape.
#[derive(Clone)]
pub struct ShapeHasher {
    key: [u8; 16],
    tokens: Vec<u8>,
}

impl ShapeHasher {
    /// A hasher whose key is `key`: random, and the same wherever shapes are compared.
    #[must_use]
    pub fn new(key: [u8; 16]) -> Self {
        Self {
            key,
            tokens: Vec::new(),
        }
    }
}

/// Scratch memory above this size is given back after use.
const SCRATCH_BYTES: usize = 64 * 1024;

/// Computes the shape of a statement string.
#[must_use]
pub fn shape(sql: &[u8], hasher: &mut ShapeHasher) -> Shape {
    let tokens = &mut hasher.tokens;
    if encode(sql, false, tokens) == Encoded::NeedsLiterals {
        encode(sql, true, tokens);
    }
    let mut state = SipHasher13::new_with_key(&hasher.key);
    state.write(tokens);
    if tokens.capacity() > SCRATCH_BYTES {
        *tokens = Vec::new();
    }
    Shape {
        key: state.finish128().as_u128(),
    }
}

/// Marks in the encoded tokens. All are below every byte that a word or an operator starts with, so
/// that the encoding can be read back and two token sequences never share it.
mod mark {
    pub(super) const END: u8 = 0x01;
    pub(super) const KEPT: u8 = 0x02;
    pub(super) const QUOTED: u8 = 0x03;
    pub(super) const UNICODE_QUOTED: u8 = 0x04;
    pub(super) const BROKEN: u8 = 0x05;
    pub(super) const LITERALS_KEPT: u8 = 0x06;
    pub(super) const FIRST_LITERAL: u8 = 0x10;
}

#[derive(PartialEq)]
enum Encoded {
    Done,
    NeedsLiterals,
}

/// What the encoder remembers between tokens.
struct Context {
    keep_literals: bool,
    at_statement_start: bool,
    depth: usize,
    /// Depth at which `BY` was seen, while integers there mean positions.
    positions_at: Option<usize>,
    /// How much of `float (` has been seen.
    float: u8,
}

/// Writes the tokens of `sql` to `out`, each in a form that shows where it ends.
fn encode(sql: &[u8], keep_literals: bool, out: &mut Vec<u8>) -> Encoded {
    out.clear();
    if keep_literals {
        out.push(mark::LITERALS_KEPT);
    }
    let mut context = Context {
        keep_literals,
        at_statement_start: true,
        depth: 0,
        positions_at: None,
        float: 0,
    };
    for token in Lexer::new(sql) {
        let text = &sql[token.start..token.end];
        let float = std::mem::take(&mut context.float);
        match token.kind {
            Kind::Word => {
                let first = out.len();
                out.extend_from_slice(text);
                out[first..].make_ascii_lowercase();
                if context.word(&out[first..]) == Encoded::NeedsLiterals {
                    return Encoded::NeedsLiterals;
                }
                out.push(mark::END);
            }
            Kind::Operator => {
                context.operator(text, float);
                out.extend_from_slice(text);
                out.push(mark::END);
            }
            Kind::Param => {
                out.extend_from_slice(text);
                out.push(mark::END);
            }
            Kind::Quoted => {
                if !context.keep_literals && text == b"\"set_config\"" {
                    return Encoded::NeedsLiterals;
                }
                push_bounded(out, mark::QUOTED, text);
            }
            Kind::UnicodeQuoted => {
                if !context.keep_literals {
                    return Encoded::NeedsLiterals;
                }
                push_bounded(out, mark::UNICODE_QUOTED, text);
            }
            Kind::Broken => push_bounded(out, mark::BROKEN, text),
            _ => context.literal(token, text, float, out),
        }
        if !matches!(token.kind, Kind::Operator) {
            if context.at_statement_start && token.kind != Kind::Word && !context.keep_literals {
                return Encoded::NeedsLiterals;
            }
            context.at_statement_start = false;
        }
    }
    Encoded::Done
}

impl Context {
    fn word(&mut self, word: &[u8]) -> Encoded {
        if !self.keep_literals {
            let refused = if self.at_statement_start {
                !starts_plain_statement(word)
            } else {
                word == b"set_config"
            };
            if refused {
                return Encoded::NeedsLiterals;
            }
        }
        match word {
            b"by" => self.positions_at = Some(self.depth),
            b"float" => self.float = 1,
            b"limit" | b"offset" | b"fetch" | b"for" | b"having" | b"window" | b"union"
            | b"intersect" | b"except" | b"rows" | b"range" | b"groups"
                if self.positions_at == Some(self.depth) =>
            {
                self.positions_at = None;
            }
            _ => {}
        }
        Encoded::Done
    }

    fn operator(&mut self, text: &[u8], float: u8) {
        match text {
            b"(" => {
                self.depth += 1;
                self.float = if float == 1 { 2 } else { 0 };
            }
            b")" => {
                self.depth = self.depth.saturating_sub(1);
                if self.positions_at.is_some_and(|depth| depth > self.depth) {
                    self.positions_at = None;
                }
            }
            b";" => {
                self.at_statement_start = true;
                self.positions_at = None;
            }
            _ => {}
        }
    }

    fn literal(&self, token: Token, text: &[u8], float: u8, out: &mut Vec<u8>) {
        let class = mark::FIRST_LITERAL
            + match token.kind {
                Kind::String => 0,
                Kind::NationalString => 1,
                Kind::BitString => 2,
                Kind::HexString => 3,
                Kind::Int4 => 4,
                Kind::Int8 => 5,
                Kind::UnicodeString => 7,
                _ => 6,
            };
        out.push(class);
        let position = token.kind == Kind::Int4 && (self.positions_at.is_some() || float == 2);
        if self.keep_literals || position {
            push_bounded(out, mark::KEPT, text);
        }
    }
}

/// Whether a statement that starts with this word only reads or changes rows, so that its literals
/// are values and nothing else.
fn starts_plain_statement(word: &[u8]) -> bool {
    matches!(
        word,
        b"select" | b"insert" | b"update" | b"delete" | b"merge" | b"with" | b"values" | b"table"
    )
}

fn push_bounded(out: &mut Vec<u8>, mark: u8, text: &[u8]) {
    out.push(mark);
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text);
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
