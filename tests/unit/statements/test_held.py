"""What a statement asks, value by value."""

from __future__ import annotations

import struct

import pytest

from scrim.statements.held import MAX_VALUES, Parameter, everything, questions


def asked(sql: str, *parameters: Parameter) -> set[bytes]:
    return {value for one in questions(sql.encode(), parameters).values() for value in one.values}


def where(condition: str, *parameters: Parameter) -> set[bytes]:
    return asked(f"SELECT 1 FROM t WHERE {condition}", *parameters)


def text(value: str) -> Parameter:
    return (False, 0, value.encode())


def test_each_value_of_a_comparison_is_a_question() -> None:
    assert len(where("a IN (1, 2, 3, 2)")) == 3
    assert where("a IN (1, 2)") < where("a IN (1, 2, 3)")
    assert where("a < 5") == where("a >= 5") == where("5 = a") == where("a = $1", text("5"))
    assert where("a LIKE 'x'") != where("a = 'x'")


def test_text_and_binary_are_one_value_where_the_type_is_known() -> None:
    for declared, layout in ((21, ">h"), (23, ">i"), (20, ">q")):
        binary = (True, declared, struct.pack(layout, -5))
        assert where("a = $1", binary) == where("a = $1", text("-5")) == where("a = -5")
    assert where("a = $1", (True, 25, b"x")) == where("a = 'x'")
    assert where("a = $1", (True, 1700, b"x")) != where("a = 'x'")


@pytest.mark.parametrize(
    ("value", "elements"),
    [("{}", 0), ("{1,2,3}", 3), ('{"a,b",c}', 2), ("{{1,2},{3,4}}", 4), ('{"a\\"}b"}', 1)],
)
def test_the_elements_of_an_array_are_questions(value: str, elements: int) -> None:
    assert len(where("a = ANY ($1)", text(value))) == elements
    assert where("a = ANY ($1)", text(value)) == where(f"a = ANY ('{value}')")


def test_an_array_in_binary_has_the_same_elements() -> None:
    cells = b"".join(struct.pack(">ii", 4, number) for number in (1, 2, 3))
    array = struct.pack(">iiIii", 1, 0, 23, 3, 1) + cells
    assert where("a = ANY ($1)", (True, 1007, array)) == where("a = ANY ('{1,2,3}')")
    # What is malformed is a value by itself, and no error.
    for cut in range(len(array)):
        where("a = ANY ($1)", (True, 1007, array[:cut]))


def test_an_expression_is_one_question_until_it_has_many_values() -> None:
    assert len(where("a / 2 > 100 + 3")) == 1
    assert where("a / 2 > 100") != where("a / 2 > 101") != where("a * 2 > 101")
    buckets = ", ".join(str(number) for number in range(10))
    assert len(where(f"width_bucket(a, ARRAY[{buckets}]) = 1")) == 11
    assert where("f(a, '1', '23')") != where("f(a, '12', '3')")


def test_now_is_another_value_each_time() -> None:
    for condition, varies in (
        ("extract(epoch FROM ' Now '::timestamptz) > a", True),
        ("a + 'now'::interval > b", True),
        ("a + '1 day'::interval > b", False),
    ):
        (one,) = questions(f"SELECT 1 FROM t WHERE {condition}".encode(), ()).values()
        assert one.varies is varies, condition


def test_parameters_that_did_not_come_are_unknown() -> None:
    assert where("a = $2", text("x")) == where("a = $1", (False, 0, None))


def test_statements_are_equal_with_equal_values_only() -> None:
    sql = b"SELECT 1 FROM t WHERE a = $1"
    assert everything(sql, [text("1")]) == everything(sql, [(True, 23, b"\0\0\0\1")])
    assert everything(sql, [text("1")]) != everything(sql, [text("2")])
    assert everything(sql, [text("1"), text("2")]) != everything(sql, [text("12"), text("")])


def test_what_is_no_statement_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        questions(b"SELECT FROM WHERE", ())


def test_more_values_than_can_be_counted_are_an_error() -> None:
    many = ", ".join(str(number) for number in range(MAX_VALUES + 1))
    with pytest.raises(ValueError, match="too many values"):
        where(f"a IN ({many})")
    with pytest.raises(ValueError, match="too many values"):
        where("a = ANY ($1)", text("{" + many + "}"))
