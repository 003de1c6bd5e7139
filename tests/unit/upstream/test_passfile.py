"""Password files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.config.secrets import SecretError
from scrim.upstream.passfile import Place, find_password, read_passfile

if TYPE_CHECKING:
    from pathlib import Path

PLACE = Place("db.internal", 5432, "shop", "scrim")


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("db.internal:5432:shop:scrim:one", "one"),
        ("*:*:*:*:one", "one"),
        ("other:*:*:*:one\n*:*:*:*:two\n*:*:*:*:three", "two"),
        ("# *:*:*:*:no\n\nnonsense\n*:*:*:*:one\r\n", "one"),
        ("*:*:*:*:a:b:c", "a:b:c"),
        (r"*:*:*:*:a\:b\\c", r"a:b\c"),
        ("*:*:*:*:ends\\", "ends\\"),
        ("*:*:*:*:", ""),
        ("", None),
        ("db.internal:5433:shop:scrim:one", None),
        ("db.internal:5432:shop:other:one", None),
        ("db.internal:5432:other:scrim:one", None),
        ("*:*:*:one", None),
        (r"db.internal\:5432:shop:scrim:one", None),
    ],
)
def test_the_first_line_that_fits(text: str, password: str | None) -> None:
    assert find_password(text, PLACE) == password


def test_fields_may_contain_colons() -> None:
    place = Place("::1", 5432, "shop", "scr:im")
    assert find_password(r"\:\:1:5432:shop:scr\:im:one", place) == "one"


def test_a_unix_socket_is_local() -> None:
    place = Place("/run/postgresql", 5432, "shop", "scrim")
    assert find_password("localhost:5432:shop:scrim:one", place) == "one"
    assert find_password("/run/postgresql:5432:shop:scrim:two", place) == "two"


FIELDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=8)


@given(FIELDS, FIELDS, FIELDS)
def test_escaped_fields_are_found(database: str, user: str, password: str) -> None:
    def escape(field: str) -> str:
        return field.replace("\\", r"\\").replace(":", r"\:")

    text = f"h:1:{escape(database)}:{escape(user)}:{escape(password)}"
    assert find_password(text, Place("h", 1, database, user)) == password


def test_files_must_be_private_and_fit(tmp_path: Path) -> None:
    path = tmp_path / "passfile"
    path.write_text("*:*:shop:*:one\n")
    path.chmod(0o640)
    # A file of root may be readable by its group; nobody's may be readable by all.
    path.chmod(0o644)
    with pytest.raises(SecretError, match="accessible to other users"):
        read_passfile(path, PLACE)
    path.chmod(0o600)
    assert read_passfile(path, PLACE) == "one"
    with pytest.raises(SecretError, match="has no line for this"):
        read_passfile(path, PLACE._replace(database="other"))
    path.write_bytes(b"\xff")
    with pytest.raises(SecretError, match="not UTF-8"):
        read_passfile(path, PLACE)
