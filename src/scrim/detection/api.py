"""Detection for programs of their own: texts, columns, and Arrow batches.

`import scrim` offers these functions. They know the entities that come with scrim, need no
configuration, and keep nothing. Arrow data is taken as what it is: anything with the methods of
pyarrow's arrays and batches, or with Arrow's C stream interface, for which pyarrow is needed
(`pip install 'scrim-gateway[data]'`). A transformer of one's own can read texts too, with the extra
`transformer`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeAlias

from scrim.detection.columns import ColumnJudge, Verdict
from scrim.detection.scan import Scanner, builtin_scanner
from scrim.detection.tables import written
from scrim.detection.transformer.model import Transformer
from scrim.detection.transformer.scanner import TransformerScanner
from scrim.detection.voting import MAX_VALUES
from scrim.domain.arguments import check_names, check_path, check_text, wrong_type
from scrim.domain.column import Column
from scrim.domain.finding import Finding

MAX_READ: Final = 10_000
"""Values of a column from which the distinct ones that vote are taken."""
_KINDS: Final = (
    ("bool", "bool"),
    ("int", "int8"),
    ("uint", "int8"),
    ("decimal", "numeric"),
    ("float", "float8"),
    ("double", "float8"),
    ("halffloat", "float8"),
    ("date", "date"),
    ("timestamp", "timestamp"),
    ("time", "time"),
    ("duration", "interval"),
    ("struct", "json"),
    ("list", "json"),
    ("map", "json"),
)
"""Kinds of types by how Arrow's begin; all others are texts."""
SEARCHED_KINDS: Final = frozenset({"text", "json"})
MAX_MODELS: Final = 2
"""Models by folder that are kept in memory."""

Model: TypeAlias = Transformer | str | PathLike[str]
"""A transformer, or its folder."""


@dataclass(frozen=True, slots=True)
class BatchColumn:
    """What a column of a batch holds.

    Attributes:
        verdict: What the column is.
        cells: What was found in each cell; spans count characters. Empty lists for the cells of
            types that hold no text, whose values tell by the verdict alone.
    """

    verdict: Verdict
    cells: list[list[Finding]]


@cache
def _judge() -> ColumnJudge:
    return ColumnJudge(builtin_scanner().catalogue)


@lru_cache(MAX_MODELS)
def _loaded(folder: Path) -> Transformer:
    return Transformer(folder)


def _scanner(transformer: Model | None) -> Scanner:
    if transformer is None:
        return builtin_scanner()
    if not isinstance(transformer, Transformer):
        check_path("transformer", transformer)
        transformer = _loaded(Path(transformer).absolute())
    return TransformerScanner(builtin_scanner(), transformer)


