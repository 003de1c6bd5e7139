"""Dates at both ends of the years 1 to 9999 stay within them, since Python knows no others."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

import scrim

KEY = bytes(range(32))
DAYS = [
    day
    for start in (1, 730_000, dt.date.max.toordinal() - 1_499)
    for day in map(dt.date.fromordinal, range(start, start + 1_500))
]
TYPES = [
    pa.date32(),
    pa.date64(),
    pa.timestamp("s"),
    pa.timestamp("us"),
    pa.timestamp("us", tz="UTC"),
    pa.timestamp("us", tz="Pacific/Kiritimati"),
]


def masked(column: pa.Array, operator: str) -> list[dt.date | None]:
    """Mask a column and read it as Python values, days without their time of day."""
    table = scrim.mask(
        pa.table({"d": column}),
        key=KEY,
        columns={"d": "person.birth_date"},
        operators={"person.birth_date": operator},
    )
    days = table["d"]
    if pa.types.is_timestamp(days.type):
        days = days.cast(pa.timestamp(days.type.unit)).cast(pa.date32())
    values: list[dt.date | None] = days.to_pylist()
    return values


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_sentinels_stay_days_that_clients_read_and_distinct(type_: pa.DataType) -> None:
    column = pa.array(DAYS, pa.date32()).cast(pa.timestamp("s")).cast(type_)
    days = masked(column, "auto")
    assert len(set(days)) == len(DAYS)
    assert all(new != raw for new, raw in zip(days, DAYS, strict=True))


def test_jittered_sentinels_take_the_other_way() -> None:
    days = masked(pa.array(DAYS, pa.date32()), "date_jitter")
    assert all(new is not None and new != raw for new, raw in zip(days, DAYS, strict=True))
