# ruff: noqa: E501 - a statement is read best in one line
"""Random statements over the schema of `vault`, well-formed and typed so that most of them run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.evasion.random_expressions import Expressions, Scope

if TYPE_CHECKING:
    import random

    from tests.evasion.random_catalog import Offer

# More of what is protected than of what is not.
RELATIONS: Final = (
    "people", "people", "people", "letters", "letters", "series", "clean", "faces", "faces_twice",
    "kept", "turned", "turned_once", "parent", "child", "parts", "aged", "harmless", "holder",
)  # fmt: skip
_REORDERING: Final = ("GROUP BY", "DISTINCT", "UNION", "EXCEPT", "INTERSECT")
_TARGETS: Final = (1, 1, 2, 2, 3, 4)
_COMPARED: Final = ("text", "int8", "date", "int4", "numeric")


@dataclass(frozen=True, slots=True)
class Select:
    """A query, and what its result has.

    Attributes:
        sql: The query.
        columns: Names and types of the columns of its result.
    """

    sql: str
    columns: list[tuple[str, str]]


class Queries:
    """Makes statements."""

    def __init__(
        self, offer: Offer, source: random.Random, *, careful: frozenset[str], open_ended: bool
    ) -> None:
        """Remember what there is.

        Args:
            offer: Relations, functions, operators and casts.
            source: Makes a run repeatable.
            careful: Templates of what was seen to work.
            open_ended: Whether values may decide which rows come and in which order. What is then
                seen of other columns tells of them, which no mask can stop.
        """
        self._offer = offer
        self._random = source
        self._open_ended = open_ended
        self._expressions = Expressions(offer, source, careful=careful)
        self._names = 0
        self._set_calls: list[str] = []

    def statement(self) -> str:
        """Return one statement that returns rows."""
        self._names = 0
        self._set_calls.clear()
        choice = self._random.random()
        if choice < 0.06:
            return self._changing()
        if choice < 0.10:
            return f"EXPLAIN {self._options()} {self.query(2).sql}"
        if choice < 0.14:
            found = self.query(2)
            return f"SELECT {self._random.choice(('q', 'to_json(q)', 'q::text', 'row(q.*)'))} FROM ({found.sql}) q"
        return self.query(2).sql

    def query(
        self, depth: int, outer: Scope | None = None, ctes: dict[str, Select] | None = None
    ) -> Select:
        """Return a query.

        Args:
            depth: How many levels of subqueries it may have.
            outer: The columns of the query around it.
            ctes: The table expressions that it may name.
        """
        choice = self._random.random()
        visible = dict(ctes or {})
        if depth > 0 and choice < 0.12:
            return self._set_operation(depth - 1, outer, visible)
        if depth > 0 and choice < 0.24:
            return self._with(depth - 1, outer, visible)
        if depth > 0 and choice < 0.27:
            return self._values(depth - 1, outer)
        return self._select(depth, outer, visible)

    def _select(self, depth: int, outer: Scope | None, ctes: dict[str, Select]) -> Select:
        scope = Scope(parent=outer)
        sources, rows = self._from(depth, scope, ctes)
        grouped = self._random.random() < 0.15
        targets, columns = self._targets(depth, scope, rows, grouped=grouped)
        distinct = "DISTINCT " if self._random.random() < 0.04 else ""
        sql = f"SELECT {distinct}{', '.join(targets)} FROM {sources}"
        sql += self._where(depth, scope)
        if grouped:
            sql += self._group(scope)
        elif self._open_ended and self._random.random() < 0.1:
            sql += f" ORDER BY {self._random.randint(1, len(targets))}"
        if self._may_limit(sql, *(cte.sql for cte in ctes.values())):
            sql += f" LIMIT {self._random.choice((2, 5, 20))}"
        return Select(sql, columns)

    def _may_limit(self, *texts: str) -> bool:
        """Say whether a limit leaves the same rows of some queries out, whatever the values are.

        Hashes of values decide in which order groups come, and values how many rows a function gives.
        """
        deciding = (*_REORDERING, *self._set_calls)
        return self._open_ended or not any(word in text for word in deciding for text in texts)

    def _may_be_empty(self, sql: str) -> bool:
        """Say whether values may decide that a source has no rows, in a query where none should."""
        return not self._open_ended and any(call in sql for call in self._set_calls)

    def _set(self, scope: Scope) -> tuple[str, str]:
        call, type_name = self._expressions.around("set", scope)
        self._set_calls.append(call)
        return call, type_name

    def _targets(
        self, depth: int, scope: Scope, rows: list[str], *, grouped: bool
    ) -> tuple[list[str], list[tuple[str, str]]]:
        targets, columns = [], []
        if not grouped and rows and self._random.random() < 0.06:
            targets.append(
                self._random.choice(("{}.*", "{}", "({}).*", "ROW({}.*)")).format(
                    self._random.choice(rows)
                )
            )
            columns.append(("", "record"))
        for _ in range(self._random.choice(_TARGETS)):
            expression, type_name = self._target(depth, scope, grouped=grouped)
            name = self._name()
            if not self._open_ended and expression in self._set_calls:
                # What stands beside it comes as often as it has rows.
                return [f"{expression} AS {name}"], [(name, type_name)]
            targets.append(f"{expression} AS {name}")
            columns.append((name, type_name))
        if columns[0][1] == "record":
            # The names of what a star stands for are not known; the others can be used.
            columns = columns[1:]
        return targets, columns

    def _target(self, depth: int, scope: Scope, *, grouped: bool) -> tuple[str, str]:
        choice = self._random.random()
        if grouped:
            if choice < 0.2 and scope.columns:
                return self._random.choice(self._keys(scope))
            call, type_name = self._expressions.around("aggregate", scope)
            if choice > 0.9:
                call += " FILTER (WHERE true)"
            return call, type_name
        if choice < 0.10:
            call, type_name = self._expressions.around("window", scope)
            return (
                f"{call} OVER ({self._random.choice(('', 'ORDER BY 1', 'PARTITION BY 1'))})",
                type_name,
            )
        if choice < 0.18:
            return self._set(scope)
        if choice < 0.26 and depth > 0:
            return self._subquery(depth - 1, scope)
        return self._expressions.chain(scope, self._random.choice((0, 1, 1, 2, 2, 3)))

    def _subquery(self, depth: int, scope: Scope) -> tuple[str, str]:
        found = self.query(depth, scope)
        if not found.columns:
            return f"EXISTS ({found.sql})", "bool"
        name, type_name = found.columns[0]
        form = self._random.random()
        if form < 0.4 and self._may_limit(found.sql):
            return f"(SELECT {name} FROM ({found.sql}) s LIMIT 1)", type_name
        if form < 0.7:
            return f"ARRAY(SELECT {name}::text FROM ({found.sql}) s)", "_text"
        if form < 0.9 or not self._may_limit(found.sql):
            return f"(SELECT string_agg({name}::text, ',') FROM ({found.sql}) s)", "text"
        return f"(SELECT to_jsonb(s) FROM ({found.sql}) s LIMIT 1)", "jsonb"

    def _from(self, depth: int, scope: Scope, ctes: dict[str, Select]) -> tuple[str, list[str]]:
        first, alias = self._source(depth, scope, ctes, lateral=False)
        rows = [alias]
        sql = first
        while self._random.random() < 0.28 and len(rows) < 3 and not self._may_be_empty(first):
            joined, alias = self._source(depth, scope, ctes, lateral=True)
            kind = self._random.choice((",", "CROSS JOIN", "JOIN", "LEFT JOIN"))
            if self._may_be_empty(joined):
                kind = "LEFT JOIN"
            condition = " ON true" if kind in {"JOIN", "LEFT JOIN"} else ""
            sql += f"{kind if kind == ',' else ' ' + kind} {joined}{condition}"
            rows.append(alias)
        return sql, rows

    def _source(
        self, depth: int, scope: Scope, ctes: dict[str, Select], *, lateral: bool
    ) -> tuple[str, str]:
        alias = self._name()
        choice = self._random.random()
        if ctes and choice < 0.4:
            name = self._random.choice(sorted(ctes))
            scope.columns += [(f"{alias}.{column}", kind) for column, kind in ctes[name].columns]
            return f"{name} AS {alias}", alias
        if depth > 0 and choice < 0.2:
            inner = self.query(depth - 1, scope if lateral else scope.parent, ctes)
            columns = [(self._name(), kind) for _, kind in inner.columns]
            listed = ", ".join(name for name, _ in columns)
            known = inner.columns and "record" not in {kind for _, kind in inner.columns}
            renamed = (
                f" ({listed})"
                if known and "*" not in inner.sql and self._random.random() < 0.5
                else ""
            )
            scope.columns += [
                (f"{alias}.{name}", kind) for name, kind in (columns if renamed else inner.columns)
            ]
            return f"{'LATERAL ' if lateral else ''}({inner.sql}) AS {alias}{renamed}", alias
        if choice < 0.3 and lateral and scope.columns:
            call, kind = self._set(scope)
            if "VARIADIC" not in call and call.endswith(")") and "(" in call:
                # Some functions return several columns, so that the row is what can be named.
                scope.columns.append((f"{alias}::text", "text"))
                return f"LATERAL {call} AS {alias}", alias
            scope.columns.append((f"{alias}.{alias}", kind))
        if choice < 0.34:
            return self._joined(scope, alias), alias
        return self._relation(scope, alias), alias

    def _relation(self, scope: Scope, alias: str) -> str:
        relation = self._random.choice(RELATIONS)
        columns = self._offer.relations[relation]
        sampled = ""
        if relation in {"people", "letters", "series"} and self._random.random() < 0.05:
            sampled = " TABLESAMPLE BERNOULLI (100)"
        if self._random.random() < 0.1:
            names = [(self._name(), kind) for _, kind in columns[:4]]
            scope.columns += [(f"{alias}.{name}", kind) for name, kind in names]
            return f"{relation} AS {alias} ({', '.join(name for name, _ in names)}){sampled}"
        only = "ONLY " if relation in {"parent", "people"} and self._random.random() < 0.1 else ""
        scope.columns += [(f"{alias}.{name}", kind) for name, kind in columns]
        if self._random.random() < 0.05:
            scope.columns.append((f"{alias}::text", "text"))
            scope.columns.append((f"to_jsonb({alias})", "jsonb"))
        return f"{only}{relation} AS {alias}{sampled}"

    def _joined(self, scope: Scope, alias: str) -> str:
        form, names = self._random.choice(
            (
                ("(people JOIN series USING (id)) AS {}", ("label", "email")),
                ("(people NATURAL JOIN faces) AS {}", ("story", "email", "face")),
                ("(series FULL JOIN aged USING (id)) AS {}", ("label", "tier")),
                ("(people LEFT JOIN letters USING (id)) AS {}", ("body", "notes")),
                ("(VALUES ((SELECT max(remarks) FROM people), 'x')) AS {} (remarks, label)", ("remarks", "label")),
                ("json_to_recordset((SELECT json_agg(p) FROM people p WHERE id < 3)) AS {} (email text, remarks text)", ("email", "remarks")),
                ("unnest((SELECT emails FROM people WHERE id = 1)) WITH ORDINALITY AS {} (email, n)", ("email", "n::text")),
                ("ROWS FROM (unnest((SELECT emails FROM people WHERE id = 1)), generate_series(1, 2)) AS {} (email, n)", ("email",)),
                ("XMLTABLE('/p' PASSING (SELECT doc FROM people WHERE id = 1) COLUMNS mail text PATH '@mail', name text PATH 'name') AS {}", ("mail", "name")),
            )
        )  # fmt: skip
        scope.columns += [(f"{alias}.{name}", "text") for name in names]
        return form.format(alias)

    def _where(self, depth: int, scope: Scope) -> str:
        choice = self._random.random()
        if choice < 0.7:
            return ""
        if not self._open_ended or choice < 0.8:
            identifiers = scope.of_type("int4")
            return (
                f" WHERE {self._random.choice(identifiers)} < 200" if identifiers else " WHERE true"
            )
        if choice < 0.85 and depth > 0:
            found = self.query(depth - 1, scope)
            return f" WHERE EXISTS ({found.sql})"
        return f" WHERE {self._expressions.of_type('bool', scope, 1)} IS NOT NULL"

    def _keys(self, scope: Scope) -> list[tuple[str, str]]:
        kinds = {"text", "int4", "int8", "date", "numeric", "varchar", "citext", "uuid"}
        keys = [column for column in scope.columns if column[1] in kinds]
        return keys[:3] or [("1", "int4")]

    def _group(self, scope: Scope) -> str:
        keys = [name for name, _ in self._keys(scope)]
        if keys == ["1"]:
            return ""
        listed = ", ".join(keys)
        form = self._random.choice(("{}", "ROLLUP ({})", "CUBE ({})", "GROUPING SETS (({}), ())"))
        return f" GROUP BY {form.format(listed)}"

    def _set_operation(self, depth: int, outer: Scope | None, ctes: dict[str, Select]) -> Select:
        sides = [self.query(depth, outer, ctes) for _ in range(2)]
        count = min(len(side.columns) for side in sides)
        if count == 0:
            return sides[0]
        texts = []
        for side in sides:
            listed = ", ".join(f"{name}::text" for name, _ in side.columns[:count])
            texts.append(f"(SELECT {listed} FROM ({side.sql}) {self._name()})")
        names = [(self._name(), "text") for _ in range(count)]
        operation = self._random.choice(("UNION", "UNION ALL", "EXCEPT", "EXCEPT ALL", "INTERSECT"))
        alias = self._name()
        renamed = ", ".join(name for name, _ in names)
        sql = f"SELECT * FROM ({texts[0]} {operation} {texts[1]}) AS {alias} ({renamed})"
        return Select(sql, names)

    def _with(self, depth: int, outer: Scope | None, ctes: dict[str, Select]) -> Select:
        name = self._random.choice((self._name(), "clean", "series"))
        choice = self._random.random()
        if choice < 0.2:
            column = self._name()
            definition = (
                f"WITH RECURSIVE {name} (n, {column}) AS (SELECT 1, {{}} UNION ALL"
                f" SELECT n + 1, {column} || '' FROM {name} WHERE n < 2)"
            )
            value = "(SELECT max(remarks) FROM people WHERE id < 3)"
            columns = [("n", "int4"), (column, "text")]
            body, end = (
                self._select(0, outer, {**ctes, name: Select("", columns)}),
                definition.format(value),
            )
            return Select(f"{end} {body.sql}", body.columns)
        found = self.query(depth, outer, ctes)
        if choice < 0.3 and outer is None and depth > 0:
            found = Select(
                "UPDATE people SET id = id WHERE id = 1 RETURNING remarks, email, big",
                [("remarks", "text"), ("email", "text"), ("big", "int8")],
            )
        materialized = self._random.choice(("", "MATERIALIZED ", "NOT MATERIALIZED "))
        if "UPDATE" in found.sql:
            materialized = ""
        body = self._select(depth, outer, {**ctes, name: found})
        if "UPDATE people" in found.sql and outer is not None:
            return found
        return Select(f"WITH {name} AS {materialized}({found.sql}) {body.sql}", body.columns)

    def _values(self, depth: int, outer: Scope | None) -> Select:
        cells = []
        for _ in range(self._random.randint(1, 3)):
            found = self.query(depth, outer)
            if found.columns:
                name = found.columns[0][0]
                one = "{}::text" if self._may_limit(found.sql) else "string_agg({}::text, ',')"
                cells.append(f"(SELECT {one.format(name)} FROM ({found.sql}) v LIMIT 1)")
            else:
                cells.append("NULL::text")
        names = [(f"column{place + 1}", "text") for place in range(len(cells))]
        return Select(f"VALUES ({', '.join(cells)})", names)

    def _changing(self) -> str:
        scope = Scope(columns=[(name, kind) for name, kind in self._offer.relations["people"]])
        returned = ", ".join(
            f"{self._expressions.chain(scope, self._random.choice((0, 1, 2)))[0]} AS {self._name()}"
            for _ in range(self._random.choice(_TARGETS))
        )
        form = self._random.choice(
            (
                "UPDATE people SET id = id WHERE id < 3 RETURNING {}",
                "UPDATE people SET id = id + 1000 RETURNING {}, people",
                "DELETE FROM people WHERE id > 1 RETURNING {}",
                "INSERT INTO people (id) VALUES (900) RETURNING {}",
                "INSERT INTO people (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = people.id RETURNING {}",
                "UPDATE clean SET word = 'x' FROM people WHERE people.id = clean.id RETURNING people.remarks || '', people",
                "DELETE FROM series USING people WHERE people.id = series.id RETURNING series.*, people.email || 'x'",
            )
        )
        return form.format(returned)

    def _options(self) -> str:
        # Times and estimates differ by themselves.
        offered = ("ANALYZE", "VERBOSE", "COSTS OFF") if self._open_ended else ("VERBOSE",)
        chosen = [name for name in offered if self._random.random() < 0.6]
        if not self._open_ended:
            chosen.append("COSTS OFF")
        form = self._random.choice(("TEXT", "JSON", "XML", "YAML"))
        return f"({', '.join([*chosen, f'FORMAT {form}'])})"

    def _name(self) -> str:
        self._names += 1
        return f"n{self._names}"
