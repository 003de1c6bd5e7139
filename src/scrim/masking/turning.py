"""Says which values in a statement are masked ones that are turned back.

Whoever sees a column masked works with masked values. Where such a value is compared with its
column it becomes the raw one on the way to the data store, so that it finds its row, and a guess of
a raw value finds nothing. Where one is written to its column, the real one goes back there. Both
need an operator that can be turned back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scrim.domain.decision import Refusal
from scrim.kernel import Turning
from scrim.masking.results import MaskedColumn, ResultDecider
from scrim.statements.compared import INSERTED, UPDATED, Compared
from scrim.statements.copying import CopyError, incoming_options
from scrim.statements.facts import Facts
from scrim.statements.lineage import Lineage

MaskedWrites = Literal["turn_back", "as_written", "refuse"]
"""What becomes of values that a principal writes to a column that it sees masked."""

Turn = tuple[int, int, int, Turning]
"""Position of the statement, how deep it is in others, number of what is compared, the way back."""

Fill = tuple[int, str, tuple[Turning | None, ...]]
"""Position of a COPY FROM, how its data is written as JSON, the way back of each column."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What of the values of a statement string is turned back.

    Attributes:
        turns: Values in it, and its parameters.
        fills: Data of its COPY FROM statements.
        refusal: Why it is not forwarded.
        particular: Whether this holds for this string alone: the options of a COPY are literals, of
            which other strings of the shape have others.
    """

    turns: tuple[Turn, ...] = ()
    fills: tuple[Fill, ...] = ()
    refusal: Refusal | None = None
    particular: bool = False


NOTHING_TURNED: Final = Turned()

_PASSING: Final = frozenset({"explain", "declare", "copy_out", "prepare"})
"""Statements with another inside that is run and not kept."""


_COPY_REFUSED: Final = Refusal(
    "42501",
    "copying values to a masked column is not allowed",
    "The connection does not take values for masked columns.",
    "Leave the column out, ask for raw access to it, or have the operator set `masked_writes`.",
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A column that is compared, or written, how it is masked, and whether with made-up values."""

    compared: Compared
    masked: MaskedColumn
    turning: Turning | None
    constant: bool

    def alike(self, other: "_Found") -> bool:
        """Say whether a value for the one means the same for the other."""
        return self.masked == other.masked and self.compared.writes == other.compared.writes


