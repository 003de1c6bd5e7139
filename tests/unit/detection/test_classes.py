"""Classes of short values: what a column of them is, whatever it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.detection.catalogue import Catalogue
from scrim.detection.classes import classify
from scrim.detection.columns import ColumnJudge, Verdict
from scrim.detection.entry import Entry, VoteName
from scrim.domain.column import Column

NAMES: dict[str, VoteName] = {
    "person.given": "given_name",
    "person.family": "family_name",
    "person.full": "full_name",
    "person.job_title": "job_title",
    "contact.street_address": "street",
    "contact.city": "city",
    "contact.state": "state",
    "contact.country": "country",
    "contact.organization": "organization",
}


def entry(name: str, vote: VoteName) -> Entry:
    columns = (name.partition(".")[2], f"{vote}_column")
    return Entry(name=name, source="test", shape="column", vote=vote, columns=columns)


JUDGE = ColumnJudge(Catalogue(tuple(entry(name, vote) for name, vote in NAMES.items())))

COLUMNS = {
    "person.given": "Mary|José|Ольга|Björn|Fatima|Wei|Priya|Giulia|Hans|Anna|Pierre|Olivia",
    "person.family": "Smith|García|Иванова|O'Brien|Müller|Nguyen|Rossi|Kowalski|Patel|Johnson",
    "person.full": "Mary Smith|García, José|J. R. Müller|山田太郎|Иван Петров|John Q. Public|"
    "김민수|Γιώργος Παπαδόπουλος|محمد الأحمد|Priya Patel|Dr. Anna Schmidt|Braund, Mr. Owen",
    "contact.street_address": "12 Main Street|Hauptstraße 5|Calle Mayor, 3|10 rue de la Paix|"
    "W 34th St|ul. Długa 7|Via Roma 1|PO Box 123|221B Baker Street|Kungsgatan 4",
    "contact.city": "Berlin|São Paulo|Springfield|Москва|Grand Rapids|Nagoya|Lyon|Cape Town|"
    "Kraków|Guadalajara|Edinburgh|Fort Worth",
    "contact.country": "Germany|Brasil|France|Japan|United States|Kenya|Peru|Österreich",
    "contact.state": "California|Texas|Ohio|NSW|Bayern|Ontario|NY|FL|Georgia|Bretagne|Utah|CO",
    "contact.organization": "Smith & Sons Ltd|Bank of Ohio|Siemens AG|Acme Corp.|Hooli Inc|"
    "University of Leeds|Red Cross Foundation|Globex Technologies|Tokyo Electric Co., Ltd.",
    "person.job_title": "Software Engineer|Sales Manager|Registered Nurse|Data Analyst|"
    "Vice President of Finance|Electrician|Accountant|Marketing Coordinator",
}
OTHER = [
    "Rock|Jazz|Heavy Metal|Opera|Reggae|Blues|Pop|Classical|Soundtrack|Hip Hop",
    "The Broken Mirror|Summer Nights|Ocean's Twelve|Stairway to the Moon|A Quiet Storm|Red Dust",
    "Ergonomic Steel Chair|Garlic Bread|USB Cable 2m|Blue Widget|Organic Green Tea|Desk Lamp",
    "pending|shipped|cancelled|returned|on hold|delivered|processing",
    "SKU-1234|AB-99|X-1|QZ-77-11|K9|PO-100233|LOT 12",
    "Turdus migratorius|Quercus alba|Felis catus|Panthera leo|Corvus corax|Rosa canina",
    "Boston Red Sox|Chicago Bulls|Toronto Raptors|Dallas Cowboys|Buffalo Sabres|Miami Heat",
    "AK-1|NY-12|TX-30|CA-09|WA-3|FL-14|OH-2|GA-5",
]


def verdict(values: list[str], *neighbours: str, name: str = "column_1") -> Verdict:
    column = Column("public", "t", name)
    return JUDGE.verdict(column, "text", values, [[]] * len(values), neighbours=neighbours)


@pytest.mark.parametrize(("entity", "values"), COLUMNS.items())
def test_values_tell_what_a_column_without_a_name_holds(entity: str, values: str) -> None:
    assert verdict(values.split("|")).entity == entity


@pytest.mark.parametrize("values", OTHER)
def test_other_things_are_not_taken_for_names(values: str) -> None:
    assert verdict(values.split("|")).entity is None


def test_a_neighbour_makes_less_evidence_enough() -> None:
    doubtful = ["Brooks", "Lane", "Rivers", "Davolio", "Leverling", "Peacock", "Zzyzx", "Blorp"]
    alone, beside = verdict(doubtful), verdict(doubtful, "person.given")
    assert beside.entity == "person.family"
    assert alone.entity in {None, "person.family"}


def test_a_column_of_answers_holds_nothing_whatever_it_is_called() -> None:
    judged = verdict(["true", "false"], name="job_title")
    assert judged.entity is None
    assert judged.evidence == ("name job_title", "every value says yes or no")


def test_no_values_have_no_class() -> None:
    assert classify([]).leader is None
    assert classify([]).votes("city") == 0


@given(st.lists(st.text(max_size=400), max_size=12))
def test_any_values_are_classified(values: list[str]) -> None:
    told = classify(values)
    assert told.values == len(values)
    assert all(0 <= share <= 1.001 for share in told.shares.values())
    assert 0 <= told.other() <= 1.01


def test_paths_are_codes_whatever_their_parts_are() -> None:
    paths = [f"/shop/kettle/{number}?page={number % 9}" for number in range(50)]
    assert classify(paths).other("code") == 1
    mixed = classify([*paths, *[f"{number} Meadow Boulevard" for number in range(1, 51)]])
    assert mixed.other("code") >= 0.5
    assert mixed.leader == "street"
