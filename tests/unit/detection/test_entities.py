"""Every entity against its own examples: the entries are the tests."""

import pytest

from scrim.detection.api import detect
from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.columns import ColumnJudge
from scrim.detection.entry import Entry, Example, example_text
from scrim.detection.scan import Scanner
from scrim.domain.column import Column

CATALOGUE = builtin_catalogue()
JUDGE = ColumnJudge(CATALOGUE)
SCANNER = Scanner(CATALOGUE)


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
    text = example_text(example)
    # Scans do not look for what only an operator or a profile asks for.
    findings = SCANNER.scan([text])[0] if entry.on_demand else detect(text)
    assert entry.name in {finding.entity for finding in findings}


@pytest.mark.parametrize(("entry", "example"), _examples("non_matches"))
def test_a_counter_example_is_left(entry: Entry, example: Example) -> None:
    assert entry.name not in {finding.entity for finding in detect(example_text(example))}


@pytest.mark.parametrize(("entry", "name"), _examples("column_matches"))
def test_a_column_is_known_by_its_name(entry: Entry, name: str) -> None:
    assert _judged(name) == entry.name


@pytest.mark.parametrize(("entry", "name"), _examples("column_non_matches"))
def test_a_name_that_only_looks_alike_is_left(entry: Entry, name: str) -> None:
    assert _judged(name) != entry.name


@pytest.mark.parametrize(("entry", "example"), _examples("values"))
def test_a_value_is_found_whole_in_its_column(entry: Entry, example: Example) -> None:
    value = example_text(example)
    findings = SCANNER.scan([value], expected=entry.name)[0]
    spans = [(finding.start, finding.end, finding.entity) for finding in findings]
    assert spans == [(0, len(value), entry.name)]


@pytest.mark.parametrize(("entry", "example"), _examples("non_values"))
def test_a_value_that_only_looks_alike_is_left_even_in_the_column(
    entry: Entry, example: Example
) -> None:
    findings = SCANNER.scan([example_text(example)], expected=entry.name)[0]
    assert entry.name not in {finding.entity for finding in findings}


def test_every_entity_that_is_promised_is_there() -> None:
    secrets = [name for name in CATALOGUE.names if name.startswith("secret.")]
    assert len(secrets) >= 150
    assert len(CATALOGUE.names) - len(secrets) >= 150


@pytest.mark.parametrize("entry", CATALOGUE.entries, ids=lambda entry: entry.name)
def test_every_entry_names_its_source_with_an_address(entry: Entry) -> None:
    assert "https://" in entry.source
