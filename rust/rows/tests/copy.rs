//! COPY streams of every shape, whole and in pieces, against what the manual says of the formats.

use std::sync::Arc;

use scrim_detect::Detector;
use scrim_mask::{Keyring, TenantKey};
use scrim_rows::copy::{CopyFormat, CopyOptions, CopyRewriter};
use scrim_rows::{Counters, Masker, Plan, RowError};

/// The first column passes, the second keeps three characters, the third becomes NULL, the fourth
/// is searched for nothing.
const RULES: &str = r#"{"columns":[
    {"action":"pass"},
    {"action":"mask","type":{"kind":"text"},"domain":"d",
     "operator":{"name":"partial","keep_first":3,"mask_char":"*"}},
    {"action":"null"},
    {"action":"scan","type":{"kind":"text"}}]}"#;

fn plan() -> Plan {
    let detector = Arc::new(Detector::new(&[]).unwrap());
    let config = r#"{"operators":{},"default":{"name":"redact"}}"#;
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    Plan::compile(RULES, &Masker::new(keys, detector, config).unwrap()).unwrap()
}

fn csv() -> CopyOptions {
    CopyOptions {
        format: CopyFormat::Csv,
        delimiter: b',',
        null: String::new(),
        ..CopyOptions::default()
    }
}

fn pieces(options: &CopyOptions, pieces: &[&[u8]]) -> Result<Vec<u8>, RowError> {
    let mut rewriter = CopyRewriter::new(options.clone(), 1 << 10);
    let (mut out, mut counters) = (Vec::new(), Counters::default());
    for piece in pieces {
        rewriter.payload(&plan(), piece, &mut out, &mut counters)?;
    }
    rewriter.finish(&plan(), &mut out, &mut counters)?;
    Ok(out)
}

/// The stream rewritten; cut anywhere, it becomes the same.
fn rewritten(options: &CopyOptions, stream: &str) -> String {
    let bytes = stream.as_bytes();
    let whole = pieces(options, &[bytes]).unwrap();
    for cut in 0..=bytes.len() {
        let (head, tail) = bytes.split_at(cut);
        assert_eq!(
            pieces(options, &[head, tail]).unwrap(),
            whole,
            "cut at {cut}"
        );
    }
    String::from_utf8(whole).unwrap()
}

#[test]
fn text_passes_masks_and_nulls_by_column() {
    let text = CopyOptions::default();
    assert_eq!(
        rewritten(&text, "1\tsecrets\tx\tnote\n"),
        "1\tsec****\t\\N\tnote\n"
    );
    assert_eq!(
        rewritten(&text, "1\t\\N\tx\t\\N\n2\tsecrets\t\\N\t\r\n\\.\n"),
        "1\t\\N\t\\N\t\\N\n2\tsec****\t\\N\t\r\n\\.\n"
    );
    assert_eq!(rewritten(&text, "1\tsecrets\tx\ty"), "1\tsec****\t\\N\ty");
    assert_eq!(rewritten(&text, ""), "");
}

#[test]
fn text_is_unescaped_for_the_mask_and_escaped_again() {
    let text = CopyOptions::default();
    assert_eq!(
        rewritten(&text, "a\\tb\\\\\ta\\tbcdef\tx\t\\x\\n\n"),
        "a\\tb\\\\\ta\\tb****\t\\N\t\\x\\n\n"
    );
    assert_eq!(
        rewritten(&text, "1\t\\101\\\\\\ncdef\tx\ty\n"),
        "1\tA\\\\\\n****\t\\N\ty\n"
    );
    let bars = CopyOptions {
        delimiter: b'|',
        null: "none".into(),
        ..CopyOptions::default()
    };
    assert_eq!(
        rewritten(&bars, "none|a\\|bcdef|x|none\n"),
        "none|a\\|b****|none|none\n"
    );
}

#[test]
fn csv_keeps_quotes_and_adds_them_where_needed() {
    assert_eq!(rewritten(&csv(), "1,secrets,x,note\n"), "1,sec****,,note\n");
    assert_eq!(
        rewritten(&csv(), "\"a,b\",\"secrets\",\"x\",\"n\"\"o\nte\"\n,,,\n"),
        "\"a,b\",\"sec****\",,\"n\"\"o\nte\"\n,,,\n"
    );
    assert_eq!(
        rewritten(&csv(), "1,\"a\"\",bcde\",\"\",\"\"\r\n"),
        "1,\"a\"\",****\",,\"\"\r\n"
    );
    assert_eq!(
        rewritten(&csv(), "1,se\"cr\"ets,x,y\n"),
        "1,\"sec****\",,y\n"
    );
    assert_eq!(rewritten(&csv(), "1, secrets,x,y\n"), "1,sec****,,y\n");
}

#[test]
fn csv_with_an_escape_of_its_own_is_followed() {
    let options = CopyOptions {
        escape: b'\\',
        ..csv()
    };
    assert_eq!(
        rewritten(
            &options,
            "\"\\\"\n\",\"a\\\"\\\\bcde\",x,\"\\\\\"\n2,secrets,,\n"
        ),
        "\"\\\"\n\",\"a\\\"\\\\****\",,\"\\\\\"\n2,sec****,,\n"
    );
}

#[test]
fn a_header_goes_through() {
    let options = CopyOptions {
        header: true,
        ..csv()
    };
    assert_eq!(
        rewritten(&options, "a,b,c,d\n1,secrets,x,y\n"),
        "a,b,c,d\n1,sec****,,y\n"
    );
}

#[test]
fn rows_that_do_not_fit_are_errors() {
    let count = |options: &CopyOptions, line: &str| pieces(options, &[line.as_bytes()]);
    for options in [CopyOptions::default(), csv()] {
        let comma = char::from(options.delimiter).to_string();
        for fields in [3, 5] {
            let line = vec!["x"; fields].join(&comma) + "\n";
            assert!(matches!(
                count(&options, &line),
                Err(RowError::ColumnCount { expected: 4, .. })
            ));
        }
        let long = "x".repeat(2000);
        assert!(matches!(
            count(&options, &long),
            Err(RowError::CopyFormat(_))
        ));
    }
    assert!(count(&csv(), "1,\"open,x,y\n").is_err());
    assert!(count(&CopyOptions::default(), "1\tx\\\n").is_err());
}
