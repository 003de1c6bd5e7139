//! Learns the model from labelled text: a structured perceptron with a margin, averaged.
//!
//! A line of the word list is a word, or two, a tab, and the sum of its classes.
//!
//! Only integers are used, and one thread, so that the result is the same on every machine.
//! Method: M. Collins, "Discriminative Training Methods for Hidden Markov Models" (2002), with
//! the loss added to the score of wrong labels while searching (Taskar and others, 2005).

pub use super::document::Document;
use super::document::ANY;
use super::features::{extract, look_at, pair, Sink, View};
use super::label::{follows, OUTSIDE, TAGS};
use super::model::{Model, Row, WordList, CLASSES, LANES, ROW_BITS};
use super::token::{Token, Tokeniser};

/// Added to the score of a wrong label while searching.
const LOSS: i32 = 16;
/// The same where the model would miss a span: a name missed costs more than a false alarm.
const LOSS_MISSED: i32 = 22;
const NEVER: i32 = i32::MIN / 4;
/// Weight of a step that labels cannot take.
const FORBIDDEN: i16 = -20_000;

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
                3
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

#[cfg(test)]
mod tests {
    use super::{Document, Trainer};
    use crate::tagger::{Label, Tagger};

    const NAMES: [&str; 4] = ["Ann", "Bob", "Eve", "Dan"];

    fn documents() -> Vec<Document> {
        let named = NAMES.iter().map(|name| {
            format!("{{\"t\":\"my name is {name} today\",\"s\":[[11,14,\"PERSON\"]]}}")
        });
        let open = "{\"t\":\"my dog is Rex today\",\"s\":[[10,13,\"?\"]]}".to_owned();
        named
            .chain([open])
            .map(|line| Document::parse(&line).unwrap_or_else(|error| panic!("{error}")))
            .collect()
    }

    fn trained() -> Vec<u8> {
        let list = "name\t32\nmy\t32\nnew york\t128\n";
        let mut trainer = Trainer::new(list).unwrap_or_else(|error| panic!("{error}"));
        let documents = documents();
        for _ in 0..30 {
            for document in &documents {
                trainer.learn(document);
            }
        }
        trainer.model()
    }

    #[test]
    fn what_was_learnt_is_found_again() {
        let model = trained();
        let tagger = Tagger::read(&model).unwrap_or_else(|_| panic!("a model"));
        let mut out = Vec::new();
        tagger.tag(b"my name is Eve today", &mut out);
        assert_eq!(out.len(), 1);
        assert_eq!(
            (out[0].start, out[0].end, out[0].label),
            (11, 14, Label::Person)
        );
    }

    #[test]
    fn the_same_documents_give_the_same_model() {
        assert!(trained() == trained());
    }

    #[test]
    fn lines_of_another_form_are_refused() {
        assert!(Document::parse("{}").is_err());
        assert!(Document::parse("{\"t\":\"a\",\"s\":[[1]]}").is_err());
        assert!(Trainer::new("word without classes").is_err());
        let documents = documents();
        assert!(documents[0].has_spans() && !documents[4].has_spans());
        assert!(!documents[0].is_empty());
    }
}
