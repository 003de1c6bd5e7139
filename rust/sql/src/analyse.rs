//! From statement text to [`Facts`], by PostgreSQL's own grammar.

use crate::depth::measure;
use crate::facts::Facts;
use crate::lexer::{Kind, Lexer, Token};
use crate::statement::facts_of;
use crate::tree::Tree;
use serde::Serialize;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::thread;

/// Statements within this depth are analysed on the stack of the caller, who may have little of it.
const SHALLOW: usize = 8;
/// Stack for deeper ones; only what is used of it is ever backed by memory.
const DEEP_STACK_BYTES: usize = 256 * 1024 * 1024;
/// Most operator characters that the scanner may look at; a few milliseconds for each million.
const MAX_EFFORT: usize = 16 << 20;
/// What the parser itself says when it reaches a bound of its own.
const TOO_DEEP: [&str; 3] = ["stack depth limit", "memory exhausted", "nested too deeply"];
/// Longest statement whose error position is looked for.
const MAX_POSITION_BYTES: usize = 16 * 1024;
/// Most tokens of the same text that are tried as the place of an error.
const MAX_POSITION_TRIES: usize = 16;

/// Bounds of what is analysed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest statement string.
    pub bytes: usize,
    /// Most tokens in it.
    pub tokens: usize,
    /// Deepest nesting of expressions and queries.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024 * 1024,
            tokens: 1_000_000,
            depth: 500,
        }
    }
}

/// Why a statement string was not analysed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParseError {
    /// SQLSTATE that PostgreSQL would use.
    pub code: &'static str,
    /// What is wrong, in PostgreSQL's words. May quote the statement: never log it.
    pub message: String,
    /// Character position that the message is about, from 1; 0 when unknown.
    pub position: usize,
}

impl ParseError {
    /// What is said of bytes that are no text.
    pub(crate) fn not_utf8() -> Self {
        Self::new("22021", "the statement is not UTF-8")
    }

    /// What is said where nothing better is known.
    pub(crate) fn unreadable() -> Self {
        Self::new("0A000", "statement cannot be checked")
    }

    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            position: 0,
        }
    }
}

/// Analyses every statement of `sql` within the default [`Limits`].
///
/// # Errors
/// When the grammar refuses the text, or the text exceeds a bound.
pub fn analyse(sql: &str) -> Result<Vec<Facts>, ParseError> {
    analyse_within(sql, &Limits::default())
}

/// Analyses every statement of `sql`.
///
/// # Errors
/// When the grammar refuses the text, or the text exceeds a bound.
pub fn analyse_within(sql: &str, limits: &Limits) -> Result<Vec<Facts>, ParseError> {
    if sql.len() > limits.bytes {
        return Err(ParseError::new(
            "54000",
            "statement is too long to be checked",
        ));
    }
    let measured = measure(sql.as_bytes());
    if measured.tokens > limits.tokens {
        return Err(ParseError::new(
            "54000",
            "statement has too many parts to be checked",
        ));
    }
    if measured.effort > MAX_EFFORT {
        return Err(ParseError::new(
            "54000",
            "statement has too many operator characters in a row to be checked",
        ));
    }
    if measured.depth > limits.depth {
        return Err(ParseError::new(
            "54001",
            "statement nests too deeply to be checked",
        ));
    }
    if measured.depth <= SHALLOW {
        return guarded(sql);
    }
    let refused = || ParseError::new("54001", "statement nests too deeply to be checked");
    thread::scope(|scope| {
        thread::Builder::new()
            .name("scrim-sql".to_owned())
            .stack_size(DEEP_STACK_BYTES)
            .spawn_scoped(scope, || guarded(sql))
            .map_err(|_| refused())?
            .join()
            .map_err(|_| refused())?
    })
}

/// A panic in the analysis of one statement refuses that statement and nothing else.
fn guarded(sql: &str) -> Result<Vec<Facts>, ParseError> {
    catch_unwind(AssertUnwindSafe(|| parse(sql)))
        .unwrap_or_else(|_| Err(ParseError::new("XX000", "statement cannot be checked")))
}

