//! Character references of HTML and XML: the named ones that stand in for letters, punctuation and
//! spaces (HTML Living Standard, section 13.5).

/// Longest name below.
const MAX_NAME: usize = 8;

/// Names of U+00A0 to U+00FF in their order.
const LATIN: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf",
    "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
    "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
    "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
    "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
    "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];

/// Other names, sorted.
const OTHERS: [(&str, char); 60] = [
    ("NewLine", '\n'),
    ("OElig", '\u{152}'),
    ("Scaron", '\u{160}'),
    ("Tab", '\t'),
    ("amp", '&'),
    ("apos", '\''),
    ("ast", '*'),
    ("bsol", '\\'),
    ("bull", '\u{2022}'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dash", '\u{2010}'),
    ("dollar", '$'),
    ("emsp", '\u{2003}'),
    ("ensp", '\u{2002}'),
    ("equals", '='),
    ("euro", '\u{20ac}'),
    ("excl", '!'),
    ("grave", '`'),
    ("gt", '>'),
    ("hellip", '\u{2026}'),
    ("hyphen", '\u{2010}'),
    ("lbrace", '{'),
    ("lbrack", '['),
    ("lcub", '{'),
    ("ldquo", '\u{201c}'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lsqb", '['),
    ("lsquo", '\u{2018}'),
    ("lt", '<'),
    ("mdash", '\u{2014}'),
    ("ndash", '\u{2013}'),
    ("num", '#'),
    ("numsp", '\u{2007}'),
    ("oelig", '\u{153}'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("puncsp", '\u{2008}'),
    ("quest", '?'),
    ("quot", '"'),
    ("rbrace", '}'),
    ("rbrack", ']'),
    ("rcub", '}'),
    ("rdquo", '\u{201d}'),
    ("rpar", ')'),
    ("rsqb", ']'),
    ("rsquo", '\u{2019}'),
    ("sbquo", '\u{201a}'),
    ("scaron", '\u{161}'),
    ("semi", ';'),
    ("sol", '/'),
    ("thinsp", '\u{2009}'),
    ("verbar", '|'),
    ("vert", '|'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
    ("zwsp", '\u{200b}'),
];

/// The reference that begins after a `&`: how many bytes it has and its character.
pub(super) fn reference(text: &[u8]) -> Option<(usize, char)> {
    if let Some(number) = text.strip_prefix(b"#") {
        return numeric(number).map(|(length, character)| (length + 1, character));
    }
    let length = text
        .iter()
        .take(MAX_NAME + 1)
        .position(|byte| !byte.is_ascii_alphanumeric())?;
    let name = std::str::from_utf8(&text[..length]).ok()?;
    let closed = usize::from(text[length] == b';');
    let other = OTHERS.binary_search_by(|(other, _)| (*other).cmp(name));
    let character = if let Ok(index) = other {
        OTHERS[index].1
    } else {
        let index = LATIN.iter().position(|other| *other == name)?;
        char::from(u8::try_from(index + 0xa0).ok()?)
    };
    (closed == 1).then_some((length + 1, character))
}

/// `64;` or `x40;`; as in browsers, the semicolon can be missing.
fn numeric(text: &[u8]) -> Option<(usize, char)> {
    let (radix, from) = match text.first() {
        Some(b'x' | b'X') => (16, 1),
        _ => (10, 0),
    };
    let mut code = 0_u32;
    let mut at = from;
    while let Some(digit) = text
        .get(at)
        .and_then(|&byte| char::from(byte).to_digit(radix))
    {
        code = code.saturating_mul(radix).saturating_add(digit);
        at += 1;
    }
    if at == from {
        return None;
    }
    let closed = usize::from(text.get(at) == Some(&b';'));
    char::from_u32(code).map(|character| (at + closed, character))
}

#[cfg(test)]
mod tests {
    use super::{reference, LATIN, MAX_NAME, OTHERS};

    #[test]
    fn names_are_sorted_and_fit() {
        assert!(OTHERS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let longest = OTHERS.iter().map(|(name, _)| name.len()).max();
        assert!(longest <= Some(MAX_NAME));
        assert!(LATIN.iter().all(|name| name.len() <= MAX_NAME));
    }

    #[test]
    fn references_have_names_and_numbers() {
        assert_eq!(reference(b"commat;x"), Some((7, '@')));
        assert_eq!(reference(b"eacute;"), Some((7, 'é')));
        assert_eq!(reference(b"yuml;"), Some((5, 'ÿ')));
        assert_eq!(reference(b"#64;"), Some((4, '@')));
        assert_eq!(reference(b"#0064x"), Some((5, '@')));
        assert_eq!(reference(b"#x40;"), Some((5, '@')));
        assert_eq!(reference(b"#X1F600;"), Some((8, '😀')));
        for none in [
            "",
            "#",
            "#;",
            "#x;",
            "amp",
            "amp ",
            "nothing;",
            "#99999999999;",
        ] {
            assert_eq!(reference(none.as_bytes()), None, "{none}");
        }
    }
}
