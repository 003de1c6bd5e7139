use super::walk;

/// `parent.key=value` of each pair.
pub(super) fn pairs(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(text.as_bytes(), &mut |pair| {
        let part = |span: &std::ops::Range<usize>| {
            String::from_utf8_lossy(&text.as_bytes()[span.clone()]).into_owned()
        };
        found.push(format!(
            "{}.{}={}",
            part(&pair.parent),
            part(&pair.key),
            part(&pair.value)
        ));
    });
    found
}

fn assert_pairs(text: &str, expected: &[&str]) {
    let found = pairs(text);
    for pair in expected {
        assert!(
            found.iter().any(|other| other == pair),
            "{pair}\nin {found:#?}\nof {text}"
        );
    }
}

#[test]
fn json_has_keys_and_parents() {
    assert_eq!(
        pairs(r#"{"id": 7, "user": {"name": "Jane Roe", "phones": ["1", 22]}, "ok": true}"#),
        [
            ".id=7",
            "user.name=Jane Roe",
            "user.phones=1",
            "user.phones=22",
            ".ok=true"
        ]
    );
    assert_eq!(pairs(r#"["a", 1, [2]]"#), [".=a", ".=1", ".=2"]);
    assert_eq!(
        pairs("{\"users\": [{\"name\":\n \"x\"}, {\"name\": \"y\"}]}"),
        ["users.name=x", "users.name=y"]
    );
}

#[test]
fn json_may_be_broken() {
    assert_pairs(
        "{'name': 'Jane', // it's\n /* x */ b: 2,}",
        &[".name=Jane", ".b=2"],
    );
    assert_pairs(r#"{"user": {"name": "Jane R"#, &["user.name=Jane R"]);
    assert_pairs(
        "{\"a\": {\"b\": \"cut\n{\"name\": \"Jane\"}\n{\"name\": \"Joe\"}",
        &["a.b=cut", ".name=Jane", ".name=Joe"],
    );
    assert_pairs(
        "12:00 INFO got {\"user\": {\"mail\": \"a@b.co\"}} in 5ms",
        &["user.mail=a@b.co"],
    );
    assert_pairs(
        r#"{"msg": "user=ada mail=a@b.co"}"#,
        &["msg.user=ada", "msg.mail=a@b.co"],
    );
    assert_pairs(
        r#"{"t": "10:30", "url": "https://h/?q=ada&n=1"}"#,
        &[".t=10:30", "url.q=ada"],
    );
}

#[test]
fn markup_has_elements_and_attributes() {
    assert_pairs(
        "<?xml version=\"1.0\"?><ns:user id='7'><ns:name>Jane Roe</ns:name><mail/><note><![CDATA[a < b]]></note></ns:user>",
        &["user.id=7", "user.name=Jane Roe", "user.note=a < b"],
    );
    assert_pairs(
        "<input name=\"email\" value=\"a@b.co\"><p>Name: Jane<br>Mail: x</p>",
        &["input.email=a@b.co", "p.Name=Jane", "p.Mail=x"],
    );
    assert_pairs("<field name='ssn'>123</field>", &["field.ssn=123"]);
    assert_pairs(
        "<table><tr><th>Name</th><th>Mail</th></tr><tr><td>Jane</td><td>a@b.co</td></tr></table>",
        &["tr.Name=Jane", "tr.Mail=a@b.co"],
    );
    assert_pairs("<dl><dt>Name</dt><dd>Jane</dd></dl>", &["dl.Name=Jane"]);
    assert_pairs("<a><b>cut of", &["a.b=cut of"]);
}

#[test]
fn entities_are_not_expanded() {
    let mut text = "<!DOCTYPE l [<!ENTITY a \"lol\">".to_owned();
    for level in 0..50 {
        let next = level + 1;
        let name = format!("<!ENTITY l{level} \"&l{next};&l{next};\">");
        text.push_str(&name);
    }
    text += "]><l>&l0;</l>";
    assert!(pairs(&text).len() < 60);
    assert_pairs(&text, &[".l=&l0;", ".a=lol"]);
}

#[test]
fn lines_have_keys() {
    assert_pairs(
        "DB_PASSWORD=s3cret word\nexport NAME='Jane Roe'\n",
        &[".DB_PASSWORD=s3cret word", ".NAME=Jane Roe"],
    );
    assert_pairs(
        "[user]\nname = Jane Roe\nmail: a@b.co\n",
        &["user.name=Jane Roe", "user.mail=a@b.co"],
    );
    assert_pairs("[[users.admin]]\nname = \"Jane\"\n", &["admin.name=Jane"]);
    assert_pairs(
        "spring.datasource.password=x y",
        &["datasource.password=x y"],
    );
    assert_pairs(
        "Host: example.com\r\nCookie: id=5; name=ada\r\n",
        &[".Host=example.com", ".id=5", ".name=ada"],
    );
    assert_pairs(
        "level=info user=ada msg=\"hi there\" ip=10.0.0.1 done",
        &[".user=ada", ".msg=hi there", ".ip=10.0.0.1"],
    );
    assert_pairs(
        "/find?name=ada&user[mail]=a%40b.co",
        &[".name=ada", "user.mail=a%40b.co"],
    );
    assert_pairs("name => Jane", &[".name=Jane"]);
    assert_pairs(
        "-[ RECORD 1 ]---\nname  | Jane Roe\nmail  | a@b.co\n",
        &[".name=Jane Roe", ".mail=a@b.co"],
    );
}

#[test]
fn yaml_is_nested_by_indentation() {
    assert_pairs(
        "user:\n  name: Jane Roe\n  phones:\n    - 111\n    - 222\n  note: |\n    some text\nother: 1\nlist:\n- name: Joe\n  mail: x\n- name: Sue\n",
        &["user.name=Jane Roe", "user.phones=111", "user.phones=222", "user.note=some text", ".other=1", "list.name=Joe", "list.mail=x", "list.name=Sue"],
    );
}

#[test]
fn prompts_have_keys() {
    assert_pairs(
        "Name: Jane Roe\n**Email:** a@b.co\n- **Date of birth**: 1.2.1990\n",
        &[".Name=Jane Roe", ".Email=a@b.co", ".Date of birth=1.2.1990"],
    );
    assert_pairs(
        "Name: Jane Roe, Email: a@b.co; Phone: +1 (212) 555-0100",
        &[
            ".Name=Jane Roe",
            ".Email=a@b.co",
            ".Phone=+1 (212) 555-0100",
        ],
    );
    assert_pairs(
        "Name: Jane Roe Email: a@b.co",
        &[".Name=Jane Roe", ".Email=a@b.co"],
    );
    assert_pairs(
        "Address:\n12 Main Street\n\nThanks",
        &[".Address=12 Main Street"],
    );
}

#[test]
fn code_has_assignments_and_arguments() {
    assert_pairs(
        "user = User(name=\"Jane Roe\", email='a@b.co', age=3)",
        &["User.name=Jane Roe", "User.email=a@b.co", "User.age=3"],
    );
    assert_pairs(
        "{:name => \"Jane\", :mail=>'x'}",
        &[".name=Jane", ".mail=x"],
    );
    assert_pairs(
        "User{name=Jane Roe, mail=a@b.co}",
        &["User.name=Jane Roe", "User.mail=a@b.co"],
    );
    assert_pairs(
        "if (password == \"x\") { this.name := \"y\"; }",
        &[".password=x", "this.name=y"],
    );
    assert_pairs(
        "$row['name'] = 'Jane';\nsetMail(\"a@b.co\");",
        &["row.name=Jane", ".setMail=a@b.co"],
    );
    assert_pairs(
        "#define PASSWORD \"abc\"\nuser 'ada'\n",
        &[".PASSWORD=abc", ".user=ada"],
    );
    assert_pairs(
        "curl -u jane:secret --header \"X-Token: abc\" -d '{\"pin\": 1}'",
        &[".jane=secret", "header.X-Token=abc", "d.pin=1"],
    );
    assert_pairs("String name = \"Jane\";", &[".name=Jane"]);
}

#[test]
fn sql_has_columns() {
    assert_pairs(
        "INSERT INTO public.users (id, \"name\", mail) VALUES (1, 'Jane O''Roe', 'a@b.co'), (2, N'Joe', NULL);",
        &["users.id=1", "users.name=Jane O''Roe", "users.mail=a@b.co", "users.id=2", "users.name=Joe"],
    );
    assert_pairs("insert into `users`(`a`) values ('x')", &["users.a=x"]);
    assert_pairs(
        "UPDATE users SET name = 'Jane', age = 5 WHERE mail = 'x'",
        &[".name=Jane", ".age=5", ".mail=x"],
    );
}

#[test]
fn tables_have_headers() {
    assert_eq!(
        pairs("id,name,\"mail\"\n1,\"Roe, Jane\",a@b.co\n2,Joe,\n"),
        [
            ".id=1",
            ".name=Roe, Jane",
            ".mail=a@b.co",
            ".id=2",
            ".name=Joe"
        ]
    );
    assert_pairs(
        "see\n\n| Name | Mail |\n|------|:----:|\n| Jane | a@b.co |\n\nName: x",
        &[".Name=Jane", ".Mail=a@b.co", ".Name=x"],
    );
    assert_pairs(
        " id | name\n----+------\n  1 | Jane\n(1 row)\n",
        &[".id=1", ".name=Jane"],
    );
    assert_pairs(
        "| Field | Value |\n|---|---|\n| Email | a@b.co |",
        &[".Email=a@b.co"],
    );
}

#[test]
fn literals_of_postgres_have_elements() {
    assert_eq!(pairs("{a,\"b c\",3}"), [".=a", ".=b c", ".=3"]);
    assert_eq!(pairs("(1,\"Jane Roe\",x)"), [".=1", ".=Jane Roe", ".=x"]);
    assert_eq!(pairs("{{1,2},{3,4}}"), [".=1", ".=2", ".=3", ".=4"]);
}

#[test]
fn ordinary_text_has_no_keys() {
    for text in [
        "",
        "Left with the neighbour (second floor), please ring.",
        "2024-01-10 01:02:03+00",
        "a < b and c > d",
        "https://example.com/a",
        "std::string",
        "it's {street} and [x]",
        "ada@example.com",
    ] {
        assert_eq!(pairs(text), [""; 0], "{text}");
    }
}
