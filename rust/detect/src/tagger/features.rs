//! What the model sees of a token: itself, its neighbours and where it stands.
//!
//! Each feature is a number of its kind and a value, hashed to one row of weights.

use super::model::{class, WordList, ROW_BITS};
use super::token::{Shape, Token};

const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
const EDGE: u64 = 0x51_7C_C1_B7_27_22_0A_95;

/// Tokens that a sentence still speaks of an address behind it.
const LED: u8 = 24;

/// How the letters of a text are cased, which says what a capital is worth in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Casing {
    Mixed = 0,
    Lower = 1,
    Upper = 2,
}

/// What the features need of one token.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct View {
    /// Hash of the word; 0 when training hides it.
    pub(super) word: u64,
    /// Classes of the word list; those of a pair of words included.
    pub(super) classes: u8,
    pub(super) shape: Shape,
    /// The shape, the casing of the text, and nothing else.
    look: u64,
    prefix: u32,
    suffix: u32,
    /// Starts a line (1), a sentence (2), the text (4).
    place: u8,
    /// Number of tokens before it in its line, at most 7.
    column: u8,
    /// Number of tokens in its line, at most 7.
    width: u8,
    /// The shape that the line before begins with.
    above: u8,
    /// The frequent word before it, or where the line breaks.
    before: u64,
    /// The frequent word behind it, or where the line breaks.
    behind: u64,
    /// Whether sentence or a label stands shortly before it in its paragraph.
    led: bool,
    /// The word before the last colon of its line (or at the end of the line before).
    key: u64,
}

impl View {
    const OUT: Self = Self {
        word: EDGE,
        classes: 0,
        shape: Shape::Edge,
        look: 0,
        prefix: 0,
        suffix: 0,
        place: 0,
        column: 0,
        width: 0,
        above: 0,
        before: EDGE,
        behind: EDGE,
        led: false,
        key: 0,
    };

    /// Whether the token can be a reason to weigh a text at all: a capital, a digit, a mark that
    /// forms have, or a word that is only known as a name. Most notes in tables have none of them.
    pub(super) fn may_name(&self) -> bool {
        match self.shape {
            Shape::Period
            | Shape::Comma
            | Shape::Stop
            | Shape::Line
            | Shape::Paragraph
            | Shape::Tab
            | Shape::Dash
            | Shape::Quote => false,
            Shape::Lower | Shape::LowerLetter => !is_ordinary(self.classes, false, false),
            Shape::Capitalised => !is_ordinary(self.classes, true, self.place & 2 != 0),
            _ => true,
        }
    }

    /// Class of the token that transitions depend on.
    pub(super) fn class(&self) -> usize {
        match self.shape {
            Shape::Line | Shape::Paragraph | Shape::Tab => 0,
            Shape::Comma => 1,
            Shape::Dash | Shape::Quote | Shape::Period => 2,
            _ if self.shape.is_capital() => 3,
            _ if self.shape.is_word() && self.classes & class::FREQUENT != 0 => 4,
            _ if self.shape.is_word() => 5,
            Shape::OneDigit
            | Shape::TwoDigits
            | Shape::ThreeDigits
            | Shape::FourDigits
            | Shape::FiveDigits
            | Shape::Digits
            | Shape::NumberWord => 6,
            _ => 7,
        }
    }
}

/// Receives the rows of a token's features.
pub(super) trait Sink {
    fn add(&mut self, row: usize);
}

fn casing(tokens: &[Token]) -> Casing {
    let (mut lower, mut capital, mut mixed) = (0_usize, 0_usize, 0_usize);
    for token in tokens {
        match token.shape {
            Shape::Lower => lower += 1,
            Shape::Capitals | Shape::ShortCapitals => capital += 1,
            Shape::Capitalised | Shape::MixedCase | Shape::Initial => mixed += 1,
            _ => {}
        }
    }
    match (lower, capital, mixed) {
        (1.., 0, 0) => Casing::Lower,
        (0, 1.., 0) => Casing::Upper,
        _ => Casing::Mixed,
    }
}

