"""Detection as a library: `import scrim`."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

import scrim
from scrim.exports import MODULES

MAILS = [f"user{n}@example.org" for n in range(20)]


def test_importing_the_package_loads_nothing_else() -> None:
    script = "import sys, scrim; print([m for m in sys.modules if m.startswith('scrim.')])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['scrim.exports']"


def test_every_name_is_there() -> None:
    assert set(MODULES) == set(scrim.__all__) - {"__getattr__"}
    assert all(getattr(scrim, name) is not None for name in MODULES)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        scrim.nothing  # noqa: B018


def test_texts_are_searched_one_by_one_or_at_once() -> None:
    text = "für joe@example.org"
    (found,) = scrim.detect(text)
    assert (text[found.start : found.end], found.entity) == ("joe@example.org", "contact.email")
    assert scrim.detect_many([text, "nothing", text]) == [[found], [], [found]]
    with pytest.raises(KeyError, match="there is no such entity"):
        scrim.detect_many([text], entity="no.such")


def test_what_is_given_is_told_by_name_and_type() -> None:
    wrong: Any = 734_512
    batch = pa.record_batch({"a": ["x"]})
    for ask, message in (
        (lambda: scrim.detect("x", transformer=wrong), "transformer takes a path"),
        (lambda: scrim.detect_many(wrong), "detect_many takes many values, as a list"),
        (lambda: scrim.detect_many(["x"], entity=wrong), "entity takes a text, not int"),
        (lambda: scrim.classify_column(wrong), "classify_column takes many values, as a list"),
        (lambda: scrim.classify_column([], name=wrong), "name takes a text, not int"),
        (lambda: scrim.classify_column([], table=wrong), "table takes a text, not int"),
        (lambda: scrim.classify_column([], kind=wrong), "kind takes a text, not int"),
        (lambda: scrim.classify_column([], siblings="ab"), "siblings takes a list or tuple"),
        (lambda: scrim.classify_column([], siblings=[wrong]), "siblings: one of them takes a text"),
        (lambda: scrim.detect_batch(wrong), "detect_batch takes an Arrow batch or table, not int"),
        (lambda: scrim.detect_batch(batch, table=wrong), "table takes a text, not int"),
        (lambda: scrim.open_reveals(wrong), "config takes a path"),
    ):
        with pytest.raises(TypeError, match=message) as caught:
            ask()
        assert str(wrong) not in str(caught.value)


def test_a_column_is_known_by_name_or_by_values() -> None:
    assert scrim.classify_column(MAILS).entity == "contact.email"
    assert scrim.classify_column([], name="email", table="users").entity == "contact.email"
    assert scrim.classify_column(["a", None, "b"], name="status").entity is None
    assert scrim.classify_column(pa.chunked_array([MAILS, [None]])).entity == "contact.email"
    assert scrim.classify_column(pa.array(MAILS).dictionary_encode()).entity == "contact.email"


def test_arrow_batches_and_tables_give_verdicts_and_findings() -> None:
    columns = {
        "id": list(range(20)),
        "who": MAILS,
        "note": [*["fine"] * 19, "call joe@example.org"],
        "more": [*[None] * 19, {"a": ["x", "b@example.org"]}],
    }
    for batch in (pa.record_batch(columns), pa.table(columns)):
        found = scrim.detect_batch(batch, table="users")
        assert list(found) == list(columns)
        assert found["who"].verdict.entity == "contact.email"
        assert found["id"].cells == [[]] * 20
        assert found["note"].verdict.entity is None
        assert [(f.start, f.end) for f in found["note"].cells[19]] == [(5, 20)]
        assert [one.entity for one in found["more"].cells[19]] == ["contact.email"]
        assert found["more"].cells[0] == []


def test_anything_with_a_c_stream_is_read() -> None:
    class Frame:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.table({"who": MAILS}).__arrow_c_stream__(requested_schema)

    assert scrim.detect_batch(Frame())["who"].verdict.entity == "contact.email"
    with pytest.raises(TypeError, match="Arrow"):
        scrim.detect_batch([1, 2])


def test_what_is_no_text_is_refused_in_words() -> None:
    for call in (
        lambda: scrim.detect(b"ana@example.org"),  # type: ignore[arg-type]
        lambda: scrim.detect_many("ana@example.org"),
        lambda: scrim.detect_many(["x", None]),  # type: ignore[list-item]
        lambda: scrim.classify_column("ana@example.org"),
    ):
        with pytest.raises(TypeError, match="takes"):
            call()
