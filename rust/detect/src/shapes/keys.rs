//! The keys in names that values are given to: how they are spelled, and where they are words.

use super::nearby;

/// Shortest key that may also be the end of a longer word, as in `PGPASSWORD`.
const MIN_GLUED: usize = 5;
/// Most spellings of a key.
const MAX_SPELLINGS: usize = 64;

/// Spellings of a key: its words joined by nothing, `_`, `-`, `.` or a space.
pub(crate) fn spellings(key: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for (index, word) in key.split(' ').enumerate() {
        let joints: &[&str] = if index == 0 {
            &[""]
        } else {
            &["_", "", "-", " ", "."]
        };
        all = all
            .iter()
            .flat_map(|begin| {
                joints
                    .iter()
                    .map(move |joint| format!("{begin}{joint}{word}"))
            })
            .take(MAX_SPELLINGS)
            .collect();
    }
    if !key.is_ascii() {
        // The search folds the case of ASCII only.
        let upper: Vec<String> = all.iter().map(|key| key.to_uppercase()).collect();
        let title: Vec<String> = all
            .iter()
            .map(|key| {
                let mut characters = key.chars();
                let first = characters.next().into_iter().flat_map(char::to_uppercase);
                first.collect::<String>() + characters.as_str()
            })
            .collect();
        all.extend(upper);
        all.extend(title);
        all.sort();
        all.dedup();
    }
    all
}

/// Whether the key is a word of a name; a long one may be the end of a word as well.
pub(super) fn is_key(text: &[u8], start: usize, end: usize, chosen: bool) -> bool {
    let lower = |index: usize| text.get(index).is_some_and(u8::is_ascii_lowercase);
    let upper = |index: usize| text.get(index).is_some_and(u8::is_ascii_uppercase);
    // `KEYWORD` is another word, `KEYValue` are two.
    let shouted = upper(end - 1) && upper(end) && !lower(end + 1);
    let ends = !shouted && !lower(end) || (text[end] == b's' && !lower(end + 1));
    let starts = match start.checked_sub(1).map(|index| text[index]) {
        Some(byte) if byte.is_ascii_lowercase() => text[start].is_ascii_uppercase(),
        Some(byte) => !byte.is_ascii_uppercase(),
        None => true,
    };
    // `PGPASSWORD` and `authtoken` say what they hold at their ends, the name of a vendor does not.
    let last = || end - start >= MIN_GLUED && (chosen || nearby::names_secret(&text[..end]));
    ends && (starts || last())
}

/// The words of a name, by what joins them and by capitals.
pub(super) fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| !byte.is_ascii_alphanumeric())
        .flat_map(|part| part.chunk_by(|a, b| !(a.is_ascii_lowercase() && b.is_ascii_uppercase())))
}

#[cfg(test)]
mod tests {
    use super::{is_key, spellings, words};

    #[test]
    fn a_key_has_every_spelling() {
        assert_eq!(spellings("token"), ["token"]);
        let all = spellings("api key");
        for spelling in ["api_key", "apikey", "api-key", "api key", "api.key"] {
            assert!(all.iter().any(|one| one == spelling), "{spelling}");
        }
        assert!(spellings("пароль").contains(&"Пароль".to_owned()));
    }

    #[test]
    fn a_key_is_a_word_of_the_name() {
        let key = |text: &str, key: &str| {
            let start = text.find(key).unwrap();
            is_key(text.as_bytes(), start, start + key.len(), false)
        };
        assert!(key("my_pwd", "pwd"));
        assert!(key("myPwd", "Pwd"));
        assert!(key("authtoken", "token"));
        assert!(is_key(b"PGPASSWORD", 2, 10, true));
        assert!(!key("ElemList", "lemList"));
        assert!(!key("KEYWORD", "KEY"));
        assert!(key("tokens", "token"));
        assert!(!key("tokenizer", "token"));
        assert!(!key("setsysctl", "etsy"));
    }

    #[test]
    fn names_fall_into_words() {
        let found: Vec<&[u8]> = words(b"my-APIKey_id.fooBar").collect();
        assert_eq!(found, [b"my".as_slice(), b"APIKey", b"id", b"foo", b"Bar"]);
    }
}
