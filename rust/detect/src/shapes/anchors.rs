//! Fixed strings that a secret announces itself by, searched for together.

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use super::{aws, connection, jwt, pem, Scan, Shape};
use crate::survey::Survey;

/// What a fixed string may be the start of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    AccessKey,
    Token,
    Pem,
    Authority,
    Password,
}

const ANCHORS: [(&str, Anchor); 13] = [
    ("AKIA", Anchor::AccessKey),
    ("ASIA", Anchor::AccessKey),
    ("ABIA", Anchor::AccessKey),
    ("ACCA", Anchor::AccessKey),
    ("eyJ", Anchor::Token),
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

/// The compiled anchors.
#[derive(Debug)]
pub(crate) struct Anchors(AhoCorasick);

/// What the anchors before have shown.
#[derive(Default)]
struct State {
    access_keys: bool,
    unclosed: bool,
    covered: usize,
}

impl State {
    fn cover(&mut self, end: Option<usize>) {
        self.covered = self.covered.max(end.unwrap_or(0));
    }
}

impl Anchors {
    pub(crate) fn compile() -> Option<Self> {
        let words = ANCHORS.iter().map(|(word, _)| word);
        let mut builder = AhoCorasick::builder();
        builder
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::LeftmostFirst);
        builder.build(words).ok().map(Self)
    }

    /// Whether the counted bytes allow any anchor's secret.
    pub(crate) fn possible(survey: &Survey) -> bool {
        survey.len >= MIN_LEN
            && (survey.uppers >= aws::MIN_UPPERS
                || (survey.dots >= 2 && survey.uppers >= 1)
                || survey.dashes >= 10
                || (survey.ats >= 1 && survey.colons >= 2)
                || survey.equals >= 2)
    }

    pub(crate) fn scan(&self, scan: &mut Scan<'_>) {
        let text = scan.text;
        let mut from = 0;
        let mut state = State::default();
        while let Some(found) = self.0.find(Input::new(text).range(from..)) {
            let (start, end) = (found.start(), found.end());
            let mut next = end;
            match ANCHORS[found.pattern().as_usize()].1 {
                Anchor::AccessKey => state.access_keys |= aws::access_key(scan, start),
                Anchor::Token => next = jwt::scan(scan, start).unwrap_or(end),
                Anchor::Pem if state.unclosed => {}
                Anchor::Pem => next = pem::scan(scan, start, &mut state.unclosed).unwrap_or(end),
                // What another secret covers is not searched again, or the time would be quadratic.
                Anchor::Authority | Anchor::Password if start < state.covered => {}
                Anchor::Authority => state.cover(connection::url(scan, start, from)),
                Anchor::Password => state.cover(connection::assignment(scan, start, end)),
            }
            from = next;
        }
        let access_keys = state.access_keys;
        if scan.wants(Shape::AwsSecretKey) && text.len() >= aws::SECRET_LEN {
            aws::secret_keys(scan, access_keys);
        }
    }
}
