"""Word lists: names of people, streets, states and countries, and what is none of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.detection.gazetteer import (
    TESTS,
    is_country,
    is_family_name,
    is_full_name,
    is_given_name,
    is_state,
    is_street,
    word_list,
)


@pytest.mark.parametrize("name", ["ANNA", "josé", "Jean-Pierre", "Mary Ann", "Zoë", "Dr. Peter"])
def test_given_names(name: str) -> None:
    assert is_given_name(name)


@pytest.mark.parametrize(
    "name", ["Smith", "GARCÍA", "van der Berg", "O'Brien", "Müller", "García López", "de la Cruz"]
)
def test_family_names(name: str) -> None:
    assert is_family_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Grace Hopper",
        "Hopper, Grace",
        "Dr. Anna Schmidt",
        "María José García López",
        "Wei Zhang",
        "Ola de Vries",
    ],
)
def test_full_names(name: str) -> None:
    assert is_full_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "Blue Widget",
        "Order 66",
        "a@example.com",
        "Grace",
        "",
        "x" * 500,
        "42",
        "Smith & Sons",
        "Miller Group",
        "Smith-Jones",
        "Davis, Brown and Moore",
    ],
)
def test_other_texts_are_no_names(text: str) -> None:
    assert not is_full_name(text)


@pytest.mark.parametrize(
    "street",
    [
        "12 Main Street",
        "Hauptstraße 5",
        "10, rue de la Paix",
        "Calle Mayor 12",
        "Via Roma 1",
        "PO Box 123",
        "Kungsgatan 4",
        "Kerkstraat 9",
        "Apt. 864, 6750 Koskikatu 25",
    ],
)
def test_streets(street: str) -> None:
    assert is_street(street)


@pytest.mark.parametrize("text", ["Main Street", "5 apples", "street", "", "12345", "9" * 300])
def test_other_texts_are_no_streets(text: str) -> None:
    assert not is_street(text)


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    assert all(test(text) in {True, False} for test in TESTS.values())


@pytest.mark.parametrize(
    "name", ["given_names", "family_names", "street_words", "titles", "particles", "company_words"]
)
def test_lists_are_read_without_their_comments(name: str) -> None:
    words = word_list(name)
    assert len(words) > 20
    assert "#" not in words
    assert all(word == word.casefold() for word in words)


@pytest.mark.parametrize("name", ["Bayern", "NEW YORK", "Île-de-France", "北海道", "são paulo"])
def test_states(name: str) -> None:
    assert is_state(name)


@pytest.mark.parametrize(
    "name", ["Germany", "Österreich", "COTE D'IVOIRE", "Франция", "日本", "UK"]
)
def test_countries(name: str) -> None:
    assert is_country(name)


@pytest.mark.parametrize("name", ["DE", "", "Hamster", "x" * 10_000])
def test_codes_and_other_words_are_neither_state_nor_country(name: str) -> None:
    assert not is_state(name)
    assert not is_country(name)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("王小明", True),
        ("高橋 健太", True),
        ("日", False),
        ("売上高報告書一覧", False),
        ("赤い", False),
    ],
)
def test_names_in_han_characters(name: str, known: bool) -> None:
    assert is_full_name(name) == known
