"""Rows from the text of files."""

from scrim.detection.columns import ColumnJudge
from scrim.detection.scan import builtin_scanner
from scrim.detection.tables import (
    MAX_DEPTH,
    column_names,
    csv_rows,
    find_delimiter,
    flattened,
    is_header,
)

JUDGE = ColumnJudge(builtin_scanner().catalogue)


def headed(*rows: list[str]) -> bool:
    return is_header(rows, builtin_scanner(), JUDGE)


def test_the_delimiter_is_what_splits_lines_alike() -> None:
    assert find_delimiter(["a;b,c;d\n", "1;2;3\n"]) == ";"
    assert find_delimiter(["a\tb\n", "1,5\t2\n"]) == "\t"
    assert find_delimiter(['"a;b",c\n', '"1;2;3",4\n']) == ","
    assert find_delimiter(["word\n", "another\n"]) is None
    assert find_delimiter([]) is None


def test_a_quoted_field_may_hold_line_ends() -> None:
    assert list(csv_rows(['a,"b\n', 'c"\n', "\n", "d,e\n"], ",")) == [["a", "b\nc"], ["d", "e"]]


def test_a_first_row_of_values_is_no_header() -> None:
    assert headed(["id", "email"], ["1", "a@example.org"])
    assert headed(["Bezeichnung", "Wert"], ["x", "y"])
    assert not headed(["1", "email"], ["2", "x"])
    assert not headed(["a@example.org", "x"], ["b@example.org", "y"])
    assert not headed(["blue", "x"], ["blue", "y"])
    assert not headed(["same", "same"], ["1", "2"])
    assert not headed(["Anna", "Weber"], ["Peter", "Meier"])


def test_every_column_gets_a_name() -> None:
    assert column_names(3, ["a", " "]) == ("a", "column2", "column3")
    assert column_names(2, None) == ("column1", "column2")


def test_json_is_flattened_by_paths() -> None:
    value = {"a": [{"b": 1}, {"b": "x"}], "c": None, "d": True, "e": {"f": ["y", "z"]}}
    assert flattened(value) == {"a.b": ["1", "x"], "d": ["true"], "e.f": ["y", "z"]}
    assert flattened("x") == {"value": ["x"]}


def test_deep_nesting_ends_as_text() -> None:
    value: object = "x"
    for _ in range(MAX_DEPTH + 5):
        value = [value]
    ((text,),) = flattened(value).values()
    assert text == '[[[[["x"]]]]]'
