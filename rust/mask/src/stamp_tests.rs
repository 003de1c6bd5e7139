use super::*;

#[test]
fn what_is_read_is_written_alike() {
    for text in [
        "2024-02-29",
        "2024/02/29",
        "20240229",
        "29.02.2024",
        "02/29/2024",
        "2024-02-29 12:34",
        "2024-02-29T12:34:56Z",
        "2024-02-29T12:34:56.789+05:30",
        "2024-02-29 23:34:56-08",
        "2024-02-29T00:34:56+0100",
        "0001-01-01",
        "9999-12-31 23:59:59.999999",
        "2024-02-29 12:34:56,789",
        "2024-02-29t12:34:56z",
        "2024-02-29 12:34:56 UTC",
        "2024-02-29 12:34:56 +0100",
        "2024-02-29T12:34:56-00:00",
    ] {
        let stamp = Stamp::parse(text, false).unwrap();
        let mut out = Vec::new();
        assert!(stamp.write(stamp.day, stamp.time, false, &mut out));
        assert_eq!(String::from_utf8(out).unwrap(), text);
    }
}

#[test]
fn the_day_comes_first_where_it_is_said() {
    let day = |text, first| Stamp::parse(text, first).map(|stamp| civil(stamp.day));
    assert_eq!(day("03/04/2024", false), Some((2024, 3, 4)));
    assert_eq!(day("03/04/2024", true), Some((2024, 4, 3)));
    assert_eq!(day("03.04.2024", false), Some((2024, 4, 3)));
}

#[test]
fn zones_are_taken_off() {
    let stamp = Stamp::parse("2024-01-01T01:00:00+02:00", false).unwrap();
    assert_eq!(
        (civil(stamp.day), stamp.time),
        ((2023, 12, 31), Some(23 * 3600 * SECOND))
    );
    let mut out = Vec::new();
    stamp.write(stamp.day, stamp.time, true, &mut out);
    assert_eq!(out, b"2023-12-31T23:00:00+00:00");
}

#[test]
fn what_is_no_date_is_refused() {
    for text in [
        "",
        "2024",
        "2024-02-30",
        "2023-13-01",
        "0000-01-01",
        "29/02/2024",
        "2024-02/29",
        "12345678",
        "2024-02-29 25:00:00",
        "2024-02-29 12:60",
        "2024-02-29x",
        "2024-02-29 12:34:56 PM",
        "٢٠٢٤-02-29",
        "2024-02-29T12:34:56+99:00",
        "2024-02-29T12:34:56+",
        "2024-02-29T12:34:56+01:00:30",
        "2024-02-29 12:34:56 ",
        "2024-02-29T12:34:56.1234567Z",
        "2024-2-9",
        "20241301",
    ] {
        assert_eq!(Stamp::parse(text, false), None, "{text}");
    }
}

#[test]
fn what_one_order_allows_is_read_and_written_alike() {
    for (text, date) in [
        ("29/02/2024", (2024, 2, 29)),
        ("02/29/2024", (2024, 2, 29)),
        ("03/04/2024", (2024, 3, 4)),
        ("9/15/2024", (2024, 9, 15)),
        ("15/9/2024", (2024, 9, 15)),
        ("1.12.2024", (2024, 12, 1)),
        ("2024-2-9", (2024, 2, 9)),
        ("2024-12-9", (2024, 12, 9)),
        ("2024-02-29T12:34:56.123456789Z", (2024, 2, 29)),
        ("3/4/2024 10:30", (2024, 3, 4)),
    ] {
        let stamp = Stamp::parse_any(text.as_bytes()).unwrap();
        assert_eq!(civil(stamp.day), date, "{text}");
        let mut out = Vec::new();
        assert!(stamp.write(stamp.day, stamp.time, false, &mut out));
        assert_eq!(String::from_utf8(out).unwrap(), text);
    }
    for text in [
        "20240229",
        "2024",
        "1/2/24",
        "31/31/2024",
        "09/5/2024",
        "1/2/3/2024",
        "2024-02-29T12:34:56.1234567890Z",
        "1.2.3.4",
        "2024-02.29",
    ] {
        assert_eq!(Stamp::parse_any(text.as_bytes()), None, "{text}");
    }
}
