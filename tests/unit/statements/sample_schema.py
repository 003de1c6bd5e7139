"""A small schema as a catalog snapshot, built without a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scrim.domain.column import Column, ColumnOrigin, ResultField
from scrim.statements.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TEXT = 25
INT4 = 23

_TABLES: dict[tuple[str, str], tuple[str, ...]] = {
    ("public", "customers"): ("id", "email", "name", "city"),
    ("public", "orders"): ("id", "customer_id", "total"),
    ("public", "staff"): ("id", "email"),
    ("app", "people"): ("id", "phone"),
    ("app", "employees"): ("id", "phone", "salary"),
    ("app", "customers"): ("id", "code"),
    ("public", "ruled"): ("id", "a"),
    ("public", "computed"): ("id", "email", "short", "odd"),
    ("pg_catalog", "pg_class"): ("oid", "relname"),
    ("pg_catalog", "pg_stats"): ("tablename", "most_common_vals"),
    ("pg_catalog", "pg_settings"): ("name", "setting"),
}
_GENERATED = {"short": '"left"(email, 3)', "odd": "mystery(id)"}
_VIEWS: dict[tuple[str, str], tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]] = {
    ("public", "simple_view"): (
        ("id", "mail", "n"),
        "SELECT id, lower(email) AS mail, 1 AS n FROM customers;",
        (("public", "customers"),),
    ),
    ("public", "view_of_view"): (
        ("shown",),
        "SELECT simple_view.mail AS shown FROM simple_view;",
        (("public", "simple_view"),),
    ),
    ("app", "orders"): (
        ("id", "total"),
        "SELECT orders.id, orders.total FROM orders;",
        (("public", "orders"),),
    ),
    ("public", "row_view"): (
        ("id", "doc"),
        "SELECT id, row_to_json(c.*) AS doc FROM customers c;",
        (("public", "customers"),),
    ),
    ("public", "strange_view"): (
        ("id",),
        "SELECT mystery(id) AS id FROM customers;",
        (("public", "customers"),),
    ),
    ("public", "looping_view"): (
        ("id",),
        "SELECT id FROM looping_view;",
        (("public", "looping_view"),),
    ),
    ("public", "broken_view"): (("id",), "SELECT FROM WHERE;", ()),
}


def identifiers() -> dict[tuple[str, str], int]:
    """Return the identifier of each relation."""
    return {key: 20_000 + place for place, key in enumerate([*_TABLES, *_VIEWS])}


def sample_catalog(
    *,
    functions: Iterable[Sequence[str | None]] = (),
    operators: Iterable[Sequence[str | bool | None]] = (),
    casts: Iterable[Sequence[str | None]] = (),
) -> Catalog:
    """Return the catalog, with more functions, operators or casts."""
    return Catalog.from_json(
        json.dumps(sample_snapshot(functions=functions, operators=operators, casts=casts))
    )


def sample_snapshot(
    *,
    functions: Iterable[Sequence[str | None]] = (),
    operators: Iterable[Sequence[str | bool | None]] = (),
    casts: Iterable[Sequence[str | None]] = (),
) -> dict[str, Any]:
    """Return what the data store would send."""
    ids = identifiers()
    names: dict[tuple[str, str], tuple[str, ...]] = dict(_TABLES)
    names |= {key: view[0] for key, view in _VIEWS.items()}
    return {
        "version": 150000,
        "database": "shop",
        "relations": [
            [ids[key], *key, "v" if key in _VIEWS else "r", ids[key] + 5000, key[1] == "ruled"]
            for key in names
        ],
        "columns": [
            [
                ids[key],
                [
                    [place + 1, column, TEXT, -1, place == 0, "s" * (column in _GENERATED)]
                    for place, column in enumerate(columns)
                ],
            ]
            for key, columns in names.items()
        ],
        "types": [],
        "enums": None,
        "ranges": None,
        "inherits": [[ids["app", "employees"], ids["app", "people"]]],
        "views": [[ids[key], view[1]] for key, view in _VIEWS.items()],
        "view_relations": [
            [ids[key], ids[used]] for key, view in _VIEWS.items() for used in view[2]
        ],
        "generated": [
            [ids["public", "computed"], place, _GENERATED[column]]
            for place, column in enumerate(_TABLES["public", "computed"], 1)
            if column in _GENERATED
        ],
        "missing": None,
        "attributes": ["upper", "pg_read_file", "lo_get", "name"],
        "functions": [list(entry) for entry in functions],
        "operators": [list(entry) for entry in operators],
        "casts": [list(entry) for entry in casts],
    }


def untraced(count: int) -> list[ResultField]:
    """Return columns that the data store does not trace."""
    return [ResultField("?column?", 0, 0, TEXT, -1)] * count


def traced(schema: str, relation: str, number: int) -> ResultField:
    """Return a column that the data store traces to a relation's column."""
    return ResultField("x", identifiers()[schema, relation], number, TEXT, -1)


def spoken(origin: ColumnOrigin) -> str:
    """Return an origin in one line: columns without their schema, `?` when more is possible."""
    names = sorted(f"{column.relation}.{column.name}" for column in origin.columns)
    return " ".join([*names, *([] if origin.known else ["?"])])


def customer(name: str) -> Column:
    """Return a column of the customers."""
    return Column("public", "customers", name)
