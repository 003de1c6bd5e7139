//! The formats that are lines.

use scrim_rows::copy_in::{FaultKind, IncomingOptions};

use super::{csv, fault, rewritten, text};

#[test]
fn values_of_the_column_are_replaced_in_text() {
    let text = text();
    for (given, expected) in [
        ("", ""),
        ("1\tx\ty\n", "1\t=x\ty\n"),
        ("1\tx\ty", "1\t=x\ty\n"),
        (
            "1\t\\N\t\\N\n\\N\t<2>\t\n\t\t\n",
            "1\t\\N\t\\N\n\\N\t2\t\n\t=\t\n",
        ),
        // Only the whole field stands for NULL.
        ("1\t\\Nx\t\n1\t\\\\N\t\n", "1\t=Nx\t\n1\t=\\\\N\t\n"),
        ("1\tx\ty\n\\.\n", "1\t=x\ty\n\\.\n"),
        ("1\tx\ty\n\\.", "1\t=x\ty\n\\."),
        ("1\tx\ty\n\\.\nnobody reads this\t\\", "1\t=x\ty\n\\.\n"),
    ] {
        assert_eq!(rewritten(&text, given), expected, "{given:?}");
    }
}

#[test]
fn escapes_are_undone_as_the_server_undoes_them() {
    let text = text();
    for (given, value) in [
        ("a\\tb", "a\\tb"),
        ("a\\\tb", "a\\tb"),
        ("a\\\nb", "a\\nb"),
        ("a\\\rb", "a\\rb"),
        ("\\b\\f\\n\\r\\t\\v\\\\\\q", "\\b\\f\\n\\r\\t\\v\\\\q"),
        ("\\101\\1018\\60\\7z", "AA80\u{7}z"),
        ("\\x41\\x4a4\\xg\\x7", "AJ4xg\u{7}"),
        ("\\x", "x"),
    ] {
        let line = format!("1\t{given}\ty\n");
        let expected = format!("1\t={value}\ty\n");
        assert_eq!(rewritten(&text, &line), expected, "{given:?}");
    }
    // A digit that the escape takes is no delimiter.
    let letters = IncomingOptions {
        delimiter: b'A',
        ..text
    };
    assert_eq!(rewritten(&letters, "1A\\x4AAy\n"), "1A=JAy\n");
    assert_eq!(rewritten(&letters, "\\x4AAxAy\n"), "\\x4AA=xAy\n");
}

#[test]
fn fields_that_stay_are_not_changed() {
    let given = "\\x41\\101\\q\tx\t\\xyz\\\n\\\t.\n";
    assert_eq!(
        rewritten(&text(), given),
        "\\x41\\101\\q\t=x\t\\xyz\\\n\\\t.\n"
    );
}

#[test]
fn a_value_is_never_taken_for_null_or_the_default() {
    let marks = |null: &str, default: Option<&str>| IncomingOptions {
        null: null.into(),
        default: default.map(str::to_owned),
        ..text()
    };
    let line = "1\t<abc>\ty\n";
    for (options, expected) in [
        (marks("none", Some("abd")), "abc"),
        (marks("abc", None), "\\141bc"),
        (marks("none", Some("abc")), "\\141bc"),
        (marks("abc", Some("\\141bc")), "\\x61bc"),
        (marks("\\141bc", Some("abc")), "\\x61bc"),
        (marks("\\x61bc", Some("abc")), "\\141bc"),
    ] {
        let expected = format!("1\t{expected}\ty\n");
        assert_eq!(rewritten(&options, line), expected);
    }
    let options = marks("none", Some("\\D"));
    assert_eq!(rewritten(&options, "1\t\\D\t\\D\n"), "1\t\\D\t\\D\n");
    assert_eq!(rewritten(&options, "1\tnone\tnone\n"), "1\tnone\tnone\n");

    let quoted = IncomingOptions {
        null: "abc".into(),
        default: Some("abd".into()),
        ..csv()
    };
    assert_eq!(
        rewritten(&quoted, "1,<abc>,y\n1,<abd>,y\n1,abd,abc\n"),
        "1,\"abc\",y\n1,\"abd\",y\n1,abd,abc\n"
    );
}

