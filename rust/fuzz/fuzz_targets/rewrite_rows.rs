//! Rows of every encoding, by DataRow and by COPY: no panic, and the same output whole and in pieces.
#![no_main]

use std::sync::{Arc, OnceLock};

use libfuzzer_sys::fuzz_target;
use scrim_detect::Detector;
use scrim_mask::{Keyring, TenantKey};
use scrim_rows::copy::{CopyFormat, CopyOptions, CopyRewriter};
use scrim_rows::data_row::{self, Formats, Rewritten};
use scrim_rows::{Counters, Format, Masker, Plan};

const MAX_ROW_BYTES: usize = 1 << 20;
const RULES: &str = r#"{"columns":[
    {"action":"pass"},
    {"action":"mask","type":{"kind":"text"},"operator":{"name":"by_row","column":["kind"],
     "cases":{"a":{"name":"null"}},"otherwise":{"name":"redact"}},"domain":"contact.email"},
    {"action":"scan","type":{"kind":"jsonb"}}],
    "beside":{"1":{"column":0,"type":{"kind":"text"}}}}"#;

fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let detector = Arc::new(Detector::new(&[]).expect("an empty catalogue compiles"));
        let key = TenantKey::new(core::array::from_fn(|i| {
            u8::try_from(i * 7 + 3).unwrap_or(1)
        }));
        let config = r#"{"operators":{},"default":{"name":"redact"}}"#;
        let masker = Masker::new(Keyring::new(key, 1), detector, config).expect("a masker");
        Plan::compile(RULES, &masker).expect("a plan")
    })
}

fn copied(options: &CopyOptions, pieces: &[&[u8]]) -> Option<Vec<u8>> {
    let mut rewriter = CopyRewriter::new(options.clone(), MAX_ROW_BYTES);
    let (mut out, mut counters) = (Vec::new(), Counters::default());
    for piece in pieces {
        rewriter
            .payload(plan(), piece, &mut out, &mut counters)
            .ok()?;
    }
    rewriter.finish(plan(), &mut out, &mut counters).ok()?;
    Some(out)
}

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (choice, cut, data) = input;
    if choice & 4 == 0 {
        let formats = match choice & 3 {
            0 => Formats::All(Format::Text),
            1 => Formats::All(Format::Binary),
            _ => Formats::Each(&[0, 1, 1]),
        };
        let mut out = Vec::new();
        if data_row::rewrite(plan(), formats, data, &mut out, &mut Counters::default())
            == Ok(Rewritten::Changed)
        {
            let count = data_row::column_count(&out[5..]).expect("a count");
            assert_eq!(count, 3);
            data_row::cells(&out[5..], |_, _| ()).expect("a rewritten row can be read");
        }
        return;
    }
    let format =
        [CopyFormat::Text, CopyFormat::Csv, CopyFormat::Binary][usize::from(choice & 3) % 3];
    let csv = format == CopyFormat::Csv;
    let options = CopyOptions {
        format,
        delimiter: if csv { b',' } else { b'\t' },
        null: if csv { String::new() } else { "\\N".into() },
        escape: if choice & 8 == 0 { b'"' } else { b'\\' },
        header: choice & 16 != 0,
        ..CopyOptions::default()
    };
    let (head, tail) = data.split_at(usize::from(cut).min(data.len()));
    assert_eq!(copied(&options, &[data]), copied(&options, &[head, tail]));
});
