"""What `scrim.mask` takes, decides, and refuses."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

import scrim
from scrim.domain.decision import Treatment

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))
PEOPLE = pa.table(
    {
        "email": [f"user{n}@corp.example" for n in range(40)],
        "note": ["nothing", "write to user1@corp.example"] * 20,
        "n": range(40),
        "place": [{"city": "Berlin", "zip": "10115"}] * 40,
    }
)


def reports(table: pa.Table, **settings: Any) -> dict[str, Any]:  # noqa: ANN401
    masker = scrim.BatchMasker(table.schema, scrim.mask_settings(KEY, **settings))
    masker.mask(table.to_batches()[0])
    return {one.path: one for one in masker.columns}


def test_columns_are_found_by_name_and_values_and_others_are_searched() -> None:
    masked = scrim.mask(PEOPLE, key=KEY)
    assert isinstance(masked, pa.Table)
    assert masked.schema == PEOPLE.schema
    assert not set(masked["email"].to_pylist()) & set(PEOPLE["email"].to_pylist())
    notes = masked["note"].to_pylist()
    assert notes[0] == "nothing"
    assert notes[1].startswith("write to ")
    assert notes[1].removeprefix("write to ") == masked["email"][1].as_py()
    assert masked["n"].equals(PEOPLE["n"])
    assert masked["place"][0].as_py()["city"] != "Berlin"
    found = reports(PEOPLE)
    assert found["email"].entity == "contact.email"
    assert found["place.city"].entity == "contact.city"
    assert found["note"].treatment is Treatment.SCAN
    assert found["note"].counts.searched == 20


def test_the_caller_names_and_keeps_columns_and_fields() -> None:
    masked = scrim.mask(PEOPLE, key=KEY, columns={"n": "person.age"}, keep=["place.city", "email"])
    assert masked["email"].equals(PEOPLE["email"])
    assert not masked["n"].equals(PEOPLE["n"])
    assert masked["place"][0].as_py()["city"] == "Berlin"
    assert masked["place"][0].as_py()["zip"] != "10115"
    assert scrim.mask(PEOPLE, key=KEY, keep=["place"])["place"].equals(PEOPLE["place"])


def test_operators_go_before_a_profile_and_a_profile_before_defaults() -> None:
    support = scrim.mask(PEOPLE, key=KEY, profile="support")["email"][0].as_py()
    assert support == f"us{'*' * 12}mple"
    both = scrim.mask(
        PEOPLE,
        key=KEY,
        profile="support",
        operators={"contact.email": {"name": "token", "prefix": "e_"}},
    )
    assert both["email"][0].as_py().startswith("e_")


def test_the_key_comes_from_bytes_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = base64.b64encode(KEY)
    (tmp_path / "key").write_bytes(text)
    (tmp_path / "key").chmod(0o600)
    monkeypatch.setenv("MASK", text.decode())
    tables = [
        scrim.mask(PEOPLE, key=KEY),
        scrim.mask(PEOPLE, key=text),
        scrim.mask(PEOPLE, key_file=tmp_path / "key"),
        scrim.mask(PEOPLE, key_env="MASK"),
    ]
    assert all(table.equals(tables[0]) for table in tables)
    assert not scrim.mask(PEOPLE, key=KEY[::-1]).equals(tables[0])


def test_a_stream_is_masked_as_it_comes_and_a_batch_gives_a_batch() -> None:
    batches = PEOPLE.to_batches(max_chunksize=7)
    taken = []

    def source() -> Any:  # noqa: ANN401
        for batch in batches:
            taken.append(batch)
            yield batch

    stream = scrim.mask(source(), key=KEY, columns={"email": "contact.email"})
    assert taken == []
    first = next(stream)
    assert len(taken) == 1
    whole = pa.Table.from_batches([first, *stream])
    assert whole["email"].equals(scrim.mask(PEOPLE, key=KEY)["email"])
    assert isinstance(scrim.mask(batches[0], key=KEY), pa.RecordBatch)
    reader = pa.RecordBatchReader.from_batches(PEOPLE.schema, batches)
    assert pa.Table.from_batches(scrim.mask(reader, key=KEY)).num_rows == 40


def test_empty_tables_stay_empty() -> None:
    assert scrim.mask(PEOPLE.slice(0, 0), key=KEY).equals(PEOPLE.slice(0, 0))
    assert scrim.mask(PEOPLE.schema.empty_table(), key=KEY).num_rows == 0
    assert list(scrim.mask([], key=KEY)) == []


LATER = [
    pa.record_batch({"code": [f"nothing {n}" for n in range(50)]}),
    pa.record_batch({"code": [f"user{n}@corp.example" for n in range(50)]}),
]


def test_a_column_that_turns_out_to_hold_an_entity_is_refused_or_searched() -> None:
    stream = scrim.mask(iter(LATER), key=KEY)
    next(stream)
    with pytest.raises(ValueError, match=r"column code: .* name it: code=contact\.email"):
        next(stream)
    searched = list(scrim.mask(iter(LATER), key=KEY, late="search"))
    named = list(scrim.mask(iter(LATER), key=KEY, columns={"code": "contact.email"}))
    assert searched[0].equals(LATER[0])
    assert searched[1].equals(named[1])
    masker = scrim.BatchMasker(LATER[0].schema, scrim.mask_settings(KEY, late="search"))
    for batch in LATER:
        masker.mask(batch)
    assert masker.columns[0].late == "contact.email"


def test_a_table_is_asked_as_a_whole_what_it_holds() -> None:
    more = pa.record_batch({"code": [f"guest{n}@corp.example" for n in range(400)]})
    table = pa.Table.from_batches([*LATER, more])
    masked = scrim.mask(table, key=KEY)
    assert not set(masked["code"].to_pylist()) & set(table["code"].to_pylist())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "exactly one of key, key_file and key_env"),
        ({"key": KEY, "key_env": "A"}, "exactly one"),
        ({"key": b"short"}, "does not hold a key"),
        ({"key": bytes(32)}, "not random"),
        ({"key_env": "NOT_SET_ANYWHERE"}, "NOT_SET_ANYWHERE is not set"),
        ({"key_file": "/nowhere/key"}, "does not exist"),
        ({"key": KEY, "columns": {"email": "contact.mail"}}, "there is no entity contact.mail"),
        ({"key": "x" * 32}, "does not hold a key of 32 bytes"),
        ({"key_file": "a\0b"}, "NUL"),
        ({"key": KEY, "columns": {"mail": "contact.email"}}, "there is no column mail"),
        ({"key": KEY, "keep": ["mail"]}, "there is no column mail"),
        ({"key": KEY, "types": {"mail": "uuid"}}, "there is no column mail"),
        ({"key": KEY, "types": {"email": "guid"}}, "no kind of type guid"),
        ({"key": KEY, "columns": {"n": "person.age"}, "keep": ["n"]}, "cannot both"),
        ({"key": KEY, "late": "ignore"}, "late takes refuse or search"),
        ({"key": KEY, "profile": "none"}, "is not one of: analytics"),
        ({"key": KEY, "operators": {"contact.email": "scramble"}}, "is not an operator"),
        ({"key": KEY, "operators": {"contact.mail": "null"}}, "is not an entity"),
        ({"key": KEY, "operators": {"contact.email": {"name": "null", "x": 1}}}, "wrong option"),
        ({"key": KEY, "operators": {"person.birth_date": "age_bin"}}, "reference: next-year"),
        ({"key": KEY, "operators": {"contact.email": {"x": 1}}}, "is not a name with options"),
    ],
)
def test_what_is_wrong_is_said(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scrim.mask(PEOPLE, **settings)


def test_other_data_is_refused() -> None:
    for data in ("text", b"bytes", {"a": [1]}, 7):
        with pytest.raises(TypeError):
            scrim.mask(data, key=KEY)
    with pytest.raises(TypeError):
        list(scrim.mask([PEOPLE], key=KEY))
    with pytest.raises(ValueError, match="another schema"):
        list(scrim.mask([LATER[0], PEOPLE.to_batches()[0]], key=KEY))


def test_no_error_and_no_report_shows_a_value() -> None:
    found = reports(PEOPLE)
    assert not any("@" in repr(one) for one in found.values())


def test_names_that_are_there_twice_are_refused() -> None:
    schema = pa.schema([pa.field("a.b", pa.string()), pa.field("a", pa.struct({"b": "string"}))])
    with pytest.raises(ValueError, match="have the same name"):
        scrim.mask(schema.empty_table(), key=KEY)


def test_texts_that_are_no_utf_8_are_refused_or_masked() -> None:
    offsets = pa.array([0, 3, 5], pa.int32()).buffers()[1]
    buffers = [None, offsets, pa.py_buffer(b"j\xe9n\xff\xfe")]
    column = pa.Array.from_buffers(pa.string(), 2, buffers)
    batch = pa.RecordBatch.from_arrays([column], names=["c"])
    with pytest.raises(scrim.ArrowError, match="not UTF-8"):
        scrim.mask(batch, key=KEY)
    masked = scrim.mask(batch, key=KEY, columns={"c": "person.full"})["c"]
    assert all(text.isascii() for text in masked.to_pylist())
