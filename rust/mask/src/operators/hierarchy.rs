//! Values replaced by what they belong to, by a table: a city by its country, a code by its chapter.

use std::collections::{BTreeMap, HashMap};

use crate::error::Error;
use crate::operators::fold::Folded;

const ENTRIES_MAX: usize = 10_000;
const BYTES_MAX: usize = 200;
const LEVEL_MAX: u32 = 16;
/// No table is this high.
const HEIGHT_MAX: usize = 64;

/// The answer of each value.
#[derive(Debug)]
pub(crate) struct Hierarchy {
    answers: HashMap<String, String>,
    top: String,
}

impl Hierarchy {
    /// Checks the table and works out the answers.
    ///
    /// # Errors
    /// [`Error::Option`] for a table that is too large, too high or goes round in circles.
    pub(crate) fn compile(
        parents: &BTreeMap<String, String>,
        level: u32,
        top: &str,
    ) -> Result<Self, Error> {
        let invalid = |name| Error::Option { name };
        let plain = |text: &str| !text.trim().is_empty() && text.len() <= BYTES_MAX;
        if !(1..=LEVEL_MAX).contains(&level) {
            return Err(invalid("level"));
        }
        if !plain(top) {
            return Err(invalid("top"));
        }
        let pairs = || parents.iter();
        if parents.len() > ENTRIES_MAX
            || !pairs().all(|(child, parent)| plain(child) && plain(parent))
        {
            return Err(invalid("parents"));
        }
        let table: HashMap<String, &str> = pairs()
            .map(|(child, parent)| (folded(child), parent.trim()))
            .collect();
        // Two spellings of one value with two parents would leave it to chance.
        if table.len() != parents.len() {
            return Err(invalid("parents"));
        }
        let answers = table
            .keys()
            .map(|child| {
                let answer = climb(&table, child, level).ok_or(invalid("parents"))?;
                Ok((child.clone(), answer.to_owned()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            answers,
            top: top.trim().to_owned(),
        })
    }

    /// What a value belongs to, however it is capitalised.
    pub(crate) fn answer(&self, text: &str) -> &str {
        if text.len() > BYTES_MAX * 4 {
            return &self.top;
        }
        self.answers.get(&folded(text)).unwrap_or(&self.top)
    }

    pub(crate) fn top(&self) -> &str {
        &self.top
    }

    /// Writes the answer, cut where there is no room for it.
    pub(crate) fn write(&self, text: &str, room: usize, out: &mut Vec<u8>) -> bool {
        let answer = self.answer(text);
        let end = answer
            .char_indices()
            .nth(room)
            .map_or(answer.len(), |(at, _)| at);
        out.extend_from_slice(&answer.as_bytes()[..end]);
        end > 0
    }
}

fn folded(text: &str) -> String {
    match Folded::new(text.trim()) {
        Folded::Ascii(text) => String::from_utf8_lossy(&text.to_ascii_lowercase()).into_owned(),
        Folded::Other(text) => text,
    }
}

/// The value some steps above, or the highest; None where the table goes round in circles.
fn climb<'t>(table: &HashMap<String, &'t str>, child: &str, level: u32) -> Option<&'t str> {
    let mut answer = None;
    let mut at = child.to_owned();
    for step in 0..HEIGHT_MAX {
        let Some(parent) = table.get(&at) else {
            return answer;
        };
        if step < level as usize {
            answer = Some(*parent);
        }
        at = folded(parent);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn spec(level: u32) -> OperatorSpec {
        let parents = [
            ("Berlin", "Germany"),
            ("Lyon", "France"),
            ("Germany", "Europe"),
            ("France", "Europe"),
            ("Zürich", "Switzerland"),
        ];
        OperatorSpec::Hierarchy {
            parents: parents
                .map(|(child, parent)| (child.into(), parent.into()))
                .into(),
            level,
            top: "World".into(),
        }
    }

    #[test]
    fn values_climb_as_far_as_they_should() {
        let at = |level, raw| mask(&spec(level), None, raw);
        assert_eq!(at(1, "Berlin"), "Germany");
        assert_eq!(at(1, " bERLIN "), "Germany");
        assert_eq!(at(2, "Berlin"), "Europe");
        assert_eq!(at(9, "Lyon"), "Europe");
        assert_eq!(at(2, "ZU\u{308}RICH"), "Switzerland");
    }

    #[test]
    fn what_is_not_in_the_table_becomes_the_top() {
        for raw in ["Paris", "Europe", "x", &"long ".repeat(500)] {
            assert_eq!(mask(&spec(1), None, raw), "World", "{raw}");
        }
        assert_eq!(mask(&spec(1), Some(3), "Berlin"), "Ger");
    }

    #[test]
    fn tables_are_checked() {
        let compile = |pairs: &[(&str, &str)], level, top| {
            let parents = pairs
                .iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect();
            Hierarchy::compile(&parents, level, top).map(|_| ())
        };
        assert!(compile(&[("a", "b"), ("b", "c")], 1, "*").is_ok());
        assert!(
            compile(&[("a", "b"), ("b", "A")], 1, "*").is_err(),
            "a circle"
        );
        assert!(compile(&[("a", "A")], 1, "*").is_err());
        assert!(
            compile(&[("a", "b"), ("A", "c")], 1, "*").is_err(),
            "two parents"
        );
        assert!(compile(&[("", "b")], 1, "*").is_err());
        assert!(compile(&[], 0, "*").is_err() && compile(&[], 17, "*").is_err());
        assert!(compile(&[], 1, " ").is_err());
        assert!(compile(&[("a", &"b".repeat(201))], 1, "*").is_err());
    }
}
