"""Texts that are dates, coordinates and words of lists, as files have them."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

import scrim

KEY = bytes(range(32))


def masked(values: list[str | None], entity: str) -> list[str | None]:
    """Mask one column of texts by its entity's default operator."""
    table = scrim.mask(pa.table({"one": pa.array(values)}), key=KEY, columns={"one": entity})
    found: list[str | None] = table["one"].to_pylist()
    return found


@pytest.mark.parametrize(
    ("layout", "count"),
    [
        ("%Y-%m-%d", 1),
        ("%Y-%m-%d", 5),
        ("%Y/%m/%d", 40),
        ("%d.%m.%Y", 40),
        ("%Y-%m-%dT%H:%M:%SZ", 40),
        ("%Y-%m-%d %H:%M:%S.%f%z", 40),
    ],
)
def test_texts_of_one_layout_become_other_dates_of_it(layout: str, count: int) -> None:
    first = dt.datetime(1980, 2, 28, 10, 30, tzinfo=dt.UTC)
    days = [first + dt.timedelta(days=n, seconds=n) for n in range(count)]
    raw = [day.strftime(layout) for day in days]
    found = masked([*raw, None], "person.birth_date")
    assert found[-1] is None
    texts = [text for text in found if text is not None]
    assert len(set(texts)) == count
    assert all(text != one for text, one in zip(texts, raw, strict=True))
    for day, text in zip(days, texts, strict=True):
        new = dt.datetime.strptime(text, layout)  # noqa: DTZ007 - a zone only where there is one
        assert abs((new.date() - day.date()).days) < 3 * 366


def test_few_texts_many_texts_and_dates_meet() -> None:
    days = [dt.date(1980, 1, 2) + dt.timedelta(days=n) for n in range(20)]
    texts = [day.isoformat() for day in days]
    table = scrim.mask(
        pa.table({"one": pa.array(days)}), key=KEY, columns={"one": "person.birth_date"}
    )
    expected = [day.isoformat() for day in table["one"].to_pylist()]
    assert masked([*texts], "person.birth_date") == expected
    assert masked([*texts[:3]], "person.birth_date") == expected[:3]
    mixed = masked(["unknown", *texts], "person.birth_date")
    assert mixed[1:] == expected
    assert mixed[0] not in {None, "unknown"}


def test_a_day_that_may_be_read_in_two_ways_may_be_so_still() -> None:
    raw = [f"{month:02}/{day:02}/1999" for month in range(1, 13) for day in range(1, 32)]
    for text, new in zip(raw, masked([*raw], "person.birth_date"), strict=True):
        assert new is not None
        # Those that do not exist, such as 02/30/1999, are none afterwards either.
        readings = {layout for layout in ("%m/%d/%Y", "%d/%m/%Y") if _reads(text, layout)}
        assert {one for one in ("%m/%d/%Y", "%d/%m/%Y") if _reads(new, one)} == readings


def _reads(text: str, layout: str) -> bool:
    try:
        dt.datetime.strptime(text, layout)  # noqa: DTZ007 - days have no zone
    except ValueError:
        return False
    return True


def test_words_of_lists_stay_in_their_list_and_form() -> None:
    codes = ["DE", "FR", "US", "GB", "ES", "IT", "JP", "BR"]
    found = masked([*codes, "DE"], "contact.country")
    assert len(set(found)) == len(codes)
    assert found[0] == found[-1]
    assert all(one is not None and len(one) == 2 and one.isupper() for one in found)
    assert sorted(one or "" for one in masked(["M", "F"], "person.gender")) == ["F", "M"]
    groups = masked(["A+", "O-", "AB+"], "health.blood_type")
    assert all(one in {"A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"} for one in groups)


def test_coordinates_are_on_earth() -> None:
    pairs = [f"{n / 10:.4f}, {n * 2 / 10:.4f}" for n in range(-900, 901, 60)]
    for text in masked([*pairs], "contact.coordinates"):
        assert text is not None
        latitude, longitude = (float(part) for part in text.split(", "))
        assert abs(latitude) <= 90
        assert abs(longitude) <= 180
    degrees = pa.array([48.8566, -33.8688, 151.2093, 0.0, 90.0])
    table = scrim.mask(
        pa.table({"latitude": degrees}), key=KEY, columns={"latitude": "contact.coordinates"}
    )
    found = table["latitude"].to_pylist()
    assert [abs(one) <= 90 for one in found] == [True, True, False, True, True]
    assert all(abs(one) <= 180 for one in found)
    assert not set(found) & set(degrees.to_pylist())