fn parse(sql: &str) -> Result<Vec<Facts>, ParseError> {
    let parsed = pg_query::parse(sql, 0).map_err(|error| refusal(sql, &error))?;
    let mut statements = Vec::with_capacity(parsed.protobuf.stmts.len());
    for (index, raw) in parsed.protobuf.stmts.iter().enumerate() {
        let tree = Tree::of(&raw.stmt).map_err(|_| ParseError::unreadable())?;
        let mut facts = facts_of(&tree);
        facts.index = index;
        facts.start = usize::try_from(raw.stmt_location)
            .unwrap_or(0)
            .min(sql.len());
        // A length of 0 means up to the end of the string.
        facts.end = match usize::try_from(raw.stmt_len) {
            Ok(length) if length > 0 => (facts.start + length).min(sql.len()),
            _ => sql.len(),
        };
        let span = (facts.start, facts.end);
        if let Some(copy) = facts.copy.as_mut().filter(|copy| copy.relation.is_none()) {
            copy.query_span = bracketed(sql, span);
        }
        statements.push(facts);
    }
    Ok(statements)
}

/// The text between the first bracket of a statement and its partner.
fn bracketed(sql: &str, (start, end): (usize, usize)) -> Option<(usize, usize)> {
    let text = &sql.as_bytes()[start..end];
    let mut depth = 0_usize;
    let mut first = 0;
    for token in Lexer::new(text) {
        match &text[token.start..token.end] {
            b"(" if token.kind == Kind::Operator => {
                if depth == 0 {
                    first = token.end;
                }
                depth += 1;
            }
            b")" if token.kind == Kind::Operator => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some((start + first, start + token.start));
                }
            }
            _ => {}
        }
    }
    None
}

fn refusal(sql: &str, error: &pg_query::Error) -> ParseError {
    match error {
        pg_query::Error::Parse(message) if TOO_DEEP.iter().any(|part| message.contains(part)) => {
            ParseError::new("54001", "statement nests too deeply to be checked")
        }
        pg_query::Error::Parse(message) => ParseError {
            code: "42601",
            message: message.clone(),
            position: position(sql, message),
        },
        pg_query::Error::Conversion(_) => {
            ParseError::new("42601", "statement contains a null character")
        }
        _ => ParseError::unreadable(),
    }
}

/// The character position of an error, which the binding does not report.
///
/// The message names the token. Where the text has it several times, the right one is the first that
/// makes the same error when the text ends behind it.
fn position(sql: &str, message: &str) -> usize {
    if sql.len() > MAX_POSITION_BYTES {
        return 0;
    }
    let characters = |end: usize| sql[..end].chars().count() + 1;
    if message.ends_with("at end of input") {
        return characters(sql.len());
    }
    let Some(near) = message
        .split(" at or near \"")
        .nth(1)
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return 0;
    };
    let bytes = sql.as_bytes();
    let found = |token: &Token| bytes[token.start..token.end].starts_with(near.as_bytes());
    let candidates: Vec<Token> = Lexer::new(bytes)
        .filter(found)
        .take(MAX_POSITION_TRIES + 1)
        .collect();
    let boundary = |token: &Token| sql.is_char_boundary(token.start);
    match candidates.as_slice() {
        [only] if boundary(only) => characters(only.start),
        several if several.len() <= MAX_POSITION_TRIES => several
            .iter()
            .filter(|token| boundary(token) && sql.is_char_boundary(token.end))
            .find(|token| same_error(&sql[..token.end], message))
            .map_or(0, |token| characters(token.start)),
        _ => 0,
    }
}

fn same_error(prefix: &str, message: &str) -> bool {
    matches!(pg_query::parse(prefix, 0), Err(pg_query::Error::Parse(found)) if found == message)
}

#[cfg(test)]
#[path = "analyse_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "analyse_bounds_tests.rs"]
mod bounds_tests;
