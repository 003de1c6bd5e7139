"""Reads files of labelled texts, columns and secrets: one JSON object a line.

Three kinds of line are known, and a file holds one of them, which its first line shows:

- `{"text": ..., "spans": [{"start": 0, "end": 4, "entity": "PERSON"}]}`: a text and the personal
  data in it; spans are half-open and count characters.
- `{"column": ..., "table": ..., "values": [...], "entity": ...}`: a column; a null entity says
  that it is not sensitive.
- `{"text": ..., "secret": true}`: a text, and whether it holds a secret.

Other fields are allowed and ignored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from harness.commands import BenchmarkError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


class Kind(Enum):
    """What the lines of a file are."""

    TEXTS = "texts with spans"
    COLUMNS = "columns"
    SECRETS = "texts with or without a secret"


@dataclass(frozen=True, slots=True)
class Span:
    """One labelled, or one predicted, piece of a text.

    Attributes:
        start: First character.
        end: First character after it.
        entity: Label of the data set, or name of an entity.
    """

    start: int
    end: int
    entity: str

    def touches(self, other: Span) -> bool:
        """Say whether both have at least one character in common.

        Args:
            other: The other span.
        """
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Text:
    """One labelled text.

    Attributes:
        text: The text.
        spans: What is in it, in the order of the text.
    """

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class LabelledColumn:
    """One labelled column.

    Attributes:
        column: Its name; may be empty.
        table: Name of its table; may be empty.
        values: Its values, without nulls.
        entity: Label of the data set, None when it is not sensitive.
    """

    column: str
    table: str
    values: tuple[str, ...]
    entity: str | None


@dataclass(frozen=True, slots=True)
class SecretText:
    """One text that holds a secret or none.

    Attributes:
        text: The text.
        secret: Whether it holds one.
    """

    text: str
    secret: bool


Record = Text | LabelledColumn | SecretText


@dataclass(frozen=True, slots=True)
class DataFile:
    """The content of a file.

    Attributes:
        kind: What its lines are.
        texts: Its lines if they are texts.
        columns: Its lines if they are columns.
        secrets: Its lines if they are about secrets.
    """

    kind: Kind
    texts: tuple[Text, ...] = ()
    columns: tuple[LabelledColumn, ...] = ()
    secrets: tuple[SecretText, ...] = ()


def read_data(path: Path) -> DataFile:
    """Read a file.

    Args:
        path: The file.

    Raises:
        BenchmarkError: With the number of the first line that is wrong, or of another kind.
    """
    kind: Kind | None = None
    records: list[Record] = []
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                place = f"{path}:{number}"
                fields = _fields(line, place)
                found = _kind(fields, place)
                if kind not in (None, found):
                    raise BenchmarkError(f"{place}: is {found.value} among {kind.value}; split it")
                kind = found
                records.append(_READERS[found](fields, place))
    except OSError as error:
        raise BenchmarkError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BenchmarkError(f"{path}: is not UTF-8") from None
    if kind is None:
        raise BenchmarkError(f"{path}: has no line")
    return DataFile(
        kind,
        tuple(one for one in records if isinstance(one, Text)),
        tuple(one for one in records if isinstance(one, LabelledColumn)),
        tuple(one for one in records if isinstance(one, SecretText)),
    )


def _fields(line: str, place: str) -> dict[str, object]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise BenchmarkError(f"{place}: is not JSON") from None
    if not isinstance(fields, dict):
        raise BenchmarkError(f"{place}: is not a JSON object")
    return fields


def _kind(fields: dict[str, object], place: str) -> Kind:
    if "values" in fields:
        return Kind.COLUMNS
    if "text" in fields and "spans" in fields:
        return Kind.TEXTS
    if "text" in fields and "secret" in fields:
        return Kind.SECRETS
    raise BenchmarkError(
        f"{place}: needs `text` with `spans`, `text` with `secret`, or `column` with `values`"
    )


def _string(fields: dict[str, object], name: str, place: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise BenchmarkError(f"{place}: `{name}` is not a string")
    return value


def _text(fields: dict[str, object], place: str) -> Text:
    text = _string(fields, "text", place)
    given = fields["spans"]
    if not isinstance(given, list):
        raise BenchmarkError(f"{place}: `spans` is not a list")
    spans = []
    for one in given:
        if not isinstance(one, dict):
            raise BenchmarkError(f"{place}: a span is not an object")
        spans.append(_span(one, len(text), place))
    return Text(text, tuple(sorted(spans, key=lambda span: (span.start, span.end))))


def _span(given: dict[str, object], length: int, place: str) -> Span:
    start, end, entity = (given.get(name) for name in ("start", "end", "entity"))
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(entity, str)):
        raise BenchmarkError(f"{place}: a span needs the numbers start and end, and an entity")
    if not 0 <= start < end <= length:
        raise BenchmarkError(f"{place}: a span needs 0 <= start < end <= {length}")
    return Span(start, end, entity)


def _column(fields: dict[str, object], place: str) -> LabelledColumn:
    names = []
    for name in ("column", "table"):
        value = fields.get(name) or ""
        if not isinstance(value, str):
            raise BenchmarkError(f"{place}: `{name}` is not a string")
        names.append(value)
    values = fields["values"]
    if not isinstance(values, list):
        raise BenchmarkError(f"{place}: `values` is not a list")
    if "entity" not in fields:
        raise BenchmarkError(f"{place}: `entity` is missing; write null for one that is harmless")
    entity = fields["entity"]
    if entity is not None and not isinstance(entity, str):
        raise BenchmarkError(f"{place}: `entity` is neither a string nor null")
    written = tuple(_as_text(value) for value in values if value is not None)
    return LabelledColumn(names[0], names[1], written, entity or None)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _secret(fields: dict[str, object], place: str) -> SecretText:
    secret = fields["secret"]
    if not isinstance(secret, bool):
        raise BenchmarkError(f"{place}: `secret` is neither true nor false")
    return SecretText(_string(fields, "text", place), secret)


_READERS: Mapping[Kind, Callable[[dict[str, object], str], Record]] = {
    Kind.TEXTS: _text,
    Kind.COLUMNS: _column,
    Kind.SECRETS: _secret,
}
