"""Loading entities: what is refused, where, and what the kernel is given."""

import json
from pathlib import Path

import pytest

from scrim.config.errors import ConfigError
from scrim.detection.catalogue import Catalogue, builtin_catalogue, parse_group
from scrim.detection.entry import Entry, Parts, example_text
from scrim.kernel import Detector

FILE = Path("contact.toml")
GOOD = """
[[entity]]
name = "contact.badge"
source = "House rules"
shape = "pattern"
pattern = "BG-[0-9]{4}"
matches = ["BG-1234"]
non_matches = ["BG-12"]
"""


def problem(text: str) -> tuple[int, str, str]:
    with pytest.raises(ConfigError) as caught:
        parse_group(text, FILE)
    first = caught.value.problems[0]
    assert first.file == FILE
    return first.line, first.key, first.reason


def test_an_entry_is_read() -> None:
    (entry,) = parse_group(GOOD, FILE)
    assert entry.name == "contact.badge"
    assert entry.kernel_spec()["pattern"] == "BG-[0-9]{4}"


def test_broken_toml_names_the_line() -> None:
    assert problem(GOOD + "x = \n")[0] == GOOD.count("\n") + 1


def test_an_unknown_key_is_refused_where_it_stands() -> None:
    line, key, _ = problem(GOOD + 'colour = "red"\n')
    assert (line, key) == (9, "colour")


def test_a_wrong_value_is_named_in_the_right_entry() -> None:
    line, key, reason = problem(GOOD + GOOD.replace('"pattern"\n', '"triangle"\n'))
    assert (line, key) == (13, "shape")
    assert "triangle" in reason


def test_a_missing_key_is_named_at_the_entity() -> None:
    assert problem(GOOD.replace('source = "House rules"\n', ""))[:2] == (2, "source")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('pattern = "BG-[0-9]{4}"\n', "", "pattern"),
        ('shape = "pattern"', 'shape = "email"', "pattern"),
        ('matches = ["BG-1234"]\n', "", "matches"),
        ('"contact.badge"', '"Contact Badge"', "name"),
        ('pattern = "BG', 'checksum = "crc"\npattern = "BG', "checksum"),
        ('pattern = "BG', 'pattern = "(BG', "pattern"),
        (
            'shape = "pattern"\npattern = "BG-[0-9]{4}"',
            'shape = "code"\nformats = ["b"]',
            "formats",
        ),
    ],
)
def test_inconsistent_entries_are_refused(old: str, new: str, key: str) -> None:
    assert problem(GOOD.replace(old, new, 1))[1] == key


def test_other_tables_are_refused() -> None:
    with pytest.raises(ConfigError):
        parse_group("[other]\n", FILE)


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_group(GOOD.replace("BG-1234", "") + GOOD.replace("source", "sauce"), FILE)
    assert {one.key for one in caught.value.problems} == {"matches", "source", "sauce"}


def test_examples_in_parts_are_put_together() -> None:
    assert example_text("a") == "a"
    assert example_text(Parts(parts=("a", "b"))) == "ab"


def test_the_kernel_takes_the_catalogue_and_numbers_it_alike() -> None:
    catalogue = builtin_catalogue()
    assert tuple(Detector(catalogue.kernel_json()).names()) == catalogue.names
    assert [catalogue.place(name) for name in catalogue.names] == list(range(len(catalogue.names)))
    assert json.loads(catalogue.kernel_json())[0]["name"] == catalogue.names[0]


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        builtin_catalogue().entry("contact.carrier_pigeon")


def test_own_entities_come_last_and_take_no_name_twice() -> None:
    (entry,) = parse_group(GOOD, FILE)
    extended = builtin_catalogue().extended([entry])
    assert extended.names[-1] == "contact.badge"
    with pytest.raises(ValueError, match="exists"):
        extended.extended([entry])
    assert Catalogue((entry,)).entry("contact.badge") == entry


def test_every_builtin_entity_names_its_source() -> None:
    assert all("https://" in entry.source for entry in builtin_catalogue().entries)


def test_an_entry_is_immutable() -> None:
    (entry,) = parse_group(GOOD, FILE)
    with pytest.raises(ValueError, match="frozen"):
        entry.name = "x"  # type: ignore[misc]
    assert isinstance(entry, Entry)


def test_a_catalogue_of_some_of_the_entities_numbers_them_anew() -> None:
    some = builtin_catalogue().only(["us.ssn", "contact.email"])
    assert some.names == ("us.ssn", "contact.email")
    assert some.place("contact.email") == 1
    with pytest.raises(KeyError):
        builtin_catalogue().only(["contact.mail"])
