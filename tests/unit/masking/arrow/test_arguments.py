"""Arguments of a wrong type are told by their name and type, and never by what they hold."""

from __future__ import annotations

import base64
from typing import Any

import pyarrow as pa
import pytest

import scrim

KEY = bytes(range(32))
PEOPLE = pa.table({"email": ["ada@corp.example"]})
HELD = 734_512
"""Stands for a value, which no message may show."""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"key": HELD}, "key takes bytes, not int"),
        ({"key_file": HELD}, "key_file takes a path, as a text or of pathlib, not int"),
        ({"key_env": HELD}, "key_env takes a text, not int"),
        ({"columns": [HELD]}, "columns takes a mapping of columns to entities, not list"),
        ({"columns": "email"}, "columns takes a mapping of columns to entities, not str"),
        ({"columns": {HELD: "contact.email"}}, "columns: one of its keys takes a text, not int"),
        ({"columns": {"email": HELD}}, "columns: one of its entities takes a text, not int"),
        ({"keep": "email"}, "keep takes a list or tuple of names, not str"),
        ({"keep": HELD}, "keep takes a list or tuple of names, not int"),
        ({"keep": [HELD]}, "keep: one of them takes a text, not int"),
        ({"types": [HELD]}, "types takes a mapping of columns to types, not list"),
        ({"types": {"email": HELD}}, "a type of a column takes a name, or a mapping .*, not int"),
        ({"operators": "redact"}, "operators takes a mapping of entities to operators, not str"),
        ({"operators": {"contact.email": HELD}}, "operators.contact.email takes a name, .*not int"),
        ({"operators": {"contact.email": None}}, "operators.contact.email takes .*not NoneType"),
        ({"operators": {"contact.email": {HELD: 1}}}, "one of its keys takes a text, not int"),
        ({"profile": HELD}, "profile takes a text, not int"),
        ({"profile": ["analytics"]}, "profile takes a text, not list"),
        ({"table": None}, "table takes a text, not NoneType"),
    ],
)
def test_what_mask_is_given_is_told_by_name_and_type(given: dict[str, Any], message: str) -> None:
    key: dict[str, Any] = {} if any(one.startswith("key") for one in given) else {"key": KEY}
    with pytest.raises(TypeError, match=message) as caught:
        scrim.mask(PEOPLE, **key, **given)
    assert str(HELD) not in str(caught.value)


def test_data_of_another_type_is_told_by_its_type() -> None:
    for data, kind in ((HELD, "int"), (None, "NoneType"), ("x", "str"), ({"a": 1}, "dict")):
        with pytest.raises(TypeError, match=f"mask takes a record batch, a table, .*not {kind}"):
            scrim.mask(data, key=KEY)
    with pytest.raises(TypeError, match="an iterable takes record batches, not int"):
        list(scrim.mask([HELD], key=KEY))


def test_a_masker_takes_a_schema_settings_and_batches() -> None:
    settings = scrim.mask_settings(KEY)
    with pytest.raises(TypeError, match="schema takes a schema of Arrow, not int"):
        scrim.BatchMasker(HELD, settings)
    with pytest.raises(TypeError, match="settings takes what mask_settings returns, not int"):
        scrim.BatchMasker(PEOPLE.schema, HELD)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="batch takes a record batch of Arrow, not Table"):
        scrim.BatchMasker(PEOPLE.schema, settings).mask(PEOPLE)


def test_a_key_may_be_a_text_of_base64_and_any_kind_of_bytes() -> None:
    expected = scrim.mask(PEOPLE, key=KEY)
    keys: list[Any] = [base64.b64encode(KEY).decode(), bytearray(KEY), memoryview(KEY)]
    for key in keys:
        assert scrim.mask(PEOPLE, key=key).equals(expected)
