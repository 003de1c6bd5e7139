"""What a profile names is searched for and masked, though it is informational elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

import scrim
from scrim.config.load import load
from scrim.detection.scan import gateway_scanner
from scrim.domain.column import Column
from scrim.masking.choice import OperatorTable
from scrim.masking.keys import MaskingKey
from scrim.masking.plans import new_masker
from scrim.server.foundation import connection_judge, connection_scanner
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from pathlib import Path

    from scrim.config.root import Config

KEY = bytes(range(32))
TODAY = date(2026, 3, 2)
HIPAA = "hipaa-safe-harbor"
REMOVED = {
    "url": "https://zeb.acmecorp.com/u",
    "website": "www.acmecorp.com",
    "county": "Harris",
    "account_number": "A-335512",
    "certificate_number": "C-678002",
    "license_number": "L-90417",
    "device_id": "D-99120",
    "serial_number": "SN-4471",
}
DATES = {
    "admission_date": "2023-05-15",
    "discharge_date": "2023-05-17",
    "date_of_death": "2023-06-01",
    "visit_timestamp": "2023-05-15 12:30:00",
}
NOTE = "Seen on 2023-05-15, see https://zeb.acmecorp.com/u"
MASKED_NOTE = "Seen on 2023-01-01, see [redacted]"


def raw(rows: int) -> pa.Table:
    columns: dict[str, Any] = {name: [v] * rows for name, v in (REMOVED | DATES).items()}
    columns["note"] = [NOTE] * rows
    columns["day"] = [date(2023, 5, 15)] * rows
    columns["created_at"] = [datetime(2023, 5, 15, 12, 30, tzinfo=UTC)] * rows
    return pa.table(columns)


def configured(folder: Path, **masking: object) -> tuple[Config, OperatorTable]:
    config = load(write_config(folder, {"masking": masking})).config
    return config, OperatorTable.of(config.masking, config.connections["shop"], "shop", TODAY)


@pytest.mark.parametrize("rows", [1, 40])
def test_hipaa_leaves_no_identifier_in_a_table(rows: int) -> None:
    masked = scrim.mask(raw(rows), key=KEY, profile=HIPAA).to_pylist()
    for row in masked:
        assert {row[name] for name in REMOVED} == {"[redacted]"}
        assert all(row[name].startswith("2023-01-01") for name in DATES)
        assert row["note"] == MASKED_NOTE
        assert row["day"] == date(2023, 1, 1)
        assert (row["created_at"].month, row["created_at"].hour) == (1, 0)


def test_without_a_profile_the_same_values_stay() -> None:
    assert scrim.mask(raw(40), key=KEY).equals(raw(40))


def test_an_operator_alone_makes_an_informational_entity_count() -> None:
    masked = scrim.mask(raw(40), key=KEY, operators={"contact.url": "redact"})
    assert masked["url"].to_pylist()[0] == "[redacted]"
    assert masked["note"].to_pylist()[0] == "Seen on 2023-05-15, see [redacted]"
    assert masked["county"].to_pylist()[0] == "Harris"


def test_the_gateway_knows_the_columns_and_searches_texts_for_them(tmp_path: Path) -> None:
    config, operators = configured(tmp_path, profile=HIPAA)
    judge = connection_judge(config, operators)
    for name in (*REMOVED, *DATES):
        named = judge.by_name(Column("public", "visits", name))
        assert named is not None, name
        assert operators.of_entity(named.entity)["name"] in {"redact", "age_bin"}
    typed = judge.by_name(Column("public", "visits", "created_at"), "timestamptz")
    assert typed is not None
    assert typed.entity == "general.date"
    detector = connection_scanner(config, "shop", operators).detector
    assert new_masker(MaskingKey(KEY), detector, operators).scrub(NOTE) == MASKED_NOTE


def test_the_gateway_without_a_profile_searches_for_what_it_did(tmp_path: Path) -> None:
    config, operators = configured(tmp_path)
    assert connection_scanner(config, "shop", operators) is gateway_scanner()
    judge = connection_judge(config, operators)
    for name in ("url", "county", "certificate_number", "visit_timestamp"):
        assert judge.by_name(Column("public", "visits", name)) is None, name
    assert judge.by_name(Column("public", "visits", "day"), "date") is None
