//! Fixed strings that a secret announces itself by, searched for together: beginnings of tokens,
//! and names that secrets are given to.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use super::assigned::{Assigned, Places};
use super::keys::spellings;
use super::token::{self, Token};
use super::{adjacent, aws, connection, entropy, jwt, pem, placeholder, Scan, Shape, Slot};
use crate::begins::Begins;
use crate::finding::EntityId;
use crate::spec::{EntitySpec, Error};
use crate::survey::Survey;

/// What a fixed string may be the start of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    AccessKey,
    Jwt,
    Pem,
    Authority,
    Password,
    /// The declared token of that index.
    Token(usize),
}

const NATIVE: [(&str, Anchor); 13] = [
    ("AKIA", Anchor::AccessKey),
    ("ASIA", Anchor::AccessKey),
    ("ABIA", Anchor::AccessKey),
    ("ACCA", Anchor::AccessKey),
    ("eyJ", Anchor::Jwt),
    ("-----BEGIN ", Anchor::Pem),
    ("://", Anchor::Authority),
    ("password=", Anchor::Password),
    ("Password=", Anchor::Password),
    ("PASSWORD=", Anchor::Password),
    ("pwd=", Anchor::Password),
    ("Pwd=", Anchor::Password),
    ("PWD=", Anchor::Password),
];

/// Shortest text that can hold any of the secrets.
const MIN_LEN: usize = 9;
/// Shortest value that a person may have chosen.
const MIN_CHOSEN: usize = 4;
/// Longest text that most tokens are longer than.
const SHORT: usize = 24;
/// Longest run of bytes without white space that is asked for before tokens are searched.
const MAX_RUN: usize = 16;
/// Fewest bytes that are no digit or mark in a text with a token, and with a name and its value.
const MIN_LETTERS: usize = 5;
/// Most fixed strings of all entities.
const MAX_STRINGS: usize = 1 << 16;

/// The entities that are anchored, and their compiled strings.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    tokens: Vec<Token>,
    assigned: Vec<Assigned>,
    prefixes: Vec<(String, Anchor)>,
    keys: Vec<(String, usize)>,
    begins: Option<(AhoCorasick, Begins)>,
    /// How tokens begin that fit into a short text.
    short: Begins,
    names: Option<(AhoCorasick, Begins)>,
    /// Bytes without white space that each token has in a row.
    run: usize,
    /// The longest words of what tokens with white space in them begin with, of those that begin
    /// with nothing but words.
    announced: Vec<String>,
    /// Entities whose values are secrets, and whether people choose them.
    secrets: HashMap<EntityId, bool>,
}

/// What the anchors before have shown.
#[derive(Default)]
struct State {
    access_keys: bool,
    unclosed: bool,
    /// End of what tokens of JSON, keys in PEM, and the others have covered.
    jwt: usize,
    pem: usize,
    covered: usize,
    /// End of the last token that is longer than what is looked at of one.
    long: usize,
}

impl State {
    fn cover(&mut self, end: Option<usize>) {
        self.covered = self.covered.max(end.unwrap_or(0));
    }
}

impl Anchors {
    /// Says that the entity's values are secrets.
    pub(crate) fn add_secret(&mut self, entity: EntityId) {
        self.secrets.insert(entity, false);
    }

    /// Whether the entity's values are secrets.
    pub(crate) fn is_secret(&self, entity: EntityId) -> bool {
        self.secrets.contains_key(&entity)
    }

    pub(crate) fn add_token(&mut self, spec: &EntitySpec, slot: Slot) -> Result<(), Error> {
        let index = self.tokens.len();
        self.tokens.push(Token::compile(spec, slot)?);
        let prefixes = spec.prefixes.iter().cloned();
        if self.tokens[index].spaced() {
            self.announced
                .extend(spec.prefixes.iter().filter_map(|one| longest_word(one)));
        }
        self.prefixes
            .extend(prefixes.map(|prefix| (prefix, Anchor::Token(index))));
        Ok(())
    }

    pub(crate) fn add_assigned(&mut self, spec: &EntitySpec, slot: Slot) -> Result<(), Error> {
        let index = self.assigned.len();
        let entity = slot.entity;
        let assigned = Assigned::compile(spec, slot)?;
        if assigned.chosen() {
            self.secrets.insert(entity, true);
        }
        self.assigned.push(assigned);
        let keys = spec.keys.iter().flat_map(|key| spellings(key));
        self.keys.extend(keys.map(|key| (key, index)));
        Ok(())
    }

