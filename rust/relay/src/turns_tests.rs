use scrim_mask::{CellMask, ColumnRule, Keyring, OperatorSpec, Outcome, TenantKey};

use super::*;
use crate::turning::Role;

const TEXT: &str = r#"{"kind":"text"}"#;
const INT8: &str = r#"{"kind":"int8"}"#;

fn keys() -> Keyring {
    Keyring::new(TenantKey::from_slice(&[9; 32]).unwrap(), 1)
}

fn rule(type_: &str, operator: &str) -> String {
    format!(r#"{{"action":"mask","type":{type_},"operator":{{"name":"{operator}"}},"domain":"d"}}"#)
}

fn turning(type_: &str, operator: &str, type_id: u32, role: Role) -> Arc<Turning> {
    let json = rule(type_, operator);
    Arc::new(
        Turning::compile(&json, type_id, role, &keys())
            .unwrap()
            .unwrap(),
    )
}

fn shown_of(type_: &str, operator: &str, value: &str) -> String {
    let rule: ColumnRule = serde_json::from_str(&rule(type_, operator)).unwrap();
    let ColumnRule::Mask {
        type_,
        operator,
        domain,
    } = rule
    else {
        unreachable!()
    };
    let mask = CellMask::compile(&type_, &operator, &domain, &keys()).unwrap();
    let mut out = Vec::new();
    let outcome = mask.mask(Format::Text, value.as_bytes(), &mut out);
    assert_eq!(outcome, Outcome::Value);
    String::from_utf8(out).unwrap()
}

/// The turns of a statement in which everything compared is turned alike.
fn turns(sql: &str, turning: &Arc<Turning>) -> Result<Option<Turns>, Refusal> {
    let mut specs: Vec<TurnSpec> = places(sql.as_bytes())
        .unwrap()
        .into_iter()
        .map(|placed| TurnSpec {
            statement: placed.statement,
            depth: placed.depth,
            number: placed.number,
            turning: Arc::clone(turning),
        })
        .collect();
    specs.dedup_by_key(|spec| (spec.statement, spec.depth, spec.number));
    Turns::find(sql.as_bytes(), &specs)
}

fn rewritten(sql: &str, turning: &Arc<Turning>) -> String {
    let turns = turns(sql, turning).unwrap().unwrap();
    let (text, _) = turns.rewrite(sql.as_bytes()).unwrap().unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn literals_become_what_they_stand_for() {
    let digits = turning(TEXT, "digits", 25, Role::Compared);
    let shown = shown_of(TEXT, "digits", "A-12345");
    let other = shown_of(TEXT, "digits", "B-99999");
    for (sql, expected) in [
        (
            format!("SELECT 'x' FROM t WHERE a = '{shown}' AND b > 'y'"),
            "SELECT 'x' FROM t WHERE a = 'A-12345' AND b > 'y'".to_owned(),
        ),
        (
            format!("SELECT FROM t WHERE a IN ('{shown}',E'{other}',$${shown}$$)"),
            "SELECT FROM t WHERE a IN ('A-12345','B-99999','A-12345')".to_owned(),
        ),
        (
            format!("SELECT FROM t WHERE a = ANY('{{{shown},\"{other}\",NULL}}'::text[])"),
            "SELECT FROM t WHERE a = ANY('{\"A-12345\",\"B-99999\",NULL}'::text[])".to_owned(),
        ),
        (
            format!("SELECT FROM t WHERE a = text '{shown}'"),
            "SELECT FROM t WHERE a = text 'A-12345'".to_owned(),
        ),
    ] {
        assert_eq!(rewritten(&sql, &digits), expected);
    }
}

#[test]
fn numbers_become_numbers() {
    let auto = turning(INT8, "auto", 20, Role::Compared);
    let shown = shown_of(INT8, "auto", "-4711");
    assert_eq!(
        rewritten(&format!("SELECT FROM t WHERE a={shown}"), &auto),
        "SELECT FROM t WHERE a=(-4711)"
    );
    assert_eq!(
        rewritten(&format!("SELECT FROM t WHERE a = '{shown}'"), &auto),
        "SELECT FROM t WHERE a = '-4711'"
    );
    let positive = shown_of(INT8, "auto", "4711");
    assert_eq!(
        rewritten(
            &format!("SELECT 1-{positive} FROM t WHERE a={positive}"),
            &auto
        ),
        format!("SELECT 1-{positive} FROM t WHERE a=(4711)")
    );
}

#[test]
fn a_guess_never_stays_as_it_is_where_it_is_compared() {
    let siv = turning(TEXT, "siv", 25, Role::Compared);
    let sql = "SELECT FROM t WHERE a = 'zelda@corp.test'";
    assert!(
        !rewritten(sql, &siv).contains("zelda"),
        "{}",
        rewritten(sql, &siv)
    );
    let shown = shown_of(TEXT, "siv", "zelda@corp.test");
    let sql = format!("SELECT FROM t WHERE a = '{shown}'");
    assert_eq!(
        rewritten(&sql, &siv),
        "SELECT FROM t WHERE a = 'zelda@corp.test'"
    );
    let auto = turning(INT8, "auto", 20, Role::Compared);
    for sql in [
        "SELECT FROM t WHERE a = 'nine'",
        "SELECT FROM t WHERE a = 0x10",
        "SELECT FROM t WHERE a = U&'1'",
        "SELECT FROM t WHERE a = -(5)",
    ] {
        let refused = match turns(sql, &auto) {
            Err(_) => true,
            Ok(turns) => turns.unwrap().rewrite(sql.as_bytes()).is_err(),
        };
        assert!(refused, "{sql}");
    }
}

#[test]
fn what_is_written_and_no_masked_value_is_new() {
    let siv = turning(TEXT, "siv", 25, Role::Inserted);
    let shown = shown_of(TEXT, "siv", "zelda@corp.test");
    let sql = format!("INSERT INTO t (a) VALUES ('{shown}'), ('it''s new')");
    assert_eq!(
        rewritten(&sql, &siv),
        "INSERT INTO t (a) VALUES ('zelda@corp.test'), ('it''s new')"
    );
}

#[test]
fn what_replaces_a_value_and_may_be_an_invented_one_is_refused() {
    let sql = "UPDATE t SET a = 'keine'";
    let auto = turning(INT8, "auto", 20, Role::Updated);
    let found = turns(sql, &auto).unwrap().unwrap();
    assert!(found.rewrite(sql.as_bytes()).is_err());
    let siv = turning(TEXT, "siv", 25, Role::Updated);
    assert_eq!(rewritten(sql, &siv), sql);
}

#[test]
fn one_parameter_may_be_inserted_and_update() {
    let roles = [Role::Inserted, Role::Updated];
    for roles in [roles, [roles[1], roles[0]]] {
        let specs: Vec<TurnSpec> = roles
            .into_iter()
            .enumerate()
            .map(|(number, role)| TurnSpec {
                statement: 0,
                depth: 0,
                number,
                turning: turning(INT8, "auto", 20, role),
            })
            .collect();
        let sql = "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = $1";
        let found = Turns::find(sql.as_bytes(), &specs).unwrap().unwrap();
        assert!(found.parameter(1, Format::Text, 0, b"x").is_err());
    }
}

#[test]
fn positions_are_those_of_the_string_that_the_client_sent() {
    let siv = turning(TEXT, "siv", 25, Role::Compared);
    let shown = shown_of(TEXT, "siv", "z");
    let sql = format!("SELECT 'ü' FROM t WHERE a = '{shown}' AND b = '{shown}' AND nope");
    let turns = turns(&sql, &siv).unwrap().unwrap();
    let (text, splices) = turns.rewrite(sql.as_bytes()).unwrap().unwrap();
    let text = String::from_utf8(text).unwrap();
    assert_ne!(text.len(), sql.len());
    let position = |text: &str, word: &str| text[..text.find(word).unwrap()].chars().count() + 1;
    for word in ["FROM", "AND b", "nope", "'z' AND b"] {
        let there = word.replace("'z'", &format!("'{shown}'"));
        assert_eq!(
            original_position(&splices, position(&text, word)),
            position(&sql, &there),
            "{word}"
        );
    }
    assert_eq!(original_position(&splices, 0), 0);
}

#[test]
fn parameters_are_turned_back_in_the_format_in_which_they_come() {
    let digits = turning(TEXT, "digits", 25, Role::Compared);
    let shown = shown_of(TEXT, "digits", "A-12345").into_bytes();
    let found = turns("SELECT FROM t WHERE a = $2", &digits)
        .unwrap()
        .unwrap();
    for (format, declared) in [
        (Format::Text, 0),
        (Format::Binary, 0),
        (Format::Binary, 1043),
    ] {
        let raw = found.parameter(2, format, declared, &shown).unwrap();
        assert_eq!(raw.as_deref(), Some(&b"A-12345"[..]));
    }
    assert_eq!(found.parameter(1, Format::Text, 0, &shown).unwrap(), None);
    assert!(found.parameter(2, Format::Binary, 23, &shown).is_err());
    assert!(found.parameter(2, Format::Binary, 600, &shown).is_err());
}

#[test]
fn integers_of_other_widths_are_turned_back_where_they_fit() {
    let auto = turning(INT8, "auto", 20, Role::Compared);
    let shown: i64 = shown_of(INT8, "auto", "4711").parse().unwrap();
    let found = turns("SELECT FROM t WHERE a = $1", &auto).unwrap().unwrap();
    let own = found
        .parameter(1, Format::Binary, 0, &shown.to_be_bytes())
        .unwrap();
    assert_eq!(own.unwrap(), 4711_i64.to_be_bytes());
    let narrow = i32::try_from(shown).unwrap().to_be_bytes();
    let raw = found.parameter(1, Format::Binary, 23, &narrow).unwrap();
    assert_eq!(raw.unwrap(), 4711_i32.to_be_bytes());
    assert!(found.parameter(1, Format::Binary, 23, &[1, 2]).is_err());
}

#[test]
fn arrays_are_turned_back_element_by_element() {
    let digits = turning(TEXT, "digits", 25, Role::Compared);
    let shown = shown_of(TEXT, "digits", "A-12345");
    let found = turns("SELECT FROM t WHERE a = ANY($1)", &digits)
        .unwrap()
        .unwrap();
    let listed = format!("{{ {shown} ,\"{shown}\", null}}");
    let raw = found
        .parameter(1, Format::Text, 0, listed.as_bytes())
        .unwrap();
    assert_eq!(raw.unwrap(), b"{\"A-12345\",\"A-12345\",NULL}");
    let binary = |value: &str| {
        let mut out = Vec::new();
        for word in [1_i32, 1, 25, 2, 1, i32::try_from(value.len()).unwrap()] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(&(-1_i32).to_be_bytes());
        out
    };
    let raw = found
        .parameter(1, Format::Binary, 1009, &binary(&shown))
        .unwrap();
    assert_eq!(raw.unwrap(), binary("A-12345"));
    for broken in [&b""[..], b"{\"open", b"[1:1]={a}", b"\0\0\0\x09", b"{a\\"] {
        for format in [Format::Text, Format::Binary] {
            assert!(found.parameter(1, format, 0, broken).is_err(), "{broken:?}");
        }
    }
}

#[test]
fn a_parameter_of_two_meanings_is_refused() {
    let digits = turning(TEXT, "digits", 25, Role::Compared);
    let writes = turning(TEXT, "digits", 25, Role::Inserted);
    let sql = "UPDATE t SET a = $1 WHERE a = $1";
    let specs: Vec<TurnSpec> = [writes, digits]
        .into_iter()
        .enumerate()
        .map(|(number, turning)| TurnSpec {
            statement: 0,
            depth: 0,
            number,
            turning,
        })
        .collect();
    assert!(Turns::find(sql.as_bytes(), &specs).is_err());
}

#[test]
fn what_cannot_be_turned_back_is_known_before() {
    for operator in ["email", "redact", "token"] {
        let json = rule(TEXT, operator);
        assert!(Turning::compile(&json, 25, Role::Compared, &keys())
            .unwrap()
            .is_none());
    }
    assert!(Turning::compile("{}", 25, Role::Compared, &keys()).is_err());
}

#[test]
fn tokens_of_older_keys_are_turned_back_and_permuted_values_by_the_newest_alone() {
    let key = |byte| TenantKey::from_slice(&[byte; 32]).unwrap();
    let of =
        |active| Keyring::with_versions([(1, key(9)), (2, key(5)), (3, key(7))], active).unwrap();
    let masked = |operator: OperatorSpec, active, value: &str| {
        let type_ = serde_json::from_str(TEXT).unwrap();
        let mask = CellMask::compile(&type_, &operator, "d", &of(active)).unwrap();
        let mut out = Vec::new();
        assert_eq!(
            mask.mask(Format::Text, value.as_bytes(), &mut out),
            Outcome::Value
        );
        out
    };
    let siv = || serde_json::from_str::<OperatorSpec>(r#"{"name":"siv"}"#).unwrap();
    let compile = |operator: &str| {
        Turning::compile(&rule(TEXT, operator), 25, Role::Compared, &of(3))
            .unwrap()
            .unwrap()
    };
    let tokens = compile("siv");
    for active in [1, 2, 3] {
        let token = masked(siv(), active, "anna");
        assert_eq!(tokens.value(Format::Text, &token).unwrap(), b"anna");
    }
    let guess = tokens.value(Format::Text, b"anna").unwrap();
    assert_eq!(guess, masked(siv(), 3, "anna"));
    // What masks to itself is written as it came.
    assert_eq!(tokens.value(Format::Text, b" \n").unwrap(), b" \n");
    let digits = compile("digits");
    let value = |active| masked(OperatorSpec::Digits {}, active, "A-12345");
    assert_eq!(digits.value(Format::Text, &value(3)).unwrap(), b"A-12345");
    assert_ne!(digits.value(Format::Text, &value(2)).unwrap(), b"A-12345");
}
