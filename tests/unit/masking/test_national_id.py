"""Numbers of authorities become others that detection still takes for the same kind."""

import json
import os
import struct

import pytest

from scrim import kernel
from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.entry import Entry
from scrim.detection.scan import builtin_scanner
from scrim.masking.choice import OperatorTable

NUMBERS = [
    entry
    for entry in builtin_catalogue().entries
    if entry.name in kernel.national_id_entities() and entry.values and entry.checksum
]
KEY = os.urandom(32)


def masked(entity: str, value: str) -> str:
    config = OperatorTable({}).masker_config([entity])
    masker = kernel.Masker(KEY, kernel.Detector("[]"), config)
    operator = json.loads(config)["operators"][entity]
    rule = {"action": "mask", "type": {"kind": "text"}, "operator": operator, "domain": entity}
    plan = kernel.Plan(json.dumps({"columns": [rule]}), masker)
    cell = struct.pack(">hi", 1, len(value)) + value.encode()
    row = plan.rewrite(b"D" + struct.pack(">i", len(cell) + 4) + cell)
    return row[11:].decode()


def classes(value: str) -> str:
    return "".join("0" if c.isdigit() else "A" if c.isalpha() else c for c in value)


def test_there_are_many_of_them() -> None:
    assert len(NUMBERS) > 150


@pytest.mark.parametrize("entry", NUMBERS, ids=lambda entry: entry.name)
def test_a_number_stays_one_of_its_kind(entry: Entry) -> None:
    detector = builtin_scanner().detector
    index = detector.names().index(entry.name)
    for example in entry.values:
        value = example if isinstance(example, str) else "".join(example.parts)
        replaced = masked(entry.name, value)
        assert replaced.upper() != value.upper()
        assert len(replaced) == len(value)
        assert index in detector.candidates([replaced.encode()])[0], (value, replaced)
