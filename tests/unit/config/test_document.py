"""Reading YAML: what it means, and what is refused."""

import pytest

from scrim.config.document import MAX_BYTES, DocumentError, parse


def test_scalars_mean_what_they_look_like() -> None:
    text = (
        b"a: off\nb: 12:30\nc: 5432\nd: true\ne: ~\nf: '7'\ng: 1.5\nh: no\ni: 2026-01-01\nj: ''\n"
    )
    assert parse(text).data == {
        "a": "off",
        "b": "12:30",
        "c": 5432,
        "d": True,
        "e": None,
        "f": "7",
        "g": 1.5,
        "h": "no",
        "i": "2026-01-01",
        "j": "",
    }


def test_every_key_has_a_line() -> None:
    document = parse(b"a:\n  b: 1\n  c:\n    - x\n    - y\n")
    assert document.line_of(("a", "c", 1)) == 5
    assert document.line_of(("a", "b")) == 2
    assert document.line_of(("a", "missing")) == 1


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert parse(b"# nothing\n").data == {}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (b"a: 1\nb: 2\na: 3\n", 3, r"second time \(first in line 1\)"),
        (b"x: {a: 1, a: 2}\n", 1, "second time"),
        (b"a: [1\n", 2, "not valid YAML"),
        (b"a: !!python/object:os.system x\n", 1, "YAML tag"),
        (b"? [a, b]\n: 1\n", 1, "not a name"),
        (b"a: 1\n---\nb: 2\n", 2, "not valid YAML"),
        (b"a: \xff\n", 0, "not valid YAML"),
        (b"a: 12345678901234567890\n", 1, "too many digits"),
        (b"a: " + b"[" * 40 + b"]" * 40, 1, "nested deeper"),
        (b"#" * (MAX_BYTES + 1), 0, "larger than"),
    ],
)
def test_what_is_unclear_is_refused_with_its_line(text: bytes, line: int, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        parse(text)
    assert caught.value.line == line


def test_values_repeated_by_reference_are_counted() -> None:
    lines = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for n in range(1, 8):
        references = b", ".join([b"*a%d" % (n - 1)] * 10)
        lines.append(b"a%d: &a%d [%s]" % (n, n, references))
    with pytest.raises(DocumentError, match="larger than"):
        parse(b"\n".join(lines))


def test_a_reference_to_itself_ends() -> None:
    with pytest.raises(DocumentError, match="nested deeper"):
        parse(b"a: &a [*a]\n")


def test_words_of_the_file_are_not_repeated_in_errors() -> None:
    with pytest.raises(DocumentError) as caught:
        parse(b"password: *hunter2\n")
    assert "hunter2" not in caught.value.reason