def detect(text: str, *, transformer: Model | None = None) -> list[Finding]:
    """Find every value that scrim knows in a text.

    Args:
        text: Any text.
        transformer: A model that reads it as well, or the folder of one, which is loaded once.

    Returns:
        The findings in their order, without overlaps; the spans count characters.

    Raises:
        ModuleNotFoundError: If there is a transformer and its extra is not installed.
        TransformerError: If the transformer cannot be used; a kind of ValueError.
        TypeError: If it is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"detect takes a text, not {type(text).__name__}")
    return _scanner(transformer).scan([text])[0]


def detect_many(
    texts: Iterable[str], *, entity: str | None = None, transformer: Model | None = None
) -> list[list[Finding]]:
    """Find every value that scrim knows in each of many texts, at once and so much faster.

    Args:
        texts: The texts.
        entity: Entity that they are believed to hold, such as that of their column: values that
            could be anything by themselves are found then.
        transformer: A model that reads them as well, or the folder of one, which is loaded once.

    Returns:
        The findings of each text in their order, without overlaps; spans count characters.

    Raises:
        KeyError: If there is no such entity.
        ModuleNotFoundError: If there is a transformer and its extra is not installed.
        TransformerError: If the transformer cannot be used; a kind of ValueError.
        TypeError: If they are not texts, or one text in place of many.
    """
    _refuse_one(texts, "detect_many")
    check_text("entity", entity, optional=True)
    listed = list(texts)
    for text in listed:
        if not isinstance(text, str):
            raise TypeError(f"detect_many takes texts, not {type(text).__name__}")
    if entity is not None and entity not in builtin_scanner().catalogue.names:
        raise KeyError("there is no such entity; docs/reference/entities.md lists them")
    return _scanner(transformer).scan(listed, entity)


def classify_column(
    values: Iterable[object],
    *,
    name: str = "",
    table: str = "",
    siblings: Sequence[str] = (),
    kind: str = "text",
) -> Verdict:
    """Say what a column holds, by its names and a vote of its values.

    Args:
        values: Values of the column, a list or an Arrow array; nulls do not count. Up to 256
            distinct ones vote, from the first 10,000.
        name: Name of the column, if it has one.
        table: Name of its table.
        siblings: Names of the other columns of the table.
        kind: Kind of its type as PostgreSQL calls it, such as `text`, `int8` or `numeric`.

    Returns:
        The entity, none when nothing was found, with confidence and evidence.

    Raises:
        TypeError: If it is one text in place of a column of values.
    """
    _refuse_one(values, "classify_column")
    for argument, given in (("name", name), ("table", table), ("kind", kind)):
        check_text(argument, given)
    check_names("siblings", siblings)
    column = Column("", table, name)
    distinct = _voters(_listed(values))
    return _verdict(builtin_scanner(), column, kind, distinct, siblings)


def detect_batch(batch: object, *, table: str = "") -> dict[str, BatchColumn]:
    """Say what each column of an Arrow batch or table holds, and what is in each cell.

    Args:
        batch: A record batch or a table of pyarrow, or whatever has Arrow's C stream interface,
            such as a data frame of Polars.
        table: Name of the table that it is from, if it has one.

    Returns:
        The columns by name, in their order.

    Raises:
        TypeError: If it is something else.
        ModuleNotFoundError: If it needs pyarrow, which is not installed.
    """
    check_text("table", table)
    read: Any = batch
    if not hasattr(read, "schema") or not hasattr(read, "column"):
        if not hasattr(read, "__arrow_c_stream__"):
            raise wrong_type("detect_batch", batch, "an Arrow batch or table")
        import pyarrow  # noqa: PLC0415, ICN001, RUF100 - an extra

        read = pyarrow.table(batch)
    names: list[str] = list(read.schema.names)
    scanner = builtin_scanner()
    found: dict[str, BatchColumn] = {}
    for number, name in enumerate(names):
        kind = _kind(str(read.schema.field(number).type))
        column = Column("", table, name)
        siblings = [other for other in names if other != name]
        values: list[object] = read.column(number).to_pylist()
        verdict = _verdict(scanner, column, kind, _voters(values), siblings)
        cells: list[list[Finding]] = [[] for _ in values]
        if kind in SEARCHED_KINDS:
            texts = ["" if value is None else written(value) for value in values]
            cells = scanner.scan(texts, verdict.entity)
        found[name] = BatchColumn(verdict, cells)
    return found


def _refuse_one(values: object, function: str) -> None:
    """Refuse a text where many are due: its letters would be taken for them."""
    if isinstance(values, (str, bytes)):
        raise TypeError(f"{function} takes many values; put a single one into a list")
    if not isinstance(values, Iterable):
        raise wrong_type(function, values, "many values, as a list or an Arrow array")


def _kind(arrow_type: str) -> str:
    if arrow_type.startswith("dictionary<values="):
        arrow_type = arrow_type.removeprefix("dictionary<values=")
    return next((kind for start, kind in _KINDS if arrow_type.startswith(start)), "text")


def _listed(values: Iterable[object]) -> Iterable[object]:
    convert = getattr(values, "slice", None)
    return convert(0, MAX_READ).to_pylist() if convert is not None else values


def _voters(values: Iterable[object]) -> list[str]:
    distinct: dict[str, None] = {}
    for number, value in enumerate(values):
        if number >= MAX_READ or len(distinct) >= MAX_VALUES:
            break
        if value is not None:
            distinct.setdefault(written(value))
    return list(distinct)


def _verdict(
    scanner: Scanner, column: Column, kind: str, values: Sequence[str], siblings: Sequence[str]
) -> Verdict:
    judge = _judge()
    named = judge.by_name(column, kind, siblings)
    findings = scanner.scan_values(values, None if named is None else named.entity)
    return judge.verdict(column, kind, values, findings, siblings)