#[test]
fn lines_end_as_the_first_one_does() {
    for (options, comma) in [(text(), "\t"), (csv(), ",")] {
        let rows = |end: &str| {
            [["1", "x", "y"], ["2", "", ""], ["3", "z", ""]]
                .map(|row| row.join(comma) + end)
                .concat()
        };
        let expected = rewritten(&options, &rows("\n"));
        assert_eq!(rewritten(&options, &rows("\r\n")), expected);
        assert_eq!(rewritten(&options, &rows("\r")), expected);
        for (first, second) in [
            ("\n", "\r"),
            ("\n", "\r\n"),
            ("\r\n", "\n"),
            ("\r\n", "\r"),
            ("\r", "\n"),
            ("\r", "\r\n"),
        ] {
            let line = ["1", "x", "y"].join(comma);
            let mixed = format!("{line}{first}{line}{second}{line}{first}");
            let (row, kind) = fault(&options, mixed.as_bytes());
            assert!(row >= 2 && !matches!(kind, FaultKind::TooLong), "{mixed:?}");
        }
    }
}

#[test]
fn a_header_goes_on_as_it_is() {
    let text = IncomingOptions {
        header: true,
        ..text()
    };
    assert_eq!(rewritten(&text, "a\tb\n1\tx\ty"), "a\tb\n1\t=x\ty\n");
    let csv = IncomingOptions {
        header: true,
        ..csv()
    };
    assert_eq!(
        rewritten(&csv, "a,\"b\n\",c\n1,x,y\n"),
        "a,\"b\n\",c\n1,\"=x\",y\n"
    );
    assert_eq!(
        fault(&csv, b"a,b,c\n1,bad,y\n"),
        (1, FaultKind::Unreadable(1))
    );
}

#[test]
fn quotes_are_read_as_the_server_reads_them() {
    let csv = csv();
    for (given, expected) in [
        ("1,x,y\n", "1,\"=x\",y\n"),
        ("1,,\n1,\"\",\"\"\n", "1,,\n1,\"=\",\"\"\n"),
        (
            "\"a,b\n\",\"x\"\"y\",\"\"\"\n\"\n",
            "\"a,b\n\",\"=x\"\"y\",\"\"\"\n\"\n",
        ),
        ("1,a\"b,\n\"c\"d\"\"\",y\n", "1,\"=ab,\ncd\"\"\",y\n"),
        ("1,\\N\\,y\n", "1,\"=\\N\\\",y\n"),
        ("1, x ,y\n", "1,\"= x \",y\n"),
        ("1,<a\"\r\"b>,y\n", "1,\"a\rb\",y\n"),
        ("1,x,y", "1,\"=x\",y\n"),
        ("\\.x,x,y\n", "\\.x,\"=x\",y\n"),
        ("1,x,y\n\\.\n", "1,\"=x\",y\n\\.\n"),
        ("1,x,y\n\\.", "1,\"=x\",y\n\\."),
    ] {
        assert_eq!(rewritten(&csv, given), expected, "{given:?}");
    }
    let odd = IncomingOptions {
        delimiter: b';',
        quote: b'\'',
        escape: b'\\',
        ..csv
    };
    for (given, expected) in [
        ("1;'it\\'s\\\\';y\n", "1;'=it\\'s\\\\';y\n"),
        ("1;'a\\b\\\n';y\n", "1;'=a\\\\b\\\\\n';y\n"),
        ("1;a\\'b';y\n", "1;'=a\\\\b';y\n"),
        ("\\.;x;y\n", "\\.;'=x';y\n"),
    ] {
        assert_eq!(rewritten(&odd, given), expected, "{given:?}");
    }
}

#[test]
fn forced_null_and_not_null_are_heeded() {
    let forced = |not_null, null, mark: &str| {
        let mut options = IncomingOptions {
            null: mark.into(),
            ..csv()
        };
        options.columns[1].force_not_null = not_null;
        options.columns[1].force_null = null;
        options
    };
    let lines = "1,,y\n1,\"\",y\n1,NA,y\n1,\"NA\",y\n";
    for (options, expected) in [
        (
            forced(false, false, ""),
            ["", "\"=\"", "\"=NA\"", "\"=NA\""],
        ),
        (
            forced(true, false, ""),
            ["\"=\"", "\"=\"", "\"=NA\"", "\"=NA\""],
        ),
        (forced(false, true, ""), ["", "\"\"", "\"=NA\"", "\"=NA\""]),
        (
            forced(true, false, "NA"),
            ["\"=\"", "\"=\"", "\"=NA\"", "\"=NA\""],
        ),
        (
            forced(true, true, "NA"),
            ["\"=\"", "\"=\"", "\"=NA\"", "\"NA\""],
        ),
    ] {
        let expected: String = expected.map(|field| format!("1,{field},y\n")).concat();
        assert_eq!(rewritten(&options, lines), expected);
    }
    assert_eq!(rewritten(&forced(true, true, ""), "1,<>,y\n"), "1,,y\n");
}
