"""What a statement string does beside returning rows, as far as the session and the caches care."""

from collections.abc import Mapping, Sequence
from typing import Final

from scrim.statements.catalog import Catalog
from scrim.statements.facts import Facts

_CHANGES_CATALOG: Final = frozenset(
    {"ddl", "create_table_as", "create_view", "create_function", "do", "call", "admin"}
)

_NAMING: Final[Mapping[str, str]] = {
    "declare": "declares",
    "prepare": "prepares",
    "fetch": "fetches",
    "execute": "executes",
    "close": "closes",
}
"""What statements do with results that have names, in the words of the kernel."""


def operation(statements: Sequence[Facts]) -> str:
    """Return the operations of a string, each once, in their order."""
    return " ".join(dict.fromkeys(facts.operation for facts in statements))


def counted_as(statements: Sequence[Facts]) -> str:
    """Return what a string does in one of few words, so that counts by it stay bounded."""
    operations = {facts.operation for facts in statements}
    if len(operations) > 1:
        return "several"
    return operations.pop() if operations else "unread"


def relation_names(statements: Sequence[Facts]) -> tuple[str, ...]:
    """Return the relations that a string names, as it writes them."""
    names = (
        f"{use.schema}.{use.name}" if use.schema else use.name
        for facts in statements
        for use in facts.relations
    )
    return tuple(dict.fromkeys(names))


def unknown_relations(statements: Sequence[Facts], catalog: Catalog) -> tuple[str, ...]:
    """Return the relations that a string uses and the catalog does not have."""
    names = (
        use.name
        for facts in statements
        for use in facts.relations
        if use.verb != "create" and not catalog.named(use.schema, use.name)
    )
    return tuple(dict.fromkeys(names))


def changes_catalog(statements: Sequence[Facts]) -> bool:
    """Say whether a string can change the schema."""
    return any(
        facts.operation in _CHANGES_CATALOG
        or any(use.verb in {"create", "ddl"} for use in facts.relations)
        for facts in statements
    )


def naming(statements: Sequence[Facts]) -> tuple[tuple[int, str, str], ...]:
    """Return what a string has to do with results that have names: index, what it does, name."""
    return tuple(
        (facts.index, _NAMING[facts.operation], facts.name or "")
        for facts in statements
        if facts.operation in _NAMING
    )


def deallocates(statements: Sequence[Facts]) -> str | None:
    """Return which prepared statements a string may end: a name, empty for all, None for none."""
    ended = [
        facts.name or "" for facts in statements if facts.operation in {"deallocate", "discard"}
    ]
    if not ended:
        return None
    return ended[0] if len(ended) == 1 else ""
