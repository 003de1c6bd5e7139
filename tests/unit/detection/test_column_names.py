"""Column names: how they are taken apart, and what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.column_names import (
    NameEvidence,
    NameIndex,
    NameRules,
    Strength,
    best_evidence,
)
from scrim.detection.name_words import singular, words_of
from scrim.domain.column import Column

FULL_NAME = NameRules(builtin_catalogue().entry("person.full"))


def judged(table: str, column: str, *siblings: str) -> NameEvidence | None:
    return FULL_NAME.judge(Column("public", table, column), siblings)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("home_phone", ("home", "phone")),
        ("homePhone2", ("home", "phone", "2")),
        ("HTTPServer", ("http", "server")),
        ("E-Mail Adresse", ("e", "mail", "adresse")),
        ("Prénom", ("prenom",)),
        ("電話番号", ("電話番号",)),
        ("", ()),
        ("__", ()),
    ],
)
def test_names_are_split_into_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_letters_outside_ascii_do_not_keep_names_apart() -> None:
    assert "".join(words_of("Straße")) == "".join(words_of("STRASSE"))


@given(st.text(max_size=400))
def test_any_name_is_split(name: str) -> None:
    assert all(word for word in words_of(name))


@pytest.mark.parametrize(
    ("plural", "word"),
    [
        ("emails", "email"),
        ("categories", "category"),
        ("addresses", "address"),
        ("address", "address"),
        ("boxes", "box"),
        ("bus", "bus"),
        ("iban", "iban"),
    ],
)
def test_plurals_are_undone(plural: str, word: str) -> None:
    assert singular(plural) == word


def test_a_telling_name_is_enough() -> None:
    evidence = judged("t", "customerName")
    assert evidence == NameEvidence("person.full", Strength.STRONG, "customer_name")


def test_a_weak_name_needs_its_table_or_its_siblings() -> None:
    alone = judged("t", "name")
    assert alone is not None
    assert alone.strength is Strength.WEAK
    by_table = judged("employees", "name")
    assert by_table is not None
    assert (by_table.strength, by_table.support) == (Strength.STRONG, ("table employees",))
    by_sibling = judged("t", "name", "id", "birth_date")
    assert by_sibling is not None
    assert by_sibling.support == ("beside birth_date",)


@pytest.mark.parametrize("table", ["products", "categories", "Countries", "file_servers"])
def test_a_table_of_things_has_no_names_of_people(table: str) -> None:
    assert judged(table, "name", "birth_date") is None


def test_the_strongest_and_longest_evidence_wins() -> None:
    weak = NameEvidence("a", Strength.WEAK, "something_long")
    short = NameEvidence("b", Strength.STRONG, "ip")
    long = NameEvidence("c", Strength.STRONG, "ip_address")
    assert best_evidence([weak, short, long]) is long
    assert best_evidence([]) is None


INDEX = NameIndex(builtin_catalogue().entries)


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("customer.c_name", "person.full"),
        ("t.cust_fname", "person.given"),
        ("t.emp_lst_nm", "person.family"),
        ("t.usr_mail", "contact.email"),
        ("t.tel_nbr", "contact.phone"),
        ("t.addr1", "contact.street_address"),
        ("t.custEmailAddr", "contact.email"),
        ("t.Prénom", "person.given"),
        ("t.Column1", None),
        ("t.field_7", None),
        ("t.", None),
        ("part.p_name", None),
        ("nation.n_comment", None),
    ],
)
def test_shortened_and_prefixed_names(name: str, entity: str | None) -> None:
    table, _, column = name.rpartition(".")
    found = INDEX.judge(Column("public", table, column), "text")
    strong = found is not None and found.strength is Strength.STRONG
    assert (found.entity if found and strong else None) == entity


@given(st.text(max_size=80))
def test_the_index_says_what_every_rule_says(name: str) -> None:
    rules = [NameRules(entry) for entry in builtin_catalogue().entries if entry.columns]
    for column in (Column("s", "customers", name), Column("s", "t", f"user_{name}_email")):
        judged = (one.judge(column, ()) for one in rules if "text" in one.entry.types)
        expected = best_evidence(found for found in judged if found is not None)
        assert INDEX.judge(column, "text") == expected


@pytest.mark.parametrize(
    ("name", "siblings", "strong"),
    [
        ("stores.city", ("street", "zip"), True),
        ("klanten.provincie", ("voornaam", "achternaam"), True),
        ("routes.city", ("size", "opened"), False),
    ],
)
def test_places_are_supported_by_addresses_and_names_beside_them(
    name: str, siblings: tuple[str, ...], strong: bool
) -> None:
    table, _, column = name.rpartition(".")
    found = INDEX.judge(Column("public", table, column), "text", siblings)
    assert found is not None
    assert (found.strength is Strength.STRONG) == strong


@pytest.mark.parametrize(
    ("name", "entity"),
    [("vendors.name", "contact.organization"), ("employees.name", "person.full")],
)
def test_a_name_is_that_of_what_the_table_holds(name: str, entity: str) -> None:
    table, _, column = name.rpartition(".")
    found = INDEX.judge(Column("public", table, column), "text")
    assert found is not None
    assert (found.entity, found.strength) == (entity, Strength.STRONG)


def test_a_whole_name_says_nothing_as_part_of_another() -> None:
    whole = INDEX.judge(Column("public", "t", "publisher"), "text")
    assert whole is not None
    assert (whole.entity, whole.strength) == ("contact.organization", Strength.STRONG)
    assert INDEX.judge(Column("public", "t", "publisher_mood"), "text") is None


def test_a_question_says_less_than_a_name() -> None:
    question = "How often do you bring up your religion, unprompted, in a conversation?"
    found = INDEX.judge(Column("public", "t", question), "text")
    assert found is not None
    assert found.strength is Strength.WEAK
