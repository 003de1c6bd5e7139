"""Rows and column names from the text of a file: CSV with any delimiter, and JSON.

Nothing is opened here; lines and values are handed in.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from scrim.detection.columns import ColumnJudge
from scrim.detection.gazetteer import is_given_name
from scrim.detection.scan import Scanner
from scrim.domain.column import Column

DELIMITERS: Final = (",", ";", "\t", "|")
SNIFFED_LINES: Final = 50
MAX_FIELD_CHARACTERS: Final = 128 << 20
MAX_NAME_CHARACTERS: Final = 128
MAX_PATHS: Final = 5_000
"""Paths in JSON that become columns of their own."""
MAX_DEPTH: Final = 64
_NUMERIC: Final = re.compile(r"[-+]?[\d.,:/ T%$-]+Z?")


def find_delimiter(lines: Sequence[str]) -> str | None:
    """Return the delimiter that splits the lines alike into most fields; None if none does.

    Args:
        lines: The first lines of a file, whole.
    """
    best, most = None, 1
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        if usual > most and widths.count(usual) >= 0.8 * len(widths):
            best, most = delimiter, usual
    return best


def csv_rows(lines: Iterable[str], delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    """Yield the rows of CSV; quotes and line ends inside of fields are understood.

    Args:
        lines: The lines.
        delimiter: What separates fields.
        strict: Whether wrong quotes are errors, and empty lines rows.

    Raises:
        ValueError: If a field is longer than 128 million characters, or a quote is wrong.
    """
    csv.field_size_limit(MAX_FIELD_CHARACTERS)
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    try:
        yield from (row for row in reader if row or strict)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: is not CSV: {error}") from None


def is_header(rows: Sequence[Sequence[str]], scanner: Scanner, judge: ColumnJudge) -> bool:
    """Say whether the first row names the columns.

    It does when its fields are short, differ, are no numbers and hold no value that is known, and
    none of them is a person's name or occurs below itself.

    Args:
        rows: The first rows.
        scanner: Searches values.
        judge: Knows names of columns.
    """
    first = [field.strip() for field in rows[0]]
    named = [field for field in first if field]
    if not named or len(set(named)) < len(named) or len(named) < len(first) / 2:
        return False
    if any(len(f) > MAX_NAME_CHARACTERS or _NUMERIC.fullmatch(f) for f in named):
        return False
    if any(scanner.scan(named)):
        return False
    if any(judge.by_name(Column("", "", field)) is not None for field in named):
        return True
    for number, field in enumerate(first):
        below = {row[number].strip() for row in rows[1:] if number < len(row)}
        if field and (field in below or is_given_name(field)):
            return False
    return True


def column_names(width: int, header: Sequence[str] | None) -> tuple[str, ...]:
    """Return a name for each column of a table.

    Args:
        width: How many there are.
        header: The first row, if it names them.
    """
    given = [name.strip() for name in header or ()][:width]
    given += [""] * (width - len(given))
    return tuple(name or f"column{number}" for number, name in enumerate(given, start=1))


def flattened(value: object) -> dict[str, list[str]]:
    """Return the scalar values in a JSON value by their paths.

    Items of a list share the path of the list: `{"a": [{"b": 1}, {"b": 2}]}` has `a.b`.

    Args:
        value: A decoded value.
    """
    found: dict[str, list[str]] = {}
    waiting: list[tuple[str, object, int]] = [("", value, 0)]
    while waiting:
        path, item, depth = waiting.pop()
        if isinstance(item, Mapping) and depth < MAX_DEPTH:
            nested = [
                (f"{path}.{key}" if path else str(key), one, depth + 1) for key, one in item.items()
            ]
            waiting += reversed(nested)
        elif isinstance(item, list | tuple) and depth < MAX_DEPTH:
            waiting += [(path, one, depth + 1) for one in reversed(item)]
        elif item is not None:
            found.setdefault(path or "value", []).append(written(item))
    return found


def written(item: object) -> str:
    """Return a value of JSON or of Arrow as text."""
    if isinstance(item, str):
        return item
    if isinstance(item, bytes):
        return item.decode("utf-8", "replace")
    if isinstance(item, bool | int | float | list | tuple | dict):
        return json.dumps(item, ensure_ascii=False, default=str)
    return str(item)
