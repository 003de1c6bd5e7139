"""Random expressions of a wanted type, or of whatever type a chain of functions leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.evasion.random_catalog import SIMPLE, Signature

if TYPE_CHECKING:
    import random

    from tests.evasion.random_catalog import Offer

LITERALS: Final = {
    "text": ("'x'", "'a b'", "'2'", "'simple'", "'UTF8'", "'hex'", "'[a-z]+'", "''", "'k'", "'g'"),
    "int4": ("1", "2", "3", "9", "0", "-1"),
    "int8": ("1::int8", "7::int8", "100000::int8"),
    "int2": ("1::int2",),
    "numeric": ("1.5", "10::numeric", "2"),
    "float8": ("0.5::float8", "2::float8"),
    "float4": ("0.5::float4",),
    "bool": ("true", "false"),
    "bytea": ("'\\x00ff'::bytea", "'k'::bytea"),
    "date": ("DATE '2020-02-29'",),
    "timestamp": ("TIMESTAMP '2020-02-29 01:02:03'",),
    "timestamptz": ("TIMESTAMPTZ '2020-02-29 01:02:03+00'",),
    "time": ("TIME '01:02'",),
    "interval": ("INTERVAL '1 day'", "INTERVAL '3 hours'"),
    "inet": ("'10.0.0.1'::inet",),
    "cidr": ("'10.0.0.0/8'::cidr",),
    "macaddr": ("'08:00:2b:01:02:03'::macaddr",),
    "json": ("'{\"k\": 1}'::json", "'[1, 2]'::json"),
    "jsonb": ("'{\"k\": 1}'::jsonb", "'[1, \"a\"]'::jsonb"),
    "jsonpath": ("'$.*'::jsonpath", "'$.**'::jsonpath", "'$[*]'::jsonpath", "'$'::jsonpath"),
    "xml": ("'<a>b</a>'::xml",),
    "uuid": ("'123e4567-e89b-12d3-a456-426614174000'::uuid",),
    "tsvector": ("'a b'::tsvector",),
    "tsquery": ("'a & b'::tsquery",),
    "hstore": ("'k=>v'::hstore",),
    "ltree": ("'a.b'::ltree",),
    "lquery": ("'*'::lquery",),
    "daterange": ("'[2020-01-01,2021-01-01)'::daterange",),
    "int8range": ("'[1,9)'::int8range", "'(,)'::int8range"),
    "int8multirange": ("'{[1,9)}'::int8multirange",),
    "datemultirange": ("'{(,)}'::datemultirange",),
    "_text": ("ARRAY['k', 'name']", "'{a,b}'::text[]"),
    "_int8": ("ARRAY[1, 2]::int8[]",),
    "_date": ("ARRAY[DATE '2020-01-01']",),
    "pair": ("ROW('a', 'b')::pair",),
    "mail": ("'a@b'::mail",),
    "point": ("point '(1,2)'",),
    "box": ("box '(1,2),(3,4)'",),
    "path": ("path '((1,2),(3,4))'",),
    "polygon": ("polygon '((1,2),(3,4))'",),
    "circle": ("circle '<(1,2),3>'",),
    "lseg": ("lseg '[(1,2),(3,4)]'",),
    "bit": ("B'1'::bit(1)",),
    "varbit": ("B'101'::varbit",),
    "money": ("'1.23'::money",),
    "oid": ("1::oid",),
    "regclass": ("'clean'::regclass",),
    "pg_lsn": ("'0/1'::pg_lsn",),
}
"""Constants by type."""

# Types whose values are texts that an implicit cast makes a text.
_TEXTS: Final = ("text", "varchar", "bpchar", "name", "citext", "mail")


@dataclass(slots=True)
class Scope:
    """The columns that an expression may use.

    Attributes:
        columns: Expressions that name a column, with their types.
        parent: The scope around it, of which it may use columns too.
        grouped: Whether only aggregates of the columns may stand.
    """

    columns: list[tuple[str, str]] = field(default_factory=list)
    parent: Scope | None = None

    def of_type(self, wanted: str) -> list[str]:
        """Return what has a type."""
        own = [name for name, type_name in self.columns if type_name == wanted]
        return own + ([] if self.parent is None else self.parent.of_type(wanted))

    def every(self) -> list[tuple[str, str]]:
        """Return all columns."""
        return self.columns + ([] if self.parent is None else self.parent.every())


class Expressions:
    """Makes expressions."""

    def __init__(self, offer: Offer, source: random.Random, *, careful: frozenset[str]) -> None:
        """Remember what there is.

        Args:
            offer: Functions, operators and casts.
            source: Makes a run repeatable.
            careful: Templates of what was seen to work; others are used now and then.
        """
        self._offer = offer
        self._random = source
        self._careful = careful

    def literal(self, wanted: str) -> str:
        """Return a constant."""
        found = LITERALS.get(wanted)
        if found is None:
            return f"'x'::{wanted}" if wanted in _TEXTS else f"NULL::{wanted}"
        return self._random.choice(found)

    def of_type(self, wanted: str, scope: Scope, depth: int) -> str:
        """Return an expression of a type.

        Args:
            wanted: The type.
            scope: What it may name.
            depth: How many functions it may nest.
        """
        choice = self._random.random()
        columns = scope.of_type(wanted)
        if depth > 0 and choice < 0.35:
            signatures = self._offer.by_result.get(wanted, [])
            found = self._pick(signatures)
            if found is not None:
                return self.call(found, scope, depth - 1)
        if columns and choice < 0.8:
            return self._random.choice(columns)
        if choice < 0.55 and wanted in _TEXTS:
            everything = scope.every()
            if everything:
                return f"({self._random.choice(everything)[0]})::{wanted}"
        return self.literal(wanted)

    def call(
        self, signature: Signature, scope: Scope, depth: int, given: tuple[str, str] | None = None
    ) -> str:
        """Return a call of a function, an operator or a special form.

        Args:
            signature: What is called.
            scope: What its arguments may name.
            depth: How many functions each argument may nest.
            given: An expression, with its type, that must be one of the arguments.
        """
        arguments = []
        for wanted in signature.arguments:
            if given is not None and wanted == given[1]:
                arguments.append(given[0])
                given = None
            else:
                arguments.append(self.of_type(wanted, scope, depth))
        return signature.template.format(*arguments)

    def chain(self, scope: Scope, length: int) -> tuple[str, str]:
        """Return a column with functions, operators and casts around it, and its type.

        Args:
            scope: What it may name.
            length: How many of them.
        """
        columns = scope.every()
        if not columns:
            return self.literal("text"), "text"
        expression, type_name = self._random.choice(columns)
        for _ in range(length):
            if self._random.random() < 0.3 and self._offer.casts.get(type_name):
                target = self._random.choice(self._offer.casts[type_name])
                expression, type_name = f"({expression})::{target}", target
                continue
            signature = self._pick(
                [
                    one
                    for one in self._offer.by_argument.get(type_name, ())
                    if one.kind == "function"
                ]
            )
            if signature is None:
                if type_name not in SIMPLE:
                    return f"({expression})::text", "text"
                break
            expression = self.call(signature, scope, 1, (expression, type_name))
            type_name = signature.result
        return expression, type_name

    def around(self, kind: str, scope: Scope) -> tuple[str, str]:
        """Return an aggregate, window or set function around a column, and its type.

        Args:
            kind: Which of them.
            scope: What it may name.
        """
        expression, type_name = self.chain(scope, self._random.choice((0, 0, 1)))
        signature = self._pick(
            [one for one in self._offer.by_argument.get(type_name, ()) if one.kind == kind]
        )
        if signature is None:
            text = f"({expression})::text"
            return {
                "aggregate": (f"max({text})", "text"),
                "window": (f"lag({text})", "text"),
                "set": (f"regexp_split_to_table({text}, ' ')", "text"),
            }[kind]
        return self.call(signature, scope, 0, (expression, type_name)), signature.result

    def _pick(self, signatures: list[Signature]) -> Signature | None:
        if not signatures:
            return None
        if self._random.random() < 0.93:
            working = [one for one in signatures if one.template in self._careful]
            if working:
                # Comparisons are many and tell little.
                telling = [one for one in working if one.result != "bool"]
                few = telling if telling and self._random.random() < 0.85 else working
                return self._random.choice(few)
        return self._random.choice(signatures)
