"""Masks JSON lines for `scrim mask`, batch by batch.

What stands at one path in all lines is a column: `user.email` in `{"user": {"email": "..."}}`, and
the items of a list share the list's path. A path can hold values of several types; those of each
type are masked as a column of theirs, by the same entity. Names of members are searched. An
operator that looks at another column finds it in the same object, or else in the line's.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import IO, Any, Final

import pyarrow as pa

from scrim.cli.file_reading import Reader, decoded
from scrim.detection.tables import MAX_DEPTH, MAX_PATHS
from scrim.masking.arrow.masker import BatchMasker, ColumnReport, MaskSettings

BATCH_LINES: Final = 8_192
BATCH_CHARACTERS: Final = 16 << 20
MAX_KEYS: Final = 100_000
"""Names of members whose outcome is remembered."""
_INT64: Final = range(-(2**63), 2**63)
_LARGEST: Final = 10**76
_TYPES: Final[Mapping[str, Any]] = {
    "text": pa.large_string(),
    "whole": pa.int64(),
    "long": pa.decimal256(76, 0),
    "number": pa.float64(),
    "truth": pa.bool_(),
}
_KINDS: Final[Mapping[type, str]] = {str: "text", bool: "truth", float: "number"}
_ROOT: Final = "value"
"""The path of a line that is no object."""
_GONE: Final = object()
"""What stands in the place of a value that is left out."""
Slot = tuple[Any, str | int]
"""Where a value stands: its object or list, and its name or place there."""


@dataclass(slots=True)
class _Column:
    """The values of one type at one path."""

    values: list[Any] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    owners: list[tuple[Any, Any]] = field(default_factory=list)
    """The objects in which what stands beside a value is looked for."""
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Task:
    """Columns of a batch, their masker, and what stands beside their values."""

    masker: BatchMasker
    columns: Mapping[tuple[str, str], _Column]
    batch: Any
    told: Mapping[str, Any]


def mask_json_lines(reader: Reader, out: IO[bytes], settings: MaskSettings) -> list[ColumnReport]:
    """Mask a file of JSON lines; order and types of values stay.

    Args:
        reader: The file.
        out: Where the masked one goes.
        settings: With what it is masked.

    Raises:
        ValueError: If a line is no JSON, or nested too deep, with its number; if there are too many
            paths; or if a column that was named is not there.
    """
    masking = _JsonMasking(settings)
    lines = _values(reader)
    for batch in iter(partial(_batch, lines), []):
        masked = masking.mask(batch)
        text = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in masked)
        out.write(text.encode())
    masking.check_names()
    return masking.reports()


def _values(reader: Reader) -> Iterator[tuple[Any, int]]:
    """Yield the value of each line, and how long the line is."""
    for number, line in enumerate(decoded(reader, strict=True), start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line, parse_constant=_refused, parse_float=_finite), len(line)
        except (ValueError, RecursionError):
            raise ValueError(f"line {number}: is not a JSON value that can be read") from None


def _refused(_: str) -> None:
    raise ValueError("NaN and infinity are no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def _batch(lines: Iterator[tuple[Any, int]]) -> list[Any]:
    batch, characters = [], 0
    for value, length in islice(lines, BATCH_LINES):
        batch.append(value)
        characters += length
        if characters > BATCH_CHARACTERS:
            break
    return batch


class _JsonMasking:
    """Masks batches of values; paths and types that come up later get maskers of their own."""

    def __init__(self, settings: MaskSettings) -> None:
        self._wanted = settings.known
        self._settings = replace(settings, tells=True)
        self._main: BatchMasker | None = None
        self._others: dict[tuple[str, str], BatchMasker] = {}
        self._paths: set[str] = set()
        self._keys: dict[str, str] = {}
        self._below: dict[str, dict[str, str]] = {}
        self._gone: set[str] = set()
        self._left_out: set[int] = set()

    def mask(self, batch: list[Any]) -> list[Any]:
        """Replace what is sensitive in some values, in place; return those that stay."""
        self._left_out.clear()
        found = self._columns(batch)
        main: dict[tuple[str, str], _Column] = {}
        if self._main is None:
            main = _usual(found)
            self._main = self._masker([(path, kind) for path, kind in main])
        else:
            for name, kind in zip(self._main.schema.names, self._main.schema.types, strict=True):
                key = (name, next(one for one, t in _TYPES.items() if t == kind.value_type))
                main[key] = found.pop(key, _Column())
        found = {key: column for key, column in found.items() if key not in main}
        # All is read before anything is written, so that what stands beside a value is raw.
        tasks = [_task(self._main, main)]
        for key, column in found.items():
            if key not in self._others:
                self._others[key] = self._masker([key])
            tasks.append(_task(self._others[key], {key: column}))
        for task in tasks:
            self._put(task)
        if self._left_out:
            batch = [value for place, value in enumerate(batch) if place not in self._left_out]
        if self._gone:
            pruned = (self._without(value, "") for value in batch)
            batch = [value for value in pruned if value is not _GONE]
        return batch

    def _without(self, value: Any, path: str) -> Any:  # noqa: ANN401 - a value of JSON
        """Return a value without what is at paths that are dropped."""
        if isinstance(value, dict):
            below = self._below.setdefault(path, {})
            members = (
                (key, self._without(inner, below.get(key) or self._path(path, key)))
                for key, inner in value.items()
            )
            return {key: inner for key, inner in members if inner is not _GONE}
        if isinstance(value, list):
            items = [self._without(inner, path) for inner in value]
            kept = [inner for inner in items if inner is not _GONE]
            return _GONE if items and not kept else kept
        return _GONE if (path or _ROOT) in self._gone else value

    def reports(self) -> list[ColumnReport]:
        """Return what became of each path."""
        main = [] if self._main is None else self._main.columns
        return [*main, *(one for masker in self._others.values() for one in masker.columns)]

    def check_names(self) -> None:
        """Refuse names of columns that no line had."""
        above = {
            path[:at] for path in self._paths for at, letter in enumerate(path) if letter == "."
        }
        for name in (*self._wanted.entities, *self._wanted.kept, *self._settings.types):
            if name not in self._paths and name not in above:
                raise ValueError(f"there is no column {name}")

    def _masker(self, keys: list[tuple[str, str]]) -> BatchMasker:
        """Return a masker of some paths, which knows what was decided of them before."""
        entities, kept = {}, set()
        before = {
            one.path: one.entity for one in ([] if self._main is None else self._main.columns)
        }
        for path, _ in keys:
            entity = self._wanted.entity(path) or before.get(path)
            if self._wanted.keeps(path):
                kept.add(path)
            elif entity:
                entities[path] = entity
        named = self._settings.types
        types = {path: named[path] for path, kind in keys if kind == "text" and path in named}
        known = replace(self._wanted, entities=entities, kept=frozenset(kept))
        schema = pa.schema([pa.field(path, pa.large_list(_TYPES[kind])) for path, kind in keys])
        settings = replace(self._settings, known=known, types=types)
        return BatchMasker(schema, settings, whole=False)

    def _columns(self, batch: list[Any]) -> dict[tuple[str, str], _Column]:
        """Collect the values of a batch by path and type, and mask names of members."""
        found: dict[tuple[str, str], _Column] = {}
        self._below.clear()
        for place in range(len(batch)):
            waiting: list[tuple[Any, str | int, str, int, Any]] = [(batch, place, "", 0, None)]
            line: Any = None
            while waiting:
                holder, at, path, depth, owner = waiting.pop()
                value = holder[at]
                if depth > MAX_DEPTH:
                    raise ValueError(f"a value is nested deeper than {MAX_DEPTH} levels")
                if isinstance(value, dict):
                    value = holder[at] = self._renamed(value)
                    line = value if depth == 0 else line
                    # Objects in lists are many to a line, as the items of a list column are.
                    owner = value if depth == 0 or owner is not None else None
                    below = self._below.setdefault(path, {})
                    waiting += [
                        (value, key, below.get(key) or self._path(path, key), depth + 1, owner)
                        for key in reversed(value)
                    ]
                elif isinstance(value, list):
                    waiting += [
                        (value, n, path, depth + 1, None) for n in reversed(range(len(value)))
                    ]
                elif value is not None:
                    column = self._column(found, path or _ROOT, value)
                    column.lines.append(place)
                    column.values.append(_stored(value))
                    column.slots.append((holder, at))
                    column.owners.append((owner, line))
        return found

    def _column(self, found: dict[tuple[str, str], _Column], path: str, value: object) -> _Column:
        column = found.get(key := (path, _kind(value)))
        if column is None:
            self._paths.add(path)
            if len(self._paths) > MAX_PATHS:
                raise ValueError(f"has more than {MAX_PATHS:,} different paths to values")
            column = found[key] = _Column()
        return column

    def _path(self, path: str, key: str) -> str:
        """Return the path of a member, remembered for the next object of the batch."""
        part = key.replace(".", "_") or "_"
        self._below[path][key] = found = f"{path}.{part}" if path else part
        return found

    def _renamed(self, members: dict[str, Any]) -> dict[str, Any]:
        """Return an object without sensitive names; two that become equal stay two."""
        known = self._keys
        if all(known.get(key) == key for key in members):
            return members
        renamed: dict[str, Any] = {}
        for key, value in members.items():
            new = self._keys.get(key)
            if new is None:
                if len(self._keys) >= MAX_KEYS:
                    self._keys.clear()
                new = self._keys[key] = self._settings.plans.scrub(_unicode(key))
            while new in renamed:
                new += "_"
            renamed[new] = value
        return renamed

    def _put(self, task: _Task) -> None:
        """Mask columns, and put what comes out where it came from."""
        masker, columns = task.masker, task.columns
        masked = masker.mask(task.batch, task.told)
        for (path, kind), array in zip(columns, masked.columns, strict=True):
            column, values = columns[path, kind], array.values
            match masker.whole_operator(path):
                case "drop_column":
                    self._gone.add(path)
                case "drop_row":
                    self._left_out.update(column.lines)
                case "shuffle":
                    moved = masker.shuffled(path, pa.array(column.values, _TYPES[kind]))
                    values = values if moved is None else moved
            for (holder, at), value in zip(column.slots, values.to_pylist(), strict=True):
                holder[at] = int(value) if isinstance(value, Decimal) else value


def _task(masker: BatchMasker, columns: Mapping[tuple[str, str], _Column]) -> _Task:
    """Gather what a masker needs of some columns; their objects are raw still."""
    arrays = []
    for (_, kind), column in columns.items():
        values = pa.array(column.values, _TYPES[kind])
        offsets = pa.array([0, len(values)], pa.int64())
        arrays.append(pa.LargeListArray.from_arrays(offsets, values))
    batch = pa.RecordBatch.from_arrays(arrays, schema=masker.schema)
    if not masker.columns:
        masker.decide(batch)
    looked_at = masker.looked_at()
    told = {
        path: pa.array(
            [_beside(owners, looked_at[path]) for owners in column.owners], pa.large_string()
        )
        for (path, _), column in columns.items()
        if path in looked_at
    }
    return _Task(masker, columns, batch, told)


def _beside(owners: tuple[Any, Any], names: Sequence[str]) -> str | None:
    """Return what stands beside a value, as text; None where that is no value that tells rows."""
    for name in names:
        for owner in owners:
            if isinstance(owner, dict) and name in owner:
                value = owner[name]
                if isinstance(value, bool):
                    return "true" if value else "false"
                return _unicode(str(value)) if isinstance(value, int | str) else None
    return None


def _usual(found: Mapping[tuple[str, str], _Column]) -> dict[tuple[str, str], _Column]:
    """Return, of each path, the type that most of its values have."""
    most: dict[str, tuple[str, str]] = {}
    for key, column in found.items():
        best = most.get(key[0])
        if best is None or len(column.values) > len(found[best].values):
            most[key[0]] = key
    return {key: found[key] for key in most.values()}


def _kind(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return "whole" if value in _INT64 else "long"
    return _KINDS[type(value)]


def _stored(value: Any) -> Any:  # noqa: ANN401 - a value of JSON
    """Return a value as Arrow takes it.

    Raises:
        ValueError: If it is a whole number of more digits than any type has.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value not in _INT64:
        if abs(value) >= _LARGEST:
            raise ValueError("a whole number has more than 76 digits")
        return Decimal(value)
    return _unicode(value) if isinstance(value, str) else value


def _unicode(text: str) -> str:
    """Return text without halves of characters, which escapes in JSON can write."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