    /// Compiles the fixed strings of all that were added.
    pub(crate) fn build(&mut self) -> Result<(), Error> {
        let native = NATIVE
            .iter()
            .map(|&(word, anchor)| (word.to_owned(), anchor));
        self.prefixes.extend(native);
        if self.prefixes.len() + self.keys.len() > MAX_STRINGS {
            return Err(Error::new("", "too many prefixes and keys"));
        }
        self.begins = Some(automaton(
            self.prefixes.iter().map(|(word, _)| word),
            false,
        )?);
        let fits = |anchor: &Anchor| match anchor {
            Anchor::Token(index) => self.tokens[*index].run() <= SHORT,
            _ => true,
        };
        let short = self.prefixes.iter().filter(|(_, anchor)| fits(anchor));
        self.short = Begins::of(short.map(|(word, _)| word), false);
        if !self.keys.is_empty() {
            self.names = Some(automaton(self.keys.iter().map(|(word, _)| word), true)?);
        }
        self.run = self.tokens.iter().map(Token::run).fold(MAX_RUN, usize::min);
        Ok(())
    }

    /// Whether a value that looks like nothing can be one of the entity because of its name.
    ///
    /// What stands in the place of a token or password is none, whatever it is called.
    pub(crate) fn may_be(&self, entity: EntityId, value: &[u8]) -> bool {
        match self.secrets.get(&entity) {
            None => true,
            Some(true) => value.len() >= MIN_CHOSEN && placeholder::is_password(value, true),
            Some(false) => {
                value.len() >= MIN_LEN && !value.contains(&b':') && entropy::is_mixed(value)
            }
        }
    }

    /// Whether entities were added besides the native ones.
    pub(crate) fn declared(&self) -> bool {
        !self.tokens.is_empty() || !self.assigned.is_empty()
    }

    /// Whether what a token or a native secret begins with may stand in the text.
    pub(crate) fn may_hold_token(&self, text: &[u8]) -> bool {
        if text.len() <= SHORT {
            self.short.anywhere(text)
        } else {
            may_hold(self.begins.as_ref(), text)
        }
    }

    /// Whether a name that secrets are given to may stand in the text.
    pub(crate) fn may_hold_name(&self, text: &[u8]) -> bool {
        may_hold(self.names.as_ref(), text)
    }

    /// Whether a token that has white space in it may begin in these letters, or next to them.
    pub(crate) fn may_announce(&self, word: &[u8]) -> bool {
        let has = |piece: &String| memchr::memmem::find(word, piece.as_bytes()).is_some();
        self.announced.iter().any(has)
    }

    /// Whether the counted bytes allow a native secret.
    fn native(survey: &Survey) -> bool {
        survey.len >= MIN_LEN
            && (survey.uppers >= aws::MIN_UPPERS
                || (survey.dots >= 2 && survey.uppers >= 1)
                || survey.dashes >= 10
                || (survey.ats >= 1 && survey.colons >= 2)
                || survey.equals >= 2)
    }

    pub(crate) fn scan(&self, scan: &mut Scan<'_>, survey: &Survey) {
        if let Some(hint) = scan.hint {
            let assigned = self.assigned.iter().find(|one| one.entity() == hint);
            if let Some(assigned) = assigned {
                assigned.scan_cell(scan.text, &mut scan.out);
            }
        }
        let marks = survey.ats + survey.colons + survey.dots + survey.dashes + survey.equals;
        let letters = survey.len - survey.digits - marks;
        let token =
            !self.tokens.is_empty() && letters >= MIN_LETTERS && has_run(scan.text, self.run);
        if token || Self::native(survey) {
            self.scan_begins(scan);
        }
        if self.names.is_some() && letters >= MIN_LETTERS && may_bind(scan.text, survey) {
            self.scan_names(scan);
        }
    }

    fn scan_begins(&self, scan: &mut Scan<'_>) {
        let text = scan.text;
        let found = self.begins.as_ref().filter(|_| self.may_hold_token(text));
        let access_keys = found.is_some_and(|(begins, _)| self.follow(begins, scan));
        if scan.wants(Shape::AwsSecretKey) && text.len() >= aws::SECRET_LEN {
            aws::secret_keys(scan, access_keys);
        }
    }

