//! Finds the best labels of a row of tokens (Viterbi), and the spans that they spell.

use super::features::{extract, Sink, View};
use super::label::{follows, is_first, label, Label, OUTSIDE, TAGS};
use super::model::{Model, Row, LANES};

/// Scores of the labels of one token.
pub(super) type Scores = [i16; LANES];

/// Less than any sum of weights, with room to go on subtracting.
const NEVER: i32 = i32::MIN / 4;

/// A span of tokens, both ends included, with what speaks for it against no span at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) label: Label,
    /// Weight, per token, in units of the model's scale.
    pub(super) margin: i32,
}

/// Memory of the search, kept between texts.
#[derive(Default)]
pub(super) struct Search {
    scores: Vec<Scores>,
    from: Vec<[u8; TAGS]>,
    tags: Vec<usize>,
}

struct Sum<'m> {
    rows: &'m [Row],
    scores: Scores,
}

impl Sink for Sum<'_> {
    #[inline]
    fn add(&mut self, row: usize) {
        // Fewer than fifty rows are added, so that 16 bits cannot overflow.
        for (score, &weight) in self.scores.iter_mut().zip(&self.rows[row]) {
            *score = score.wrapping_add(i16::from(weight));
        }
    }
}

impl Search {
    /// Labels the tokens and adds the spans to `chunks`.
    pub(super) fn run(&mut self, model: &Model, views: &[View], chunks: &mut Vec<Chunk>) {
        self.scores.clear();
        self.scores.extend((0..views.len()).map(|at| {
            let mut sum = Sum {
                rows: &model.rows,
                scores: [0; LANES],
            };
            extract(views, at, &mut sum);
            sum.scores
        }));
        self.find_best(model, views);
        self.collect(model, views, chunks);
    }

    /// The best row of labels, by way of the best one that ends in each label of each token.
    fn find_best(&mut self, model: &Model, views: &[View]) {
        let mut best = [NEVER; TAGS];
        best[OUTSIDE] = 0;
        self.from.clear();
        for (view, scores) in views.iter().zip(&self.scores) {
            let steps = &model.transitions[view.class()];
            let mut next = [NEVER; LANES];
            let mut from = [0_u8; LANES];
            for (before, (&sum, step)) in (0_u8..).zip(best.iter().zip(steps)) {
                for tag in 0..LANES {
                    let score = sum + i32::from(step[tag]);
                    let better = score > next[tag];
                    next[tag] = if better { score } else { next[tag] };
                    from[tag] = if better { before } else { from[tag] };
                }
            }
            for tag in 0..TAGS {
                best[tag] = (next[tag] + i32::from(scores[tag])).max(NEVER);
            }
            let mut kept = [0; TAGS];
            kept.copy_from_slice(&from[..TAGS]);
            self.from.push(kept);
        }
        let mut tag = (0..TAGS)
            .rev()
            .max_by_key(|&tag| best[tag])
            .unwrap_or(OUTSIDE);
        self.tags.clear();
        for from in self.from.iter().rev() {
            self.tags.push(tag);
            tag = usize::from(from[tag]);
        }
        self.tags.reverse();
    }

    fn collect(&self, model: &Model, views: &[View], chunks: &mut Vec<Chunk>) {
        let mut at = 0;
        while at < self.tags.len() {
            let first = at;
            at += 1;
            let Some(label) = label(self.tags[first]) else {
                continue;
            };
            while at < self.tags.len() && self.tags[at] != OUTSIDE && !is_first(self.tags[at]) {
                at += 1;
            }
            chunks.push(Chunk {
                first,
                last: at - 1,
                label,
                margin: self.margin(model, views, first, at),
            });
        }
    }

    /// How much better the labels of `first..end` are than none, per token.
    fn margin(&self, model: &Model, views: &[View], first: usize, end: usize) -> i32 {
        let mut sum = 0_i64;
        let mut before = first.checked_sub(1).map_or(OUTSIDE, |at| self.tags[at]);
        let mut without = before;
        for at in first..end.saturating_add(1).min(views.len()) {
            let tag = self.tags[at];
            let other = if at < end { OUTSIDE } else { tag };
            let steps = &model.transitions[views[at].class()];
            sum += i64::from(steps[before][tag]) + i64::from(self.scores[at][tag]);
            if follows(without, other) {
                sum -= i64::from(steps[without][other]) + i64::from(self.scores[at][other]);
            }
            (before, without) = (tag, other);
        }
        let tokens = i64::try_from(end - first).unwrap_or(1).clamp(1, 3);
        i32::try_from(sum / tokens).unwrap_or(i32::MAX)
    }
}
