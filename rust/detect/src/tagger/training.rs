//! Learns the model from labelled text: a structured perceptron with a margin, averaged.
//!
//! A document of the training file is one line of JSON: `{"t": text, "s": [[start, end, "LABEL"]]}`
//! with byte offsets; the label `?` says that it is not known whether the span names anything.
//! A line of the word list is a word, or two, a tab, and the sum of its classes.
//!
//! Only integers are used, and one thread, so that the result is the same on every machine.
//! Method: M. Collins, "Discriminative Training Methods for Hidden Markov Models" (2002), with
//! the loss added to the score of wrong labels while searching (Taskar and others, 2005).

use super::features::{extract, look_at, pair, Sink, View};
use super::label::{first, follows, is_first, later, Label, OUTSIDE, TAGS};
use super::model::{Model, Row, WordList, CLASSES, LANES, ROW_BITS};
use super::token::{Token, Tokeniser};

/// Added to the score of a wrong label while searching.
const LOSS: i32 = 6;
/// The same where the model would miss a span: a name missed costs more than a false alarm.
const LOSS_MISSED: i32 = 9;
const NEVER: i32 = i32::MIN / 4;
const ANY: u8 = u8::MAX;
/// Weight of a step that labels cannot take.
const FORBIDDEN: i16 = -20_000;

/// A labelled text.
pub struct Document {
    tokens: Vec<Token>,
    /// The label of each token, or [`ANY`].
    gold: Vec<u8>,
}

struct Rows(Vec<u32>);

impl Sink for Rows {
    fn add(&mut self, row: usize) {
        self.0.push(u32::try_from(row).unwrap_or(0));
    }
}

/// Weights with what their average needs.
struct Weights {
    now: Vec<i32>,
    /// Sum of the changes, each times the number of documents seen before it.
    late: Vec<i64>,
}

impl Weights {
    fn new(len: usize) -> Self {
        Self {
            now: vec![0; len],
            late: vec![0; len],
        }
    }

    fn change(&mut self, at: usize, by: i32, time: i64) {
        self.now[at] += by;
        self.late[at] += i64::from(by) * time;
    }

    /// The average over `time` documents, in thousandths.
    fn average(&self, at: usize, time: i64) -> i64 {
        (i64::from(self.now[at]) * time - self.late[at]) * 1000 / time.max(1)
    }
}

/// Learns.
pub struct Trainer {
    words: WordList,
    rows: Weights,
    steps: Weights,
    time: i64,
    random: u64,
    wrong: u64,
}

fn step_at(class: usize, before: usize, tag: usize) -> usize {
    (class * TAGS + before) * TAGS + tag
}

impl Trainer {
    /// A trainer that knows the words of the list.
    ///
    /// # Errors
    /// A line of the list is not of the form, or there is no room for its word.
    pub fn new(list: &str) -> Result<Self, String> {
        let mut words = WordList::empty();
        for line in list.lines() {
            let (word, classes) = line.split_once('\t').ok_or(line)?;
            let classes = classes.parse().map_err(|_| line)?;
            let tokens: Vec<Token> = Tokeniser::new(word.as_bytes()).collect();
            let hash = match tokens[..] {
                [token] => token.word,
                [one, two] => pair(one.word, two.word),
                _ => continue,
            };
            if !words.insert(hash, classes) {
                return Err(format!("no room for {line}"));
            }
        }
        Ok(Self {
            words,
            rows: Weights::new(TAGS << ROW_BITS),
            steps: Weights::new(CLASSES * TAGS * TAGS),
            time: 0,
            random: 0x1234_5678,
            wrong: 0,
        })
    }

    /// Number of tokens that were labelled wrongly since the last call.
    pub fn errors(&mut self) -> u64 {
        std::mem::take(&mut self.wrong)
    }

