"""What a statement makes of hidden values shows nothing that the statement chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "made"
ANALYST = User("analyst@example.com", ("analysts",))
POLICIES = """
permit(principal in Group::"analysts", action in [Action::"connect", Action::"select"], resource);
permit(principal, action == Action::"unmask", resource is Column)
when { resource.tags.contains("public") };
"""
TAGS = {
    "public.staff.id": ["public"],
    "public.staff.ssn": ["us.ssn"],
    "public.staff.phone": ["contact.phone"],
    "public.staff.email": ["contact.email"],
    "public.staff.salary": ["person.salary"],
    "public.staff.bonus": ["person.bonus"],
    "public.staff.born": ["person.birth_date"],
    "public.staff.rating": ["person.rating"],
    "public.staff.weight": ["person.weight"],
}
OPERATORS: dict[str, Any] = {
    "us.ssn": {"name": "template", "template": "***-**-{last4}"},
    "person.salary": {"name": "bin", "width": 10000},
    "person.bonus": {"name": "noise", "percent": 10},
    "person.birth_date": {"name": "date_trunc", "part": "year"},
}
SCHEMA = """
CREATE TABLE staff (id int PRIMARY KEY, ssn text, phone text, email text, salary int, bonus numeric,
    born date, rating int, weight float8);
INSERT INTO staff VALUES (1, '078-05-1120', '+1 415 555 0132', 'Zelda@corp.test', 54321, 1234.5,
    '1980-05-17', 1, 71.5), (2, '078-05-1130', '+1 415 555 0133', 'zelda@corp.test', 54322, 9.5,
    '1980-05-18', 2, 72.25);
