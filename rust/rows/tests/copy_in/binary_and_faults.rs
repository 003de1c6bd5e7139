//! The binary format, and what is refused in every one.

use scrim_rows::copy_in::FaultKind;

use super::{binary, csv, fault, is_format, read, stream, text, tuple, BOUND};

#[test]
fn values_in_binary_format_are_replaced() {
    let given = [
        tuple(&[Some(b"\0\0\0\x01"), Some(b"x"), None]),
        tuple(&[None, None, Some(b"")]),
        tuple(&[Some(b""), Some(b""), Some(b"\xff\xff")]),
    ];
    let expected = [
        tuple(&[Some(b"\0\0\0\x01"), Some(b"=x"), None]),
        tuple(&[None, None, Some(b"")]),
        tuple(&[Some(b""), Some(b"="), Some(b"\xff\xff")]),
    ];
    // Servers take data without the mark at its end.
    assert_eq!(read(&binary(), &stream(&given)), Ok(stream(&expected)));
    let whole = |tuples: &[Vec<u8>]| [stream(tuples), b"\xff\xff".to_vec()].concat();
    assert_eq!(read(&binary(), &whole(&given)), Ok(whole(&expected)));
    assert_eq!(read(&binary(), b""), Ok(Vec::new()));
}

#[test]
fn what_the_server_may_read_otherwise_is_refused() {
    for (data, row) in [
        (&b"1\tx\\.\ty\n"[..], 1),
        (b"1\tx\ty\n\\.\tx\ty\n", 2),
        (b"1\tx\ty\\", 1),
        (b"1\tx\0\ty\n", 1),
    ] {
        assert!(is_format(fault(&text(), data), row), "{data:?}");
    }
    for (data, row) in [
        (&b"1,x,\"y\n"[..], 1),
        (b"1,x,y\n\\.\n1,x,y\n", 2),
        (b"1,x\0,y\n", 1),
    ] {
        assert!(is_format(fault(&csv(), data), row), "{data:?}");
    }
    let whole = [stream(&[]), b"\xff\xff".to_vec()].concat();
    for data in [
        [whole.clone(), tuple(&[None, None, None])].concat(),
        stream(&[tuple(&[None, None, None])[..8].to_vec()]),
        b"PGCOPY\n\xff\r\n\0\0\x01\0\0\0\0\0\0".to_vec(),
        b"PGCOPY\n\xff\r\n\0\0\0\0\0\x7f\0\0\0".to_vec(),
        b"PGCOPY\n\xff\n\0".to_vec(),
        b"PGCOP".to_vec(),
        stream(&[b"\0\x03\xff\xff\xff\xfe".to_vec()]),
    ] {
        assert!(is_format(fault(&binary(), &data), 1), "{data:?}");
    }
}

#[test]
fn faults_name_row_and_column() {
    let good = tuple(&[None, None, None]);
    for (options, data, expected) in [
        (
            text(),
            &b"1\tx\ty\n2\tbad\ty\n3\n"[..],
            (2, FaultKind::Unreadable(1)),
        ),
        (text(), b"1\tx\ty\n\n", (2, FaultKind::Missing(1))),
        (text(), b"1\tx\ty\tz\n", (1, FaultKind::Extra)),
        (csv(), b"1,x,y\n2,\"bad\",y", (2, FaultKind::Unreadable(1))),
        (csv(), b"1,x,y\n2,x\n", (2, FaultKind::Missing(2))),
        (csv(), b"1,x,y,\n", (1, FaultKind::Extra)),
        (
            binary(),
            &stream(&[good.clone(), tuple(&[None, Some(b"bad"), None])]),
            (2, FaultKind::Unreadable(1)),
        ),
        (
            binary(),
            &stream(&[tuple(&[None])]),
            (1, FaultKind::Missing(1)),
        ),
        (
            binary(),
            &stream(&[good, tuple(&[None; 4])]),
            (2, FaultKind::Extra),
        ),
    ] {
        assert_eq!(fault(&options, data), expected);
    }
}

#[test]
fn rows_are_bounded() {
    let long = "x".repeat(BOUND);
    assert_eq!(
        fault(&text(), format!("1\t{long}\n").as_bytes()).1,
        FaultKind::TooLong
    );
    assert_eq!(
        fault(&csv(), format!("1,\"{long}").as_bytes()).1,
        FaultKind::TooLong
    );
    let length = i32::try_from(BOUND).unwrap() + 1;
    let tuple = [&b"\0\x03"[..], &length.to_be_bytes()].concat();
    assert_eq!(fault(&binary(), &stream(&[tuple])).1, FaultKind::TooLong);
}
