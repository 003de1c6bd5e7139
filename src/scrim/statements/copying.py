"""What a COPY sends or takes: its columns, and the format of its data."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scrim.statements.facts import Facts, OptionValue

UTF8_NAMES: Final = frozenset({"utf8", "utf-8", "unicode"})

_INCOMING: Final = frozenset(
    {
        *("default", "delimiter", "encoding", "escape", "force_not_null", "force_null", "format"),
        *("freeze", "header", "log_verbosity", "null", "on_error", "quote", "reject_limit"),
    }
)
"""Options of COPY FROM up to PostgreSQL 18."""


class CopyError(ValueError):
    """A COPY whose stream cannot be read, with the reason for the client."""


@dataclass(frozen=True, slots=True)
class CopyTarget:
    """One COPY TO.

    Attributes:
        query: A query with the same columns, to ask the data store for them.
        options: Its options as the kernel reads them, in JSON.
        facts: What is known of the query.
        whole_relation: Whether the columns are those of a relation without a list, where
            generated columns are left out.
    """

    query: str
    options: str
    facts: Facts
    whole_relation: bool


def copy_targets(statements: Sequence[Facts], text: bytes) -> list[tuple[int, CopyTarget]]:
    """Return what a statement string copies to the client, with the index of the statement.

    Args:
        statements: Its statements.
        text: The string.

    Raises:
        CopyError: If a stream could not be read, or there are several.
    """
    found = [(facts.index, copy_target(facts, text)) for facts in statements]
    targets = [(index, target) for index, target in found if target is not None]
    if len(targets) > 1:
        raise CopyError("only one COPY TO is served in a statement string")
    return targets


def copy_target(facts: Facts, text: bytes) -> CopyTarget | None:
    """Return what a statement copies to the client, None when it copies nothing there.

    Args:
        facts: The statement.
        text: The statement string that it is part of.

    Raises:
        CopyError: If the stream could not be read.
    """
    copy = facts.copy
    if facts.operation != "copy_out" or copy is None:
        return None
    options = _options(copy.options)
    if copy.relation is None:
        if copy.query_span is None or facts.inner is None:
            raise CopyError("the query of a COPY was not found")
        start, end = copy.query_span
        return CopyTarget(text[start:end].decode(), options, facts.inner, whole_relation=False)
    names = ", ".join(_quoted(name) for name in copy.columns) or "*"
    schema = f"{_quoted(copy.relation.schema)}." if copy.relation.schema else ""
    query = f"SELECT {names} FROM ONLY {schema}{_quoted(copy.relation.name)}"  # noqa: S608 - quoted
    return CopyTarget(query, options, facts, whole_relation=not copy.columns)


def incoming_options(facts: Facts, columns: Sequence[str], turned: Collection[str]) -> str:
    """Return how the data of a COPY FROM is written, as the kernel reads it, in JSON.

    Args:
        facts: The statement.
        columns: The columns that are filled, in the order of the values.
        turned: Those whose values become others.

    Raises:
        CopyError: If the data could not be read, or the statement looks at what becomes of it.
    """
    given = {} if facts.copy is None else facts.copy.options
    if {column.name for column in facts.columns} - (set(columns) - set(turned)):
        raise CopyError("WHERE of a COPY FROM can name columns only that it fills and you see raw")
    if unknown := given.keys() - _INCOMING:
        raise CopyError(f"the option {min(unknown)} of COPY is not known where values are masked")
    not_null, null = (
        _forced(given.get(name, ()), columns) for name in ("force_not_null", "force_null")
    )
    options = _format(given)
    if options["null"] and null & set(turned):
        # What a value is would show in whether it becomes NULL.
        raise CopyError("FORCE_NULL of a masked column needs the empty string for NULL")
    default = given.get("default")
    return json.dumps(
        {
            **options,
            "default": None if default is None else str(default),
            "columns": [
                {"name": name, "force_not_null": name in not_null, "force_null": name in null}
                for name in columns
            ],
        }
    )


def _forced(given: OptionValue, columns: Sequence[str]) -> set[str]:
    """Read a list of columns, or `*`."""
    names = set(given) if isinstance(given, tuple) else {str(given)}
    return set(columns) if "*" in names else names


def _options(given: Mapping[str, OptionValue]) -> str:
    return json.dumps(_format(given))


def _format(given: Mapping[str, OptionValue]) -> dict[str, object]:
    name = str(given.get("format", "text")).lower()
    if name not in {"text", "csv", "binary"}:
        raise CopyError("the format of a COPY is not text, csv or binary")
    if str(given.get("encoding", "utf8")).lower() not in UTF8_NAMES:
        raise CopyError("only the encoding UTF8 is served where values are masked")
    csv = name == "csv"
    quote = str(given.get("quote", '"'))
    return {
        "format": name,
        "delimiter": _byte(str(given.get("delimiter", "," if csv else "\t"))),
        "null": str(given.get("null", "" if csv else "\\N")),
        "quote": _byte(quote),
        "escape": _byte(str(given.get("escape", quote))),
        "header": _is_on(given.get("header", False)),
    }


def _byte(text: str) -> int:
    encoded = text.encode()
    if len(encoded) != 1:
        raise CopyError("a delimiter, quote or escape of a COPY is not a single byte")
    return encoded[0]


def _is_on(value: object) -> bool:
    """Read a boolean option as PostgreSQL does."""
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text in {"true", "on", "1", "match"}:
        return True
    if text in {"false", "off", "0"}:
        return False
    raise CopyError("the option header of a COPY is not a boolean")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