class TurnDecider:
    """Decides about the values in statements for one principal in one data store."""

    def __init__(self, results: ResultDecider, lineage: Lineage, writes: MaskedWrites) -> None:
        """Keep who is asked.

        Args:
            results: Knows how the principal sees a column.
            lineage: Knows which column a statement means.
            writes: What becomes of values that are written.
        """
        self._results = results
        self._lineage = lineage
        self._writes = writes

    def decide(self, statements: Sequence[Facts]) -> Turned:
        """Return what is turned back in a statement string, or why it is refused."""
        turns = self._turns(statements)
        if isinstance(turns, Refusal):
            return Turned(refusal=turns)
        fills = self._all_fills(statements)
        if isinstance(fills, Refusal):
            return Turned(refusal=fills, particular=True)
        return Turned(turns, fills, particular=bool(fills))

    def _turns(self, statements: Sequence[Facts]) -> tuple[Turn, ...] | Refusal:
        found: list[Turn] = []
        for facts in statements:
            for depth, (outer, inner) in enumerate(_levels(facts)):
                if inner.copy is not None and self._writes == "refuse" and self._fills(inner):
                    return _COPY_REFUSED
                own = self._masked(inner)
                turned = {one.compared.number: one for one in own if one.turning is not None}
                refusal = self._refusal(outer, own, turned)
                if refusal is not None:
                    return refusal
                found += [
                    (facts.index, depth, number, one.turning)
                    for number, one in turned.items()
                    if one.turning is not None
                ]
        return tuple(found)

    def _all_fills(self, statements: Sequence[Facts]) -> tuple[Fill, ...] | Refusal:
        if self._writes != "turn_back":
            return ()
        found: list[Fill] = []
        for facts in statements:
            fill = self._fill(facts) if facts.operation == "copy_in" else None
            if isinstance(fill, Refusal):
                return fill
            if fill is not None:
                found.append(fill)
        return tuple(found)

    def _fill(self, facts: Facts) -> Fill | Refusal | None:
        copied = self._lineage.copied(facts)
        masked = [self._results.masked(origins) for _, origins in copied.columns]
        turnings = tuple(
            None if one is None else self._results.turning(one, INSERTED) for one in masked
        )
        names = [name for name, _ in copied.columns]
        turned = {name for name, turning in zip(names, turnings, strict=True) if turning}
        if not turned:
            return None
        if not copied.ordered:
            return Refusal(
                "0A000",
                "the columns of the COPY are not certain",
                "There are several relations of that name.",
                "Write its schema, or the columns.",
            )
        try:
            options = incoming_options(facts, names, turned)
        except CopyError as error:
            return Refusal(
                "0A000",
                str(error),
                hint="Copy in the text, csv or binary format in UTF8, without what is named.",
            )
        return facts.index, options, turnings

    def _fills(self, facts: Facts) -> bool:
        """Say whether a COPY brings values for a masked column."""
        if facts.operation != "copy_in":
            return False
        written = self._lineage.copied(facts).columns
        return any(self._results.masked(origins) is not None for _, origins in written)

    def _masked(self, facts: Facts) -> list[_Found]:
        found = []
        for compared, origins, constant in self._lineage.compared(facts):
            if compared.writes and self._writes == "as_written":
                continue
            masked = self._results.masked(origins)
            if masked is not None:
                turning = self._results.turning(masked, compared.role)
                found.append(_Found(compared, masked, turning, constant))
        return found

    def _refusal(
        self,
        outer: Facts | None,
        found: Sequence[_Found],
        turned: Mapping[int, _Found],
    ) -> Refusal | None:
        for one in found:
            if one.compared.writes and self._writes == "refuse":
                return _not_written(one, "The connection does not take values for masked columns.")
            if one.compared.role == UPDATED and one.turning is None:
                return _not_written(one, "What is shown of it cannot be turned back.")
        if turned and outer is not None and outer.operation not in _PASSING:
            return Refusal(
                "42501",
                "comparing masked data is not allowed in what is kept",
                "The definition would show the values that it is compared with.",
                "Leave the comparison out of it, or ask for raw access to the data.",
            )
        refusals = (
            _unclear(one, turned) or self._read_by_definition(one) for one in turned.values()
        )
        return next((refusal for refusal in refusals if refusal is not None), None)

    def _read_by_definition(self, one: _Found) -> Refusal | None:
        """Say why a value may not be cast to a type that the schema defines.

        A domain would compare the real value with what stands in its definition.
        """
        catalog = self._lineage.catalog
        own = catalog.types.name(one.masked.type_id)
        if all(name == own or catalog.is_plain_type(name) for name in one.compared.types):
            return None
        return Refusal(
            "0A000",
            "masked data can be compared with plain values only",
            f"{_about(one)} A definition in the schema decides about the type of the value.",
            "Leave the cast out, or cast to a type of PostgreSQL's own.",
        )


def _unclear(one: _Found, turned: Mapping[int, _Found]) -> Refusal | None:
    """Return why the values that a column is compared with cannot all be turned back."""
    others = [turned.get(number) for number in one.compared.shared]
    if one.constant:
        message = "masked data can be compared with plain values only"
        hint = "Write the value itself, a parameter, or `= ANY` with an array of them."
    elif one.compared.parameters:
        message = "parameters of PREPARE cannot be compared with masked data"
        hint = "Prepare the statement by the protocol, or write the value in the statement."
    elif one.compared.elsewhere or not all(other and other.alike(one) for other in others):
        message = "a parameter that is compared with masked data is used for something else, too"
        hint = "Use a parameter of its own for each."
    else:
        return None
    return Refusal("0A000", message, _about(one), hint)


def _levels(facts: Facts) -> Iterator[tuple[Facts | None, Facts]]:
    """Give a statement and those inside it, each with the one around it."""
    outer: Facts | None = None
    inner: Facts | None = facts
    while inner is not None:
        yield outer, inner
        outer, inner = inner, inner.inner


def _about(one: _Found) -> str:
    return f"It is about the column {one.compared.name or one.compared.position + 1}."


def _not_written(one: _Found, why: str) -> Refusal:
    return Refusal(
        "42501",
        "writing a value to a masked column is not allowed",
        f"{_about(one)} {why}",
        "Leave the column out, ask for raw access to it, or have the operator set `masked_writes`.",
    )