    /// Looks at what stands behind each fixed string; tells whether there was an access key of AWS.
    fn follow(&self, begins: &AhoCorasick, scan: &mut Scan<'_>) -> bool {
        let text = scan.text;
        let mut state = State::default();
        for found in begins.find_overlapping_iter(Input::new(text)) {
            let (start, end) = (found.start(), found.end());
            match self.prefixes[found.pattern().as_usize()].1 {
                Anchor::AccessKey => state.access_keys |= aws::access_key(scan, start),
                // What another secret covers is not searched again, or the time would be quadratic.
                Anchor::Jwt if start < state.jwt => {}
                Anchor::Jwt => state.jwt = jwt::scan(scan, start).unwrap_or(end),
                Anchor::Pem if state.unclosed || start < state.pem => {}
                Anchor::Pem => {
                    state.pem = pem::scan(scan, start, &mut state.unclosed).unwrap_or(end);
                }
                _ if start < state.covered => {}
                Anchor::Authority => state.cover(connection::url(scan, start, state.covered)),
                Anchor::Password => state.cover(connection::assignment(scan, start, end)),
                Anchor::Token(_) if start < state.long => {}
                Anchor::Token(index) => {
                    let token = &self.tokens[index];
                    let end = token.scan(text, start, end, scan.hint, &mut scan.out);
                    state.long = end.filter(|end| end - start > token::WINDOW).unwrap_or(0);
                }
            }
        }
        state.access_keys
    }

    fn scan_names(&self, scan: &mut Scan<'_>) {
        let possible = self.may_hold_name(scan.text);
        let Some((names, _)) = self.names.as_ref().filter(|_| possible) else {
            return;
        };
        let mut places = Places::default();
        for found in names.find_overlapping_iter(Input::new(scan.text)) {
            let assigned = &self.assigned[self.keys[found.pattern().as_usize()].1];
            let key = (found.start(), found.end());
            assigned.scan(scan.text, key, &mut places, scan.hint, &mut scan.out);
        }
    }
}

fn may_hold(search: Option<&(AhoCorasick, Begins)>, text: &[u8]) -> bool {
    search.is_some_and(|(_, begins)| begins.anywhere(text))
}

/// The longest run of letters of a string of nothing but words and the marks between them.
fn longest_word(string: &str) -> Option<String> {
    let marked = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, ' ' | ',' | '.');
    let words = string.split(|letter: char| !letter.is_ascii_alphabetic());
    let longest = words.max_by_key(|word| word.len()).unwrap_or_default();
    string.chars().all(marked).then(|| longest.to_owned())
}

/// The search for all words, and what tells texts in which it would find none.
fn automaton<'a>(
    words: impl Iterator<Item = &'a String> + Clone,
    any_case: bool,
) -> Result<(AhoCorasick, Begins), Error> {
    let begins = Begins::of(words.clone(), any_case);
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(any_case)
        .build(words)
        .map(|words| (words, begins))
        .map_err(|_| Error::new("", "the prefixes and keys are too large"))
}

/// Whether anything in the text can bind a value to a name: an operator, quotes, or what
/// [`adjacent`] knows.
pub(crate) fn may_bind(text: &[u8], survey: &Survey) -> bool {
    survey.colons + survey.equals > 0
        || memchr::memchr3(b'>', b'"', b'\'', text).is_some()
        || adjacent::possible(text, survey.dashes, survey.digits)
}

/// Whether so many bytes in a row are no white space; only every such byte is looked at until one
/// is none.
fn has_run(text: &[u8], length: usize) -> bool {
    let mut floor = 0;
    while floor + length <= text.len() {
        match text[floor..floor + length]
            .iter()
            .rposition(|&byte| byte <= b' ')
        {
            Some(space) => floor += space + 1,
            None => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::has_run;

    #[test]
    fn a_run_is_found_wherever_it_stands() {
        assert!(has_run(b"abcd", 4));
        assert!(has_run(b"a abcd b", 4));
        assert!(has_run(b"a b abcd", 4));
        assert!(!has_run(b"abc abc abc", 4));
        assert!(!has_run(b"", 4));
    }
}
