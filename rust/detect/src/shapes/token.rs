//! Tokens that begin with a literal of their vendor.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

use super::published::is_published;
use super::{entropy, placeholder, weigh, Candidate, Slot};
use crate::bytes::{
    before, escape_before, is_base64, is_base64url, is_word, joined_before, run_end, run_start,
    word_at, word_before,
};
use crate::checksum::{self, Checksum};
use crate::sink::Sink;
use crate::spec::{EntitySpec, Error};

/// Most bytes of a token that are looked at; a longer one is covered as far as its letters go.
pub(super) const WINDOW: usize = 4096;
/// Memory that one compiled expression may take.
const MAX_COMPILED: usize = 1 << 20;
const MAX_PATTERN: usize = 4096;
const MIN_PREFIX: usize = 2;
/// A prefix of fewer bytes says so little that the token must look more random.
const MIN_STRONG: usize = 3;
/// A token of so many bytes is no name.
const MIN_LONG: usize = 64;
/// Longest prefix that also occurs in names of files.
const WEAK_PREFIX: usize = 4;
/// Most bytes of a token before a literal that stands inside of it.
const MAX_BEFORE: usize = 64;
/// A value of fewer bytes may be chosen by a person, so that it need not look random.
const MIN_DRAWN: usize = 12;
/// How sure a token is by itself, with a checksum that agrees, and with one that does not.
const PLAIN: f32 = 0.9;
const CHECKED: f32 = 0.99;
const UNCONFIRMED: f32 = 0.6;

/// A regular expression that is tried at one place, with what its syntax tells.
#[derive(Debug)]
pub(super) struct Anchored {
    regex: Regex,
    /// Bytes that are looked at.
    window: usize,
    /// Fewest bytes of a match.
    pub(super) min_len: usize,
    /// Whether all matches have the same length.
    pub(super) fixed: bool,
    /// Bytes without white space that every match has in a row.
    pub(super) run: usize,
    /// Whether a match can have white space in it.
    spaced: bool,
    /// Literals that every match begins with, if there are such.
    begins: Vec<Vec<u8>>,
}

impl Anchored {
    pub(super) fn compile(spec: &EntitySpec) -> Result<Self, Error> {
        let refuse = |reason: String| Error::new(&spec.name, reason);
        let pattern = spec.pattern.as_deref().unwrap_or_default();
        if pattern.is_empty() || pattern.len() > MAX_PATTERN {
            return Err(refuse(format!(
                "`pattern` must have 1 to {MAX_PATTERN} bytes"
            )));
        }
        let hir = regex_syntax::ParserBuilder::new()
            .utf8(false)
            .build()
            .parse(pattern)
            .map_err(|error| refuse(format!("`pattern`: {error}")))?;
        let min_len = hir.properties().minimum_len().unwrap_or(0);
        if min_len == 0 {
            return Err(refuse("`pattern` matches the empty text".to_owned()));
        }
        let max_len = hir.properties().maximum_len();
        let regex = RegexBuilder::new(&format!("^(?:{pattern})"))
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(MAX_COMPILED)
            .build()
            .map_err(|error| refuse(format!("`pattern`: {error}")))?;
        let begins = Extractor::new().extract(&hir);
        let begins = begins.literals().unwrap_or_default();
        let (mut current, mut run) = (0, 0);
        longest_run(&hir, &mut current, &mut run);
        Ok(Self {
            regex,
            window: max_len.map_or(WINDOW, |most| WINDOW.min(most + 1)),
            min_len,
            fixed: max_len == Some(min_len),
            run,
            spaced: holds_space(&hir),
            begins: begins
                .iter()
                .map(|literal| literal.as_bytes().to_vec())
                .collect(),
        })
    }

    /// Whether matches begin with this literal, and do not only have it in them.
    fn begins_with(&self, prefix: &str) -> bool {
        let prefix = prefix.as_bytes();
        self.begins.iter().any(|begin| {
            !begin.is_empty() && (begin.starts_with(prefix) || prefix.starts_with(begin))
        })
    }

    /// The span of the whole match at `start`, and of the part that is the value.
    pub(super) fn at(&self, text: &[u8], start: usize) -> Option<((usize, usize), (usize, usize))> {
        let window = &text[start..text.len().min(start + self.window)];
        if self.regex.captures_len() == 1 {
            let end = start + self.regex.find(window)?.end();
            return Some(((start, end), (start, end)));
        }
        let groups = self.regex.captures(window)?;
        let whole = (start, start + groups.get(0)?.end());
        let part = groups.iter().skip(1).flatten().next();
        let value = part.map_or(whole, |part| (start + part.start(), start + part.end()));
        Some((whole, value))
    }
}

/// Adds to `current` what each match has in a row at this place, and keeps the longest in `best`.
fn longest_run(hir: &Hir, current: &mut usize, best: &mut usize) {
    match hir.kind() {
        HirKind::Concat(parts) => parts
            .iter()
            .for_each(|part| longest_run(part, current, best)),
        HirKind::Capture(group) => longest_run(&group.sub, current, best),
        HirKind::Literal(literal) => {
            for &byte in &literal.0 {
                *current = if byte <= b' ' { 0 } else { *current + 1 };
                *best = (*best).max(*current);
            }
        }
        HirKind::Alternation(parts) if holds_space(hir) => {
            let of = |part: &Hir| {
                let (mut own, mut longest) = (0, 0);
                longest_run(part, &mut own, &mut longest);
                longest
            };
            *best = (*best).max(parts.iter().map(of).min().unwrap_or(0));
            *current = 0;
        }
        _ if holds_space(hir) => *current = 0,
        _ => {
            *current += hir.properties().minimum_len().unwrap_or(0);
            *best = (*best).max(*current);
        }
    }
}

