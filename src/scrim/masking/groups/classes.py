"""Classes of records that share their quasi-identifiers: how large and how diverse each is.

Values are codes here, numbers from 0 for the distinct values of a column, so that a table of any
types is grouped by small integers and no value is held twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from scrim.masking.groups.requirements import Array, GroupError, Report, Requirement, Table

MAX_RECORDS: Final = (1 << 31) - 1
TOLERANCE: Final = 1e-9
"""What the exponential of an entropy may miss by rounding."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as codes.

    Attributes:
        values: Its distinct values; NULL may be one.
        codes: Place of each record's value in them.
    """

    values: Array
    codes: Array


@dataclass(frozen=True, slots=True)
class Frame:
    """Records by code, those that are alike counted together.

    Attributes:
        quasi: Codes of each quasi-identifier.
        sensitive: Codes of each sensitive column, with NULL where it is NULL.
        subject: Codes of the subjects, with NULL where it is NULL; None without such a column.
        weight: How many records each row stands for.
    """

    quasi: tuple[Array, ...]
    sensitive: tuple[Array, ...]
    subject: Array | None
    weight: Array


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a frame, each named by a number from 0.

    Attributes:
        ids: Class of each row.
        records: Records of each class.
        sizes: Records of each class, or its distinct subjects where those are known.
        diversity: For each sensitive column, the diversity of each class.
    """

    ids: Array
    records: Array
    sizes: Array
    diversity: tuple[Array, ...]

    def below(self, requirement: Requirement) -> Array:
        """Return for each class whether it does not meet a requirement."""
        met = pc.greater_equal(self.sizes, requirement.k)
        for diversity in self.diversity:
            met = pc.and_(met, pc.greater_equal(diversity, requirement.l - TOLERANCE))
        return pc.invert(met)

    def records_below(self, requirement: Requirement) -> int:
        """Return how many records are in classes that do not meet a requirement."""
        return _total(self.records.filter(self.below(requirement)))

    def report(self, requirement: Requirement) -> Report:
        """Return how the classes stand against a requirement."""
        below = self.below(requirement)
        names = requirement.sensitive
        return Report(
            requirement,
            records=_total(self.records),
            classes=len(self.sizes),
            smallest=pc.min(self.sizes).as_py() or 0,
            classes_below=_total(below),
            records_below=_total(self.records.filter(below)),
            classes_below_k=_total(pc.less(self.sizes, requirement.k)),
            diversity={
                name: float(pc.min(one).as_py() or 0)
                for name, one in zip(names, self.diversity, strict=True)
            },
        )


def as_table(given: object) -> Table:
    """Return a table of Arrow: a record batch, or what has Arrow's C stream interface, as one.

    Raises:
        GroupError: If it is something else.
    """
    if isinstance(given, pa.Table):
        return given
    if isinstance(given, pa.RecordBatch) or hasattr(given, "__arrow_c_stream__"):
        return pa.table(given)
    raise GroupError("this takes a table or record batch of Arrow")


def coded(table: Table, name: str) -> Coded:
    """Return a column of a table as codes.

    Raises:
        GroupError: If there is no such column, several, or one of a type without equality.
    """
    places = table.schema.get_all_field_indices(name)
    if len(places) != 1:
        raise GroupError(f"the table has {'no' if not places else 'more than one'} column {name}")
    column = table.column(places[0])
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    try:
        encoded = column.dictionary_encode("encode").unify_dictionaries()
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        raise GroupError(f"column {name}: values of type {kind} cannot be compared") from None
    values = encoded.chunk(0).dictionary if encoded.num_chunks else pa.array([], kind)
    indices = [chunk.indices for chunk in encoded.chunks]
    return Coded(values, pa.concat_arrays(indices) if indices else pa.array([], pa.int32()))


def with_nulls(column: Coded) -> Array:
    """Return the codes of a column, NULL where its value is NULL."""
    nulls = pc.take(pc.is_null(column.values), column.codes)
    return pc.if_else(nulls, pa.scalar(None, pa.int32()), column.codes)


