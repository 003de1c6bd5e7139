//! An upper bound of how deep a statement nests, before it is parsed.
//!
//! The parser keeps its own stack, but everything that walks the tree afterwards uses the thread's. So
//! statements that nest too deeply are refused from their tokens alone. Depth comes from brackets, and
//! without brackets from chains: `a || b || c` leans to one side, as `UNION`, `JOIN` and `CASE` do.

use crate::lexer::{Kind, Lexer};

/// What was counted in a statement string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    /// No tree of it is deeper than this many expressions.
    pub(crate) depth: usize,
    /// Number of tokens.
    pub(crate) tokens: usize,
    /// How many operator characters the server's scanner looks at, some of them again and again.
    pub(crate) effort: usize,
}

/// The chains that are open at one level of brackets.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Operators since the last comma or connective.
    operators: usize,
    /// `JOIN` since the last comma.
    joins: usize,
    /// Set operations; they lean over the whole level.
    sets: usize,
}

impl Level {
    fn open(self) -> usize {
        self.operators + self.joins
    }

    /// At a comma: what follows stands beside what came before, not below it.
    fn finish_part(&mut self) {
        *self = Self {
            sets: self.sets,
            ..Self::default()
        };
    }

    /// `AND` and `OR` make flat lists, so that their operands stand side by side.
    fn finish_operand(&mut self) {
        self.operators = 0;
    }
}

/// Measures a statement string.
pub(crate) fn measure(sql: &[u8]) -> Measure {
    // The levels around, what is around each, and whether `CASE` opened the one below it.
    let mut outer: Vec<(Level, usize, bool)> = Vec::new();
    let mut level = Level::default();
    // Depth of everything around the present level.
    let mut around = 0_usize;
    let mut result = Measure::default();
    // After a dot no word is a keyword: `t.or` must not end a chain.
    let mut after_dot = false;
    let mut lexer = Lexer::new(sql);
    for token in lexer.by_ref() {
        result.tokens += 1;
        let text = &sql[token.start..token.end];
        match token.kind {
            Kind::Operator => match text {
                b"(" | b"[" => {
                    outer.push((level, around, false));
                    around += level.open() + level.sets + 1;
                    level = Level::default();
                }
                b")" | b"]" => {
                    while let Some((opened, depth, case)) = outer.pop() {
                        level = opened;
                        around = depth;
                        if !case {
                            break;
                        }
                    }
                    // A bracket is one more link: `a[1][2]`, `f(x)(y)`, `x IN (...)`.
                    level.operators += 1;
                }
                b"," => level.finish_part(),
                b";" => {
                    outer.clear();
                    level = Level::default();
                    around = 0;
                }
                b"." => {}
                _ => level.operators += 1,
            },
            // A `CASE` is a level of its own, in which conditions and results stand side by side:
            // `CASE WHEN a AND b THEN c END + CASE ...` is one chain of `+`.
            Kind::Word if !after_dot && text.eq_ignore_ascii_case(b"case") => {
                outer.push((level, around, true));
                around += level.open() + level.sets + 1;
                level = Level::default();
            }
            Kind::Word if !after_dot && text.eq_ignore_ascii_case(b"end") => {
                if let Some((opened, depth, _)) = outer.pop_if(|(_, _, case)| *case) {
                    level = opened;
                    around = depth;
                }
            }
            Kind::Word if !after_dot => count_word(text, &mut level),
            _ => {}
        }
        after_dot = text == b".";
        result.depth = result.depth.max(around + level.open() + level.sets);
    }
    result.effort = lexer.effort();
    result
}

fn count_word(text: &[u8], level: &mut Level) {
    let is = |word: &str| text.eq_ignore_ascii_case(word.as_bytes());
    match text.len() {
        2 if is("or") => level.finish_operand(),
        2 if is("is") || is("in") || is("at") => level.operators += 1,
        3 if is("and") => level.finish_operand(),
        3 if is("not") => level.operators += 1,
        4 if is("when") || is("then") || is("else") => level.finish_part(),
        4 if is("join") => level.joins += 1,
        4 if is("like") => level.operators += 1,
        5 if is("union") => level.sets += 1,
        5 if is("ilike") || is("array") => level.operators += 1,
        6 if is("except") => level.sets += 1,
        6 if is("isnull") => level.operators += 1,
        7 if is("similar") || is("between") || is("collate") || is("notnull") => {
            level.operators += 1;
        }
        8 if is("operator") || is("overlaps") => level.operators += 1,
        9 if is("intersect") => level.sets += 1,
        _ => {}
    }
}

#[cfg(test)]
#[path = "depth_tests.rs"]
mod tests;
