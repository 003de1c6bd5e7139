"""Says why a statement may not store what it reads, or put aside what is known of it."""

from collections.abc import Iterable, Sequence
from typing import Final

from scrim.domain.column import ColumnOrigin
from scrim.domain.decision import Refusal
from scrim.masking.results import ResultDecider
from scrim.statements.classify import shown_calls
from scrim.statements.facts import Facts, Name
from scrim.statements.lineage import Lineage
from scrim.statements.origins import Origins

_NOT_ALLOWED: Final = "42501"


Stored = tuple[Name | None, str | None, ColumnOrigin]
"""A relation, the column there where that is certain, and where what goes there comes from."""


def keeping_refusal(results: ResultDecider, lineage: Lineage, facts: Facts) -> Refusal | None:
    """Return why a statement may not store or define what it does, None if it may.

    Args:
        results: Knows what the principal sees of a column.
        lineage: Knows where what is stored comes from.
        facts: The statement.
    """
    created = [use.name for use in facts.relations if use.verb == "create"]
    displaced = list(lineage.displaced(facts))
    calls = shown_calls(facts)
    return (
        displacing_refusal(results, displaced, created)
        or (calling_refusal(results, calls, lineage.selected(facts)) if calls else None)
        or referring_refusal(results, lineage.references(facts))
        or storing_refusal(results, _placed(lineage, facts))
        or storing_refusal(results, displaced)
    )


def _placed(lineage: Lineage, facts: Facts) -> Iterable[Stored]:
    """Give what a statement stores, and in which column where a list of them says so."""
    by_place = {write.relation for write in facts.writes if not (write.assigned or write.listed)}
    for relation, column, origin in lineage.written(facts):
        yield relation, None if relation in by_place else column, origin


def storing_refusal(results: ResultDecider, stored: Iterable[Stored]) -> Refusal | None:
    """Return why something that a statement stores may not be, None if all may.

    Args:
        results: Knows what the principal sees of a column.
        stored: What goes where.
    """
    for name, column, origin in stored:
        relation = "it" if name is None else name.name
        if any(map(results.searched, origin.altered)):
            return Refusal(
                _NOT_ALLOWED,
                f"storing what is made of a searched column in {relation} is not allowed",
                "No search would find there what the column holds.",
                "Store the column as it is, or ask for raw access to the data.",
            )
        if not origin.known or any(map(results.protected, origin.columns)):
            return Refusal(
                _NOT_ALLOWED,
                f"storing masked data in {relation} is not allowed",
                "What is stored there would no longer be known to be sensitive.",
                "Leave the masked columns out, list the columns and copy each to itself in a new "
                "row of its table, or ask for raw access to the data.",
            )
        if name is None or not any(map(results.searched, origin.columns)):
            continue
        # By its name alone: until a transaction ends, nobody knows where something new is.
        if results.shows_text(name.name, column):
            return Refusal(
                _NOT_ALLOWED,
                f"storing a searched column in {relation} is not allowed",
                "A column of that name is not searched.",
                "Store it in a table of another name whose columns have no tags, or ask for raw "
                "access to the data.",
            )
    return None


def displacing_refusal(
    results: ResultDecider, displaced: Iterable[Stored], created: Iterable[str]
) -> Refusal | None:
    """Return why a definition may not be changed, or take a name, None if it may.

    Args:
        results: Knows what the principal sees of a column.
        displaced: What is renamed, moved, rebuilt or named alike, and what it holds.
        created: Names of what the statement makes.
    """
    new = frozenset(created)
    for relation, _, origin in displaced:
        if origin.known and not any(map(results.protected, origin.columns)):
            continue
        name = "it" if relation is None else relation.name
        if name in new:
            return Refusal(
                _NOT_ALLOWED,
                f"the name {name} is not allowed for something new",
                "What has that name holds masked data, and tags belong to names.",
                "Use another name, or ask for raw access to the data.",
            )
        return Refusal(
            _NOT_ALLOWED,
            f"changing the definition of {name} in this way is not allowed",
            "It holds masked data, and tags belong to names: what is renamed, moved or rebuilt "
            "would no longer be known to be sensitive.",
            "Add or drop columns, or change defaults and NOT NULL, in a statement of their own; or "
            "ask for raw access to the data.",
        )
    return None


def calling_refusal(results: ResultDecider, names: Sequence[str], given: Origins) -> Refusal | None:
    """Return why functions that show their arguments to others may not be called.

    Args:
        results: Knows what the principal sees of a column.
        names: The functions, of which there is at least one.
        given: Where what they are called with can come from.
    """
    if given.known and not any(results.seen(column).hidden for column in given.columns):
        return None
    return Refusal(
        _NOT_ALLOWED,
        f"calling {min(names)} with a column's value is not allowed",
        "It would show the value to others.",
        "Call it with columns that you see as they are and select just its result, or with a "
        "constant.",
    )


def referring_refusal(results: ResultDecider, references: Iterable[Origins]) -> Refusal | None:
    """Return why a foreign key may not refer to what it does, None if it may.

    Each row that is written asks whether a value exists, and a change of the value is copied.

    Args:
        results: Knows what the principal sees of a column.
        references: Where what each key refers to comes from.
    """
    for origins in references:
        if origins.known and not any(results.seen(column).hidden for column in origins.columns):
            continue
        return Refusal(
            _NOT_ALLOWED,
            "a foreign key to masked data is not allowed",
            "Each row that is written would ask whether a value exists.",
            "Name columns after the relation that you see as they are, or ask for raw access to "
            "the data.",
        )
    return None