"""


@pytest.fixture(scope="module")
def analyst(debian_postgres: PostgresServer) -> Iterator[psycopg.Connection[Any]]:
    server = debian_postgres
    create_database(server, DATABASE)
    server.execute(SCHEMA, DATABASE)
    settings = {"operators": OPERATORS, "filtering": "allow"}
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS, settings)
    with GatewayProcess({DATABASE: store}, [ANALYST], POLICIES) as gateway:
        endpoint = Endpoint(
            "scrim", "127.0.0.1", gateway.port, DATABASE, ANALYST.name, ANALYST.password
        )
        with psycopg.connect(endpoint.conninfo(), autocommit=True) as connection:
            yield connection


def values(connection: psycopg.Connection[Any], expression: str) -> list[Any]:
    sql = f"SELECT {expression} FROM staff ORDER BY id"
    return [value for (value,) in connection.execute(sql.encode())]


def test_whole_values_keep_what_their_operators_keep(analyst: psycopg.Connection[Any]) -> None:
    assert values(analyst, "ssn") == ["***-**-1120", "***-**-1130"]
    assert values(analyst, "salary") == [50000, 50000]
    assert values(analyst, "salary::text") == ["50000", "50000"]
    assert analyst.execute("SELECT max(salary) FROM staff").fetchone() == (50000,)


@pytest.mark.parametrize(
    "expression",
    [
        "substr(ssn, 1, 10)",
        "reverse(ssn)",
        "translate(phone, '5', '-')",
        "'+' || right(phone, 9)",
        "repeat('x', salary / 1000)",
        "overlay(email placing 'a@' from 1)",
        "string_to_array(repeat('x', salary / 1000), null)::text",
    ],
)
def test_texts_made_of_values_have_one_length_and_no_layout(
    analyst: psycopg.Connection[Any], expression: str
) -> None:
    for value in values(analyst, expression):
        local, _, domain = value.partition("@")
        assert domain.startswith("example.") or (len(local) == 32 and local.isalnum()), value


@pytest.mark.parametrize(
    "expression",
    [
        "salary * 1000",
        "power(salary::numeric, 5)",
        "salary - 54000",
        "bonus + id - id",
        "length(ssn)",
        "extract(doy from born)",
        "ascii(substr(ssn, 3))",
    ],
)
def test_numbers_made_of_values_have_one_size(
    analyst: psycopg.Connection[Any], expression: str
) -> None:
    for value in values(analyst, expression):
        assert 100 < value < 100_000_000
        assert value == int(value)


def test_arrays_made_of_values_have_no_length(analyst: psycopg.Connection[Any]) -> None:
    assert values(analyst, "array_fill(0, ARRAY[salary / 1000])") == [None, None]


@pytest.mark.parametrize("expression", ["lower(email)", "upper(email)", "email || '!'"])
def test_other_spellings_of_equal_values_stay_equal(
    analyst: psycopg.Connection[Any], expression: str
) -> None:
    one, two = values(analyst, expression)
    assert one == two
    assert values(analyst, expression) == [one, two]


def test_the_same_letters_are_masked_alike(analyst: psycopg.Connection[Any]) -> None:
    assert values(analyst, "lower(email)") == values(analyst, "email")


@pytest.mark.parametrize("expression", ["left(ssn, 6)", "salary / 1000", "length(phone)"])
def test_parts_and_measures_do_not_tell_which_values_share_them(
    analyst: psycopg.Connection[Any], expression: str
) -> None:
    # Whoever knows one value would find the same part in all others.
    one, two = values(analyst, expression)
    assert one != two
    assert values(analyst, expression) != [one, two]


def test_noise_is_not_averaged_out_by_asking_in_other_words(
    analyst: psycopg.Connection[Any],
) -> None:
    # Each of these is the same number; noise of its own for each would have it as their mean.
    for n in range(5):
        assert abs(float(values(analyst, f"bonus + {n} - {n}")[0]) - 1234.5) > 124


@pytest.mark.parametrize(
    "expression",
    [
        "jsonb_agg(left(ssn, 3)) OVER ()",
        "to_jsonb(array_fill(0, ARRAY[rating]))",
        "json_build_object(left(ssn, 3), 1)",
        "jsonb_set('[0, 0, 0]', ARRAY[rating::text], '1')",
        "xmlelement(name a, repeat('<a/>', rating)::xml)",
        "(array_agg(phone) OVER ())[1:rating]",
        "(array_agg(phone) OVER ())[length(phone):]",
    ],
)
def test_documents_and_lists_have_no_members_that_tell_a_part(
    analyst: psycopg.Connection[Any], expression: str
) -> None:
    assert values(analyst, expression) == [None, None]


def test_no_two_values_of_a_document_are_alike_where_some_are_not_hidden(
    analyst: psycopg.Connection[Any],
) -> None:
    # Known values in the same list would tell what stands for which.
    sql = "SELECT jsonb_agg(v) FROM (SELECT ssn FROM staff UNION ALL SELECT '078-05-1120') AS t (v)"
    (listed,) = analyst.execute(sql.encode()).fetchone() or ([],)
    assert len(set(listed)) == 3


@pytest.mark.parametrize(
    "expression",
    [
        "(array_agg(phone) OVER ())[rating]",
        "nth_value(phone, rating) OVER ()",
        "to_jsonb(array_agg(phone) OVER ()) ->> (rating - 1)",
    ],
)
def test_the_value_that_a_hidden_one_chooses_is_not_known_again(
    analyst: psycopg.Connection[Any], expression: str
) -> None:
    chosen = values(analyst, expression)
    shown = values(analyst, "coalesce(phone, rating::text)") + values(analyst, "phone")
    assert len({*chosen, *shown}) == 6


@pytest.mark.parametrize(
    "expression",
    ["repeat('', rating)", "replace(left(ssn, 1), '0', '')", "ltrim(left(ssn, 1), right(ssn, 1))"],
)
def test_nothing_and_blanks_look_like_any_other_part(
    analyst: psycopg.Connection[Any], expression: str
) -> None:
    assert [len(value) for value in values(analyst, expression)] == [32, 32]


def test_numbers_are_not_shortened_before_they_are_masked(
    analyst: psycopg.Connection[Any],
) -> None:
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        analyst.execute("SET extra_float_digits = -15")
    one, two = values(analyst, "weight")
    assert one != two