def frame_of(table: Table, requirement: Requirement) -> tuple[Frame, tuple[Coded, ...]]:
    """Return the records of a table by code, and its quasi-identifiers.

    Raises:
        GroupError: If a column is missing or of a type without equality.
    """
    if table.num_rows > MAX_RECORDS:
        raise GroupError(f"the table has more than {MAX_RECORDS:,} records")
    quasi = tuple(coded(table, name) for name in requirement.quasi)
    sensitive = tuple(with_nulls(coded(table, name)) for name in requirement.sensitive)
    subject = None if requirement.subject is None else with_nulls(coded(table, requirement.subject))
    weight = pa.repeat(pa.scalar(1, pa.int64()), table.num_rows)
    return Frame(tuple(one.codes for one in quasi), sensitive, subject, weight), quasi


def condensed(frame: Frame) -> Frame:
    """Return a frame in which records that are alike in everything are one row."""
    columns = [*frame.quasi, *frame.sensitive, *([] if frame.subject is None else [frame.subject])]
    names = [str(number) for number in range(len(columns))]
    table = pa.table([*columns, frame.weight], [*names, "weight"])
    grouped = table.group_by(names, use_threads=False).aggregate([("weight", "sum")])
    found = [grouped.column(name).combine_chunks() for name in names]
    quasi, rest = found[: len(frame.quasi)], found[len(frame.quasi) :]
    sensitive = rest[: len(frame.sensitive)]
    subject = None if frame.subject is None else rest[-1]
    weight = grouped.column("weight_sum").combine_chunks()
    return Frame(tuple(quasi), tuple(sensitive), subject, weight)


def classes_of(frame: Frame, quasi: Iterable[Array], *, entropy: bool) -> Classes:
    """Group the rows of a frame.

    Args:
        frame: The records.
        quasi: Codes of the quasi-identifiers to group by, which may be coarser than the frame's.
        entropy: Whether diversity is the exponential of the entropy, or the distinct values.
    """
    ids = pa.repeat(pa.scalar(0, pa.int64()), len(frame.weight))
    for codes in quasi:
        ids = _joined(ids, codes)
    table = pa.table({"class": ids, "weight": frame.weight})
    records = _grouped(table, "weight", "sum")
    sizes = records
    if frame.subject is not None:
        sizes = _distinct(ids, frame.subject)
    measure = _entropies if entropy else _distincts
    return Classes(ids, records, sizes, measure(ids, frame))


def _joined(ids: Array, codes: Array) -> Array:
    """Return numbers from 0 for the pairs of two columns of numbers, in order of appearance."""
    if not len(ids):
        return ids
    wide = codes.cast(pa.int64())
    # Both are below the number of records, 2^31, so that the product fits.
    pairs = pc.add(pc.multiply(ids, pc.add(pc.max(wide), 1)), wide)
    return pairs.dictionary_encode().indices.cast(pa.int64())


def _grouped(table: Table, column: str, function: str, options: object = None) -> Array:
    """Aggregate a column by class. Classes are numbered as they appear, so they stay in order."""
    grouped = table.group_by("class", use_threads=False).aggregate([(column, function, options)])
    return grouped.column(f"{column}_{function}").combine_chunks()


def _distinct(ids: Array, codes: Array) -> Array:
    table = pa.table({"class": ids, "value": codes})
    return _grouped(table, "value", "count_distinct", pc.CountOptions("only_valid"))


def _distincts(ids: Array, frame: Frame) -> tuple[Array, ...]:
    return tuple(_distinct(ids, codes).cast(pa.float64()) for codes in frame.sensitive)


def _entropies(ids: Array, frame: Frame) -> tuple[Array, ...]:
    """Return the exponential of each class's entropy: ln n - (sum of c ln c) / n over its counts c.

    A class of nothing but NULL has 0.
    """
    found = []
    for codes in frame.sensitive:
        valid = pc.if_else(pc.is_null(codes), 0, frame.weight)
        table = pa.table({"class": ids, "value": codes, "count": valid})
        counts = table.group_by(["class", "value"], use_threads=False).aggregate([("count", "sum")])
        count = counts.column("count_sum").cast(pa.float64())
        terms = pc.multiply(count, pc.ln(pc.max_element_wise(count, 1.0)))
        by_class = pa.table({"class": counts.column("class"), "count": count, "term": terms})
        total, term = (_grouped(by_class, name, "sum") for name in ("count", "term"))
        filled = pc.max_element_wise(total, 1.0)
        diversity = pc.exp(pc.subtract(pc.ln(filled), pc.divide(term, filled)))
        found.append(pc.if_else(pc.equal(total, 0.0), 0.0, diversity))
    return tuple(found)


def _total(values: Array) -> int:
    return pc.sum(values).as_py() or 0