/// Fills `views` with what the features need of `tokens`.
pub(super) fn look_at(tokens: &[Token], words: &WordList, views: &mut Vec<View>) {
    let casing = casing(tokens);
    views.clear();
    views.extend(tokens.iter().map(|token| View {
        word: token.word,
        classes: words.classes(token.word),
        shape: token.shape,
        look: token.shape as u64 | (casing as u64) << 6,
        prefix: token.prefix,
        suffix: token.suffix,
        ..View::OUT
    }));
    for at in 1..views.len() {
        let [first, second] = [views[at - 1], views[at]];
        if !second.shape.is_word() || !first.shape.is_word() {
            continue;
        }
        let pair = words.classes(pair(first.word, second.word)) & class::PLACE_PAIR;
        views[at - 1].classes |= pair;
        views[at].classes |= pair;
    }
    forward(views);
    backward(views);
}

/// Whether a word of these classes, by itself, is no reason to look for names: a small word that is
/// not only known as a name, or a common one that a sentence begins with.
pub(super) const fn is_ordinary(classes: u8, capital: bool, begins_sentence: bool) -> bool {
    let common = classes & (class::COMMON | class::FREQUENT) != 0;
    if capital {
        return common && begins_sentence && classes & class::GIVEN == 0;
    }
    common || classes & class::NAMES == 0
}

/// The hash of two words in a row, in the word list.
pub(super) const fn pair(first: u64, second: u64) -> u64 {
    (first.rotate_left(17) ^ second).wrapping_mul(SPREAD)
}

/// Whether the word says how its neighbours are used, rather than being a name.
fn is_function_word(view: &View) -> bool {
    view.classes & class::FREQUENT != 0 && matches!(view.shape, Shape::Lower | Shape::LowerLetter)
}

/// Sets what depends on the tokens before.
fn forward(views: &mut [View]) {
    let mut last = View::OUT;
    let (mut before, mut key, mut column) = (EDGE, 0, 0_u8);
    let mut led = 0_u8;
    let (mut above, mut head) = (Shape::Edge, Shape::Edge);
    for (at, view) in views.iter_mut().enumerate() {
        let line = last.shape.is_break();
        if line && at > 0 {
            above = head;
            column = 0;
        }
        if column == 0 {
            head = view.shape;
        }
        let sentence = line || matches!(last.shape, Shape::Period | Shape::Stop | Shape::Colon);
        view.place = u8::from(line) | u8::from(sentence) << 1 | u8::from(at == 0) << 2;
        view.column = column;
        view.above = above as u8;
        view.before = before;
        view.key = key;
        view.led = led > 0;
        led = match view.shape {
            Shape::Paragraph => 0,
            Shape::Colon => LED,
            _ if is_function_word(view) => LED,
            _ => led.saturating_sub(1),
        };
        column = (column + 1).min(7);
        match view.shape {
            Shape::Colon => key = last.word,
            _ if view.shape.is_break() && last.shape != Shape::Colon => key = 0,
            _ => {}
        }
        if view.shape.is_break() || is_function_word(view) {
            before = view.word;
        }
        last = *view;
    }
}

/// Sets what depends on the tokens behind.
fn backward(views: &mut [View]) {
    let (mut behind, mut width) = (EDGE, 0_u8);
    for view in views.iter_mut().rev() {
        if view.shape.is_break() {
            width = 0;
        } else if width == 0 {
            width = view.column + 1;
        }
        view.width = width;
        view.behind = behind;
        if view.shape.is_break() || is_function_word(view) {
            behind = view.word;
        }
    }
}

/// Adds features to a sink, one kind after another.
struct Features<'s, S> {
    sink: &'s mut S,
    kind: u64,
}

impl<S: Sink> Features<'_, S> {
    /// A feature whose value is any number.
    #[inline]
    fn add(&mut self, value: u64) {
        self.kind += 1;
        let hash = (value ^ self.kind.wrapping_mul(0xA24B_AED4_963E_E407)).wrapping_mul(SPREAD);
        let hash = (hash ^ hash >> 31).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        // The shift leaves as many bits as there are rows.
        #[allow(clippy::cast_possible_truncation)]
        self.sink.add((hash >> (64 - ROW_BITS)) as usize);
    }

    /// A feature of a word, left out while the word is hidden.
    #[inline]
    fn word(&mut self, word: u64, rest: u64) {
        if word == 0 {
            self.kind += 1;
        } else {
            self.add(word.wrapping_add(rest.wrapping_mul(SPREAD)));
        }
    }

    /// A feature of two words in a row.
    #[inline]
    fn words(&mut self, first: u64, second: u64, rest: u64) {
        if first == 0 || second == 0 {
            self.kind += 1;
        } else {
            self.word(pair(first, second) | 1, rest);
        }
    }
}

