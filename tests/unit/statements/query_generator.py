"""Random queries over a small schema, for comparing what lineage says with what really flows.

Rows are chosen, joined and ordered by unprotected columns only, so that a protected value reaches a
result as part of a value or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

SCHEMA = """
CREATE SCHEMA {schema};
SET search_path = {schema};
CREATE TABLE customers (id int PRIMARY KEY, email text, city text, notes jsonb);
CREATE TABLE staff (id int PRIMARY KEY, phone text, city text,
    ending text GENERATED ALWAYS AS (substr(phone, 4)) STORED);
CREATE TABLE orders (id int PRIMARY KEY, customer int, total numeric);
CREATE TABLE managers (level int) INHERITS (staff);
INSERT INTO customers SELECT n, 'c' || n || '@{canary}', 'city' || n % 2,
    jsonb_build_object('code', '{canary}' || n, 'kind', 'k') FROM generate_series(1, 4) n;
INSERT INTO staff (id, phone, city)
    SELECT n, '{canary}-' || n, 'city' || n % 3 FROM generate_series(1, 3) n;
INSERT INTO managers (id, phone, city, level) VALUES (9, '{canary}-9', 'city9', 1);
INSERT INTO orders SELECT n, n % 4 + 1, n * 1.5 FROM generate_series(1, 5) n;
CREATE VIEW mails AS SELECT id, lower(email) AS mail, city FROM customers;
CREATE VIEW documents AS SELECT c.id, row_to_json(c) AS doc, c.city FROM customers c;
CREATE VIEW towns AS SELECT id, city FROM mails UNION ALL SELECT id, city FROM staff;
CREATE MATERIALIZED VIEW kept AS SELECT id, phone || city AS both FROM staff;
"""

PROTECTED = frozenset({"customers.email", "customers.notes", "staff.phone", "managers.phone"})
"""Other columns are made of these: what flows into them is for lineage to find out."""

RELATIONS = {
    "customers": ("id", "email", "city", "notes"),
    "staff": ("id", "phone", "city", "ending"),
    "orders": ("id", "customer", "total"),
    "managers": ("id", "phone", "city", "ending", "level"),
    "mails": ("id", "mail", "city"),
    "documents": ("id", "doc", "city"),
    "towns": ("id", "city"),
    "kept": ("id", "both"),
}


@dataclass
class Item:
    """Something in FROM: its alias and columns; every one has a column `id` of unprotected data."""

    alias: str
    columns: tuple[str, ...]


@dataclass
class Generator:
    """Makes queries from a source of randomness."""

    random: random.Random
    names: int = 0
    ctes: list[Item] = field(default_factory=list)

    def statement(self) -> str:
        """Return a whole statement."""
        self.names, self.ctes = 0, []
        return self.query(3, self.random.randint(1, 4))

    def alias(self) -> str:
        """Return a new name."""
        self.names += 1
        return f"a{self.names}"

    def query(self, depth: int, width: int, outer: tuple[Item, ...] = ()) -> str:
        """Return a query of `width` text columns after its column `id`."""
        prefix, known = "", len(self.ctes)
        if depth > 1 and self.random.random() < 0.25:
            prefix = self.with_clause(depth - 1)
        body = self.select(depth, width, outer)
        if depth > 1 and self.random.random() < 0.2:
            body = f"{body} UNION ALL {self.select(depth - 1, width, outer)}"
        del self.ctes[known:]
        return prefix + body

    def with_clause(self, depth: int) -> str:
        """Return a WITH clause; what it names is visible until its query ends."""
        name = self.alias()
        if self.random.random() < 0.3:
            start = self.select(depth, 1, ())
            self.ctes.append(Item(name, ("id", "v")))
            more = f"SELECT r.id + 10, r.v || x.city FROM {name} r, mails x WHERE r.id < 10"
            return f"WITH RECURSIVE {name} (id, v) AS ({start} UNION {more}) "
        inner = self.query(depth, 2)
        self.ctes.append(Item(name, ("id", "p", "q")))
        return f"WITH {name} (id, p, q) AS ({inner}) "

    def select(self, depth: int, width: int, outer: tuple[Item, ...]) -> str:
        """Return a SELECT."""
        text, items = self.source(depth)
        for _ in range(self.random.choice((0, 0, 1, 2))):
            other, more = self.source(depth - 1, tuple(items))
            join = self.random.choice(("JOIN", "LEFT JOIN"))
            text = f"{text} {join} {other} ON {items[0].alias}.id = {more[0].alias}.id"
            items += more
        scope = (*items, *outer)
        grouped = depth > 1 and self.random.random() < 0.15
        make = self.aggregate if grouped else self.expression
        first = f"min({items[0].alias}.id)" if grouped else f"{items[0].alias}.id"
        columns = [f"{first} AS id"]
        columns += [f"({make(depth, scope)})::text AS x{place}" for place in range(width)]
        where = f" WHERE {items[0].alias}.id < {self.random.randint(2, 6)}"
        return f"SELECT {', '.join(columns)} FROM {text}{where if width % 2 else ''}"

    def source(self, depth: int, before: tuple[Item, ...] = ()) -> tuple[str, list[Item]]:
        """Return an item of FROM."""
        alias = self.alias()
        choice = self.random.random()
        if depth > 1 and choice < 0.2:
            return f"({self.query(depth - 1, 2)}) {alias} (id, m, n)", [
                Item(alias, ("id", "m", "n"))
            ]
        if depth > 1 and choice < 0.3:
            inner = self.query(depth - 1, 1, before)
            return f"LATERAL ({inner}) {alias}", [Item(alias, ("id", "x0"))]
        if choice < 0.35 and before:
            value = self.column(before)
            function = f"LATERAL unnest(ARRAY[1, 2], ARRAY[{value}, 'k'])"
            return f"{function} AS {alias} (id, u)", [Item(alias, ("id", "u"))]
        if self.ctes and choice < 0.6:
            cte = self.random.choice(self.ctes)
            return f"{cte.alias} AS {alias}", [Item(alias, cte.columns)]
        name = self.random.choice(list(RELATIONS))
        columns = RELATIONS[name]
        if choice > 0.9:
            renamed = tuple(f"r{place}" if place else "id" for place in range(len(columns)))
            return f"{name} AS {alias} ({', '.join(renamed)})", [Item(alias, renamed)]
        return f"{name} {alias}", [Item(alias, columns)]

    def column(self, scope: tuple[Item, ...]) -> str:
        """Return a column as text."""
        item = self.random.choice(scope)
        return f"{item.alias}.{self.random.choice(item.columns)}::text"

    def row(self, scope: tuple[Item, ...]) -> str:
        """Return a whole row."""
        return self.random.choice(scope).alias

    def expression(self, depth: int, scope: tuple[Item, ...]) -> str:
        """Return an expression that gives text."""
        if depth <= 0 or self.random.random() < 0.3:
            return self.random.choice((self.column(scope), "'constant'", "1::text"))
        forms: list[Callable[[], str]] = [
            lambda: f"upper({self.expression(depth - 1, scope)})",
            lambda: f"({self.expression(depth - 1, scope)} || {self.column(scope)})",
            lambda: f"length({self.expression(depth - 1, scope)})::text",
            lambda: f"coalesce(NULL, {self.expression(depth - 1, scope)})",
            lambda: (
                f"CASE WHEN {scope[0].alias}.id > 2 THEN {self.expression(depth - 1, scope)} "
                f"ELSE {self.column(scope)} END"
            ),
            lambda: f"(ARRAY[{self.column(scope)}, {self.expression(depth - 1, scope)}])::text",
            lambda: f"(ARRAY[{self.column(scope)}, {self.column(scope)}])[1]",
            lambda: f"ROW({self.column(scope)}, {self.expression(depth - 1, scope)})::text",
            lambda: f"to_json({self.row(scope)})::text",
            lambda: f"{self.row(scope)}::text",
            lambda: f"ROW({self.row(scope)}.*)::text",
            lambda: f"format('%s %s', {self.column(scope)}, {self.expression(depth - 1, scope)})",
            lambda: f"json_build_object('k', {self.expression(depth - 1, scope)})::text",
            lambda: f"encode(convert_to({self.column(scope)}, 'UTF8'), 'hex')",
            lambda: f"(SELECT max(x0) FROM ({self.query(depth - 1, 1, scope)}) {self.alias()})",
            lambda: f"(ARRAY(SELECT x0 FROM ({self.query(depth - 1, 1, scope)}) q))::text",
            lambda: f"EXISTS ({self.query(depth - 1, 1, scope)})::text",
            lambda: f"(SELECT count(*) FROM ({self.query(depth - 1, 1, scope)}) {self.alias()})",
            lambda: f"lag({self.column(scope)}) OVER (ORDER BY {scope[0].alias}.id)",
            lambda: f"count({self.column(scope)}) OVER ()",
            lambda: f"md5({self.column(scope)})",
            lambda: f"overlay({self.column(scope)} PLACING 'x' FROM 1 FOR 1)",
            lambda: f"regexp_replace({self.column(scope)}, 'a', {self.column(scope)})",
            lambda: f"({self.column(scope)} IS NULL)",
            lambda: f"greatest({self.column(scope)}, {self.column(scope)})",
        ]  # fmt: skip
        return self.random.choice(forms)()

    def aggregate(self, depth: int, scope: tuple[Item, ...]) -> str:
        """Return an aggregate over all rows."""
        inner = self.expression(depth - 2, scope)
        row = self.row(scope)
        first = f"{scope[0].alias}.id"
        return self.random.choice(
            (
                "count(*)",
                f"count(DISTINCT {inner})",
                f"max({inner})",
                f"string_agg({inner}, ',' ORDER BY {first})",
                f"json_agg({row} ORDER BY {first})",
                f"array_agg({inner} ORDER BY {first})",
                f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {inner})",
                f"min({first}) FILTER (WHERE {first} > 1)",
            )
        )
