//! Another word of the list that a word stands in, for columns with few values.

use std::collections::HashMap;

use crate::operators::fold::Folded;
use crate::operators::{purpose, tweak, Input};
use crate::permutation::{arrange, derange};
use crate::spec::CategoryList;
use crate::types::text::count_chars;
use crate::words::categories::{
    List, BLOOD_TYPE, COUNTRY, EDUCATION, GENDER, JOB, MARITAL_STATUS, NATIONALITY, TITLE,
};

/// Longer texts are no words of a list.
const LENGTH_MAX: usize = 64;
/// An unknown text of at most so many characters is taken for a code.
const CODE_MAX: usize = 3;

/// Where a word stands: in which group, which row, which form.
type At = (usize, usize, usize);

/// A list with the places of its words.
#[derive(Debug)]
pub(crate) struct Category {
    list: CategoryList,
    places: HashMap<Vec<u8>, At>,
}

impl Category {
    pub(crate) fn new(list: CategoryList) -> Self {
        let List { groups, others, .. } = words(list);
        let mut places = HashMap::new();
        for (group, rows) in groups.iter().enumerate() {
            for (row, forms) in rows.iter().enumerate() {
                for (form, word) in forms.iter().enumerate() {
                    places.entry(folded(word)).or_insert((group, row, form));
                }
            }
        }
        for (other, known) in *others {
            if let Some(at) = places.get(&folded(known)).copied() {
                places.entry(folded(other)).or_insert(at);
            }
        }
        Self { list, places }
    }

    /// Writes the word of another row in the same form; for an unknown text any row of the first
    /// group that the text chooses, in a form of its length where it looks like a code.
    ///
    /// Rows are permuted, so as many stay apart as there were. Of two rows one may stay where it is:
    /// were it always the other one, everybody could turn it back without the key.
    pub(crate) fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        if input.text.len() > LENGTH_MAX {
            return false;
        }
        let known = self.places.get(&folded(input.text));
        let word = match known {
            Some(at) => self.permuted(input, *at),
            None => self.picked(input),
        };
        let Some(word) = word.filter(|word| count_chars(word.as_bytes()) <= input.room) else {
            return false;
        };
        out.extend_from_slice(word.as_bytes());
        true
    }

    fn permuted(&self, input: &Input<'_>, (group, row, form): At) -> Option<&'static str> {
        let rows = words(self.list).groups.get(group)?;
        // A country and its people stay together.
        let list = match self.list {
            CategoryList::Nationality => CategoryList::Country,
            other => other,
        };
        let tweak = tweak::CATEGORY | (list as u64) << 8 | group as u64;
        let size = rows.len() as u128;
        let place = if size == 2 {
            arrange(input.key, tweak, size, row as u128)
        } else {
            derange(input.key, tweak, size, row as u128)
        };
        rows.get(place as usize)?.get(form).copied()
    }

    fn picked(&self, input: &Input<'_>) -> Option<&'static str> {
        let list = words(self.list);
        let rows = list.groups.first()?;
        let length = count_chars(input.text.as_bytes());
        let fits = |form: &usize| {
            rows.iter()
                .all(|row| row.get(*form).is_some_and(|word| word.len() == length))
        };
        let code =
            (length <= CODE_MAX).then(|| (0..rows.first().map_or(0, |row| row.len())).find(fits));
        let form = code.flatten().unwrap_or(list.form);
        let mut stream = Folded::new(input.text).stream(input.key, purpose::CATEGORY);
        rows.get(stream.below(rows.len()))?.get(form).copied()
    }
}

fn folded(text: &str) -> Vec<u8> {
    Folded::new(text).bytes().to_ascii_lowercase()
}

fn words(list: CategoryList) -> &'static List {
    match list {
        CategoryList::BloodType => &BLOOD_TYPE,
        CategoryList::Country => &COUNTRY,
        CategoryList::Education => &EDUCATION,
        CategoryList::Gender => &GENDER,
        CategoryList::Job => &JOB,
        CategoryList::MaritalStatus => &MARITAL_STATUS,
        CategoryList::Nationality => &NATIONALITY,
        CategoryList::Title => &TITLE,
    }
}

#[cfg(test)]
#[path = "category_tests.rs"]
mod tests;
