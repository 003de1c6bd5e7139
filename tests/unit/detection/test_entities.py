"""Every entity against its own examples: the entries are the tests."""

import pytest

from scrim.detection.catalogue import Entry, Example, builtin_catalogue, example_text
from scrim.detection.columns import ColumnJudge
from scrim.detection.scan import detect
from scrim.domain.column import Column

CATALOGUE = builtin_catalogue()
JUDGE = ColumnJudge(CATALOGUE)


def _examples(field: str) -> list[object]:
    return [
        pytest.param(entry, example, id=f"{entry.name}-{number}")
        for entry in CATALOGUE.entries
        for number, example in enumerate(getattr(entry, field))
    ]


def _judged(name: str) -> str | None:
    table, _, column = name.rpartition(".")
    return JUDGE.verdict(Column("public", table, column)).entity


@pytest.mark.parametrize(("entry", "example"), _examples("matches"))
def test_a_match_is_found(entry: Entry, example: Example) -> None:
    assert entry.name in {finding.entity for finding in detect(example_text(example))}


@pytest.mark.parametrize(("entry", "example"), _examples("non_matches"))
def test_a_counter_example_is_left(entry: Entry, example: Example) -> None:
    assert entry.name not in {finding.entity for finding in detect(example_text(example))}


@pytest.mark.parametrize(("entry", "name"), _examples("column_matches"))
def test_a_column_is_known_by_its_name(entry: Entry, name: str) -> None:
    assert _judged(name) == entry.name


@pytest.mark.parametrize(("entry", "name"), _examples("column_non_matches"))
def test_a_name_that_only_looks_alike_is_left(entry: Entry, name: str) -> None:
    assert _judged(name) != entry.name


def test_the_first_set_is_complete() -> None:
    assert set(CATALOGUE.names) == {
        "contact.email",
        "contact.phone",
        "contact.street_address",
        "person.full",
        "person.given",
        "person.family",
        "financial.card",
        "financial.iban",
        "us.ssn",
        "network.ipv4",
        "network.ipv6",
        "secret.aws_access_key",
        "secret.aws_secret_key",
        "secret.jwt",
        "secret.pem_key",
        "secret.connection_string",
    }