fn holds_space(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.iter().any(|&byte| byte <= b' '),
        HirKind::Class(regex_syntax::hir::Class::Bytes(class)) => {
            class.iter().any(|range| range.start() <= b' ')
        }
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
            class.iter().any(|range| range.start() <= ' ')
        }
        HirKind::Repetition(repetition) => holds_space(&repetition.sub),
        HirKind::Capture(group) => holds_space(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(holds_space),
    }
}

/// The checksum that a declaration names.
pub(super) fn checksum_of(spec: &EntitySpec) -> Result<Option<Checksum>, Error> {
    let Some(name) = spec.checksum.as_deref() else {
        return Ok(None);
    };
    checksum::by_name(name)
        .map(Some)
        .ok_or_else(|| Error::new(&spec.name, format!("no checksum `{name}`")))
}

/// An entity of the form `token`.
#[derive(Debug)]
pub(crate) struct Token {
    slot: Slot,
    anchored: Anchored,
    checksum: Option<Checksum>,
    /// Whether a checksum only makes the token more certain.
    confirms: bool,
    /// Whether the literal stands inside of the token.
    inside: bool,
    /// Bytes of the shortest prefix.
    shortest: usize,
    confidence: f32,
}

impl Token {
    pub(crate) fn compile(spec: &EntitySpec, slot: Slot) -> Result<Self, Error> {
        let prefixes = &spec.prefixes;
        if prefixes.is_empty() || prefixes.iter().any(|prefix| prefix.len() < MIN_PREFIX) {
            let reason = format!("`prefixes` need at least {MIN_PREFIX} bytes each");
            return Err(Error::new(&spec.name, reason));
        }
        let anchored = Anchored::compile(spec)?;
        Ok(Self {
            slot,
            inside: !prefixes.iter().any(|prefix| anchored.begins_with(prefix)),
            anchored,
            shortest: prefixes.iter().map(String::len).min().unwrap_or(0),
            checksum: checksum_of(spec)?,
            confirms: spec
                .checksum
                .as_deref()
                .is_some_and(checksum::only_confirms),
            confidence: spec.confidence.unwrap_or(PLAIN),
        })
    }

    /// Bytes without white space that a text with such a token has in a row.
    pub(crate) fn run(&self) -> usize {
        self.anchored.run
    }

    /// Whether the token can have white space in it.
    pub(crate) fn spaced(&self) -> bool {
        self.anchored.spaced
    }

    /// Whether names may have the layout of the token.
    fn is_short_and_varies(&self) -> bool {
        !self.anchored.fixed && self.anchored.min_len < MIN_LONG
    }

    /// The token whose prefix spans `start..prefix_end`; returns where it ends if it is reported.
    pub(crate) fn scan(
        &self,
        text: &[u8],
        start: usize,
        prefix_end: usize,
        hint: Option<u16>,
        out: &mut Sink<'_>,
    ) -> Option<usize> {
        let (start, prefix_end) = if self.inside {
            let start = run_start(text, start, MAX_BEFORE, |byte| {
                is_word(byte) || matches!(byte, b'-' | b'.' | b'~')
            });
            (start, start)
        } else {
            (start, prefix_end)
        };
        if text.get(start).is_some_and(|&byte| is_word(byte)) && word_before(text, start) {
            return None;
        }
        let ((_, end), value) = self.anchored.at(text, start)?;
        // Padding ends a token, any other mark of its alphabet is one of its characters.
        let last = text[end - 1];
        let marked = last == b'~' || (self.anchored.fixed && matches!(last, b'-' | b'+' | b'/'));
        let goes_on = (last.is_ascii_alphanumeric() || marked) && word_at(text, end);
        let cut = end - start == WINDOW;
        if goes_on && !cut && !escape_before(text, end + 1) {
            return None;
        }
        let weak = self.shortest <= WEAK_PREFIX;
        if weak && !self.inside && joined_before(text, start) && before(text, start) == Some(b'.') {
            return None;
        }
        let body = &text[value.0.max(prefix_end.min(value.1))..value.1];
        let drawn = if body.len() < MIN_DRAWN {
            placeholder::is_password(body, true)
        } else if self.shortest < MIN_STRONG || (weak && self.is_short_and_varies()) {
            entropy::is_mixed(body)
        } else if weak {
            entropy::is_random(body)
        } else {
            entropy::is_filled(body)
        };
        if !drawn || is_published(&text[value.0..value.1]) {
            return None;
        }
        let (start, end) = value;
        let candidate = match self.checksum.map(|checksum| checksum(&text[start..end])) {
            None => Candidate::pattern(start, end, self.confidence),
            Some(true) => Candidate::checked(start, end, self.confidence.max(CHECKED)),
            Some(false) if self.confirms => Candidate::pattern(start, end, UNCONFIRMED),
            Some(false) => return None,
        };
        if !weigh(&self.slot, text, hint, candidate, out) {
            return None;
        }
        if cut {
            // No part of a token that is longer than what was looked at may stay.
            let end = run_end(text, end, |byte| is_base64(byte) || is_base64url(byte));
            return weigh(&self.slot, text, hint, Candidate { end, ..candidate }, out)
                .then_some(end);
        }
        Some(end)
    }
}