    /// A number below `limit`, from a generator of the kind that Knuth describes (MMIX).
    pub fn random(&mut self, limit: u64) -> u64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % limit.max(1)
    }

    /// Hides words from the model, names above all, so that it learns to do without them.
    fn hide(&mut self, views: &mut [View], gold: &[u8]) {
        for at in 0..views.len() {
            let odds = if usize::from(gold[at]) == OUTSIDE {
                40
            } else {
                5
            };
            if !views[at].shape.is_word() || self.random(odds) > 0 {
                continue;
            }
            views[at].word = 0;
            if self.random(4) > 0 {
                views[at].classes = 0;
            }
        }
    }

    /// Learns from one document.
    pub fn learn(&mut self, document: &Document) {
        let mut views = Vec::new();
        look_at(&document.tokens, &self.words, &mut views);
        self.hide(&mut views, &document.gold);
        let rows: Vec<Vec<u32>> = (0..views.len())
            .map(|at| {
                let mut rows = Rows(Vec::with_capacity(48));
                extract(&views, at, &mut rows);
                rows.0
            })
            .collect();
        let scores: Vec<[i32; TAGS]> = rows.iter().map(|rows| self.score(rows)).collect();
        let gold = if document.gold.contains(&ANY) {
            self.search(&views, &scores, |at, tag| {
                let gold = document.gold[at];
                if gold == ANY || usize::from(gold) == tag {
                    0
                } else {
                    NEVER / 1000
                }
            })
        } else {
            document.gold.iter().map(|&tag| usize::from(tag)).collect()
        };
        let guess = self.search(&views, &scores, |at, tag| {
            let right = gold[at];
            if tag == right || document.gold[at] == ANY {
                0
            } else if tag == OUTSIDE {
                LOSS_MISSED
            } else {
                LOSS
            }
        });
        self.time += 1;
        let (mut before, mut gold_before) = (OUTSIDE, OUTSIDE);
        for at in 0..views.len() {
            let (tag, right, class) = (guess[at], gold[at], views[at].class());
            if tag != right {
                self.wrong += 1;
                for &row in &rows[at] {
                    let row = row as usize * TAGS;
                    self.rows.change(row + right, 1, self.time);
                    self.rows.change(row + tag, -1, self.time);
                }
            }
            if (before, tag) != (gold_before, right) {
                self.steps
                    .change(step_at(class, gold_before, right), 1, self.time);
                self.steps
                    .change(step_at(class, before, tag), -1, self.time);
            }
            (before, gold_before) = (tag, right);
        }
    }

    fn score(&self, rows: &[u32]) -> [i32; TAGS] {
        let mut scores = [0; TAGS];
        for &row in rows {
            let row = row as usize * TAGS;
            for (score, weight) in scores.iter_mut().zip(&self.rows.now[row..row + TAGS]) {
                *score += weight;
            }
        }
        scores
    }

    /// The best labels, with `extra` added to the scores.
    fn search(
        &self,
        views: &[View],
        scores: &[[i32; TAGS]],
        extra: impl Fn(usize, usize) -> i32,
    ) -> Vec<usize> {
        let mut best = [NEVER; TAGS];
        best[OUTSIDE] = 0;
        let mut from = Vec::with_capacity(views.len());
        for (at, view) in views.iter().enumerate() {
            let class = view.class();
            let mut next = [NEVER; TAGS];
            let mut kept = [OUTSIDE; TAGS];
            for tag in 0..TAGS {
                for before in (0..TAGS).filter(|&before| follows(before, tag)) {
                    let score = best[before] + self.steps.now[step_at(class, before, tag)];
                    if score > next[tag] {
                        (next[tag], kept[tag]) = (score, before);
                    }
                }
                next[tag] = (next[tag] + scores[at][tag] + extra(at, tag)).max(NEVER);
            }
            best = next;
            from.push(kept);
        }
        let last = (0..TAGS).rev().max_by_key(|&tag| best[tag]);
        let mut tag = last.unwrap_or(OUTSIDE);
        let mut tags: Vec<usize> = Vec::with_capacity(from.len());
        for kept in from.iter().rev() {
            tags.push(tag);
            tag = kept[tag];
        }
        tags.reverse();
        tags
    }

    /// The model so far: averages, scaled so that all but the largest few fit eight bits.
    #[must_use]
    pub fn model(&self) -> Vec<u8> {
        let averages: Vec<i64> = (0..self.rows.now.len())
            .map(|at| self.rows.average(at, self.time))
            .collect();
        let mut sizes: Vec<i64> = averages.iter().map(|weight| weight.abs()).collect();
        sizes.retain(|&size| size > 200);
        sizes.sort_unstable();
        let largest = sizes
            .get(sizes.len() * 998 / 1000)
            .copied()
            .unwrap_or(1)
            .max(1);
        let quantised = |weight: i64, limit: i64| {
            let half = largest / 2 * weight.signum();
            ((weight * 127 + half) / largest).clamp(-limit, limit)
        };
        let byte = |weight: i64| i8::try_from(quantised(weight, 127)).unwrap_or(0);
        let rows = averages.chunks_exact(TAGS).map(|weights| {
            let mut row: Row = [0; LANES];
            for (slot, &weight) in row.iter_mut().zip(weights) {
                *slot = byte(weight);
            }
            row
        });
        let mut transitions = Box::new([[[0; LANES]; TAGS]; CLASSES]);
        for (class, table) in transitions.iter_mut().enumerate() {
            for (before, row) in table.iter_mut().enumerate() {
                for (tag, slot) in row.iter_mut().enumerate().take(TAGS) {
                    let weight = self.steps.average(step_at(class, before, tag), self.time);
                    let weight = i16::try_from(quantised(weight, 8_000)).unwrap_or(0);
                    *slot = if follows(before, tag) {
                        weight
                    } else {
                        FORBIDDEN
                    };
                }
            }
        }
        let model = Model {
            scale: i32::try_from(127_000 / largest).unwrap_or(1).max(1),
            rows: rows.collect(),
            transitions,
            words: self.words.clone(),
        };
        model.write()
    }
}

impl Document {
    /// Reads one line of the training file.
    ///
    /// # Errors
    /// The line is not of the form.
    pub fn parse(line: &str) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = value["t"].as_str().ok_or("no text")?;
        let tokens: Vec<Token> = Tokeniser::new(text.as_bytes())
            .take(super::WINDOW)
            .collect();
        let mut gold = vec![0; tokens.len()];
        for span in value["s"].as_array().ok_or("no spans")? {
            let offset = |at: usize| span[at].as_u64().and_then(|at| usize::try_from(at).ok());
            let (start, end) = offset(0).zip(offset(1)).ok_or("no offsets")?;
            let name = span[2].as_str().ok_or("no label")?;
            let label = Label::MODELLED
                .iter()
                .position(|label| label.name() == name);
            let mut inside = false;
            for (token, gold) in tokens.iter().zip(&mut gold) {
                if token.start >= end || token.end <= start {
                    continue;
                }
                let tag = label.map(|label| if inside { later(label) } else { first(label) });
                *gold = tag.and_then(|tag| u8::try_from(tag).ok()).unwrap_or(ANY);
                inside = true;
            }
        }
        Ok(Self { tokens, gold })
    }

    /// Number of tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether a span begins at some token.
    #[must_use]
    pub fn has_spans(&self) -> bool {
        self.gold
            .iter()
            .any(|&tag| tag != ANY && is_first(usize::from(tag)))
    }
}