/// Feeds the features of the token at `at` to `sink`.
#[inline]
pub(super) fn extract<S: Sink>(views: &[View], at: usize, sink: &mut S) {
    let near = |step: isize| {
        at.checked_add_signed(step)
            .and_then(|at| views.get(at))
            .unwrap_or(&View::OUT)
    };
    let (prior, before, here, after, later) = (near(-2), near(-1), near(0), near(1), near(2));
    let mut features = Features { sink, kind: 0 };
    features.add(here.look);
    features.add(here.look | u64::from(here.place) << 8 | u64::from(here.classes) << 16);
    lexical([prior, before, here, after, later], &mut features);
    visual([prior, before, here, after, later], &mut features);
    layout(here, &mut features);
}

/// Features of words.
#[inline]
fn lexical<S: Sink>(window: [&View; 5], features: &mut Features<'_, S>) {
    let [prior, before, here, after, later] = window;
    let (look, classes) = (here.look, u64::from(here.classes));
    features.word(here.word, 0);
    features.word(here.word, 1 + look);
    features.word(before.word, 0);
    features.word(after.word, 0);
    features.word(before.word, 1 + look);
    features.word(after.word, 1 + look);
    features.word(prior.word, 1 + look);
    features.word(later.word, 1 + look);
    features.words(before.word, here.word, 0);
    features.words(here.word, after.word, 0);
    features.words(prior.word, before.word, 1 + look);
    features.words(after.word, later.word, 1 + look);
    features.words(before.word, after.word, 1 + look);
    features.word(before.word, 1 + classes);
    features.word(after.word, 1 + classes);
    features.word(here.before, 1 + look);
    features.word(here.behind, 1 + look);
    features.words(here.before, here.behind, 1 + look);
    if here.prefix == 0 || here.word == 0 && here.classes != 0 {
        features.kind += 4;
        return;
    }
    features.add(u64::from(here.prefix >> 8) << 8 | look);
    features.add(u64::from(here.suffix) << 8 | look);
    features.add(u64::from(here.suffix & 0xFF_FFFF) << 8 | look);
    features.add(u64::from(here.suffix & 0xFFFF) << 8 | look);
}

/// Features of shapes and of the classes of words.
#[inline]
fn visual<S: Sink>(window: [&View; 5], features: &mut Features<'_, S>) {
    let looks = |views: &[&View]| {
        views
            .iter()
            .fold(0, |sum, view| sum << 6 | u64::from(view.shape as u8))
    };
    let classes = |views: &[&View]| {
        views
            .iter()
            .fold(0, |sum, view| sum << 8 | u64::from(view.classes))
    };
    let [prior, before, here, after, later] = window;
    let mode = (here.look >> 6) << 60 | u64::from(here.led) << 63;
    features.add(looks(&[before, here]) | mode);
    features.add(looks(&[here, after]) | mode);
    features.add(looks(&[before, here, after]) | mode);
    features.add(looks(&[prior, before, here]) | mode);
    features.add(looks(&[here, after, later]) | mode);
    features.add(looks(&window) | mode);
    features.add(classes(&[here]) << 8 | here.look);
    features.add(classes(&[before, here]) << 8 | here.look);
    features.add(classes(&[here, after]) << 8 | here.look);
    features.add(classes(&[before, here, after]) << 8 | here.look);
    features.add(u64::from(before.suffix & 0xFF_FFFF) << 8 | here.look);
    features.add(u64::from(after.suffix & 0xFF_FFFF) << 8 | here.look);
}

/// Features of the place in the line, and of what the line is about.
#[inline]
fn layout<S: Sink>(here: &View, features: &mut Features<'_, S>) {
    let led = u64::from(here.led) << 40;
    let line = led | u64::from(here.above) << 16 | u64::from(here.column) << 8 | here.look << 24;
    features.add(line | u64::from(here.width));
    features.word(here.key | 1, here.look);
    features.word(here.key | 1, 1 << 40 | u64::from(here.column.min(3)));
}
