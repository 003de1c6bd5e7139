"""Which base columns flow into each column of a query, by the server's own analysis of it.

The query becomes a view. The server stores what it made of it, with every name resolved, and that
is followed here from each result column to the tables. What is only counted or tested for NULL does
not flow; neither does what only decides which rows there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.oracles.node_tree import Node, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg

Sources = frozenset[tuple[int, int]]
"""Identifiers of relations with numbers of columns."""

_NOTHING: Final[Sources] = frozenset()
_COUNTS: Final = frozenset({2147, 2803, 3100, 3101, 3102, 3103, 3104, 3986, 3988, 3990, 3992})
"""`count`, and functions of windows and ordered sets that give a place."""

_RELATED: Final = """
SELECT a.attrelid, a.attnum FROM pg_attribute a JOIN pg_attribute own USING (attname)
JOIN pg_inherits i ON a.attrelid IN (i.inhrelid, i.inhparent)
WHERE own.attrelid = %(relation)s AND own.attnum = %(number)s
  AND own.attrelid IN (i.inhrelid, i.inhparent)
UNION
SELECT d.refobjid, d.refobjsubid FROM pg_attrdef f
JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum AND a.attgenerated <> ''
WHERE f.adrelid = %(relation)s AND f.adnum = %(number)s AND d.refclassid = 'pg_class'::regclass
  AND d.refobjid = f.adrelid AND d.refobjsubid > 0
"""
"""The columns of that name in parents and children, and those that a column is computed from."""

_BODY: Final = """
SELECT format('CREATE FUNCTION pg_temp.analysed(%%s) RETURNS %%s BEGIN ATOMIC %%s; END',
              pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
              coalesce(substring(pg_get_functiondef(p.oid) FROM 'BEGIN ATOMIC(.*);\\s*END'),
                       p.prosrc))
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.oid = %(id)s AND l.lanname = 'sql'
"""
"""A function in SQL, defined once more so that the server keeps its body as analysed."""

_FIRST_OF_USERS: Final = 16384
_RELATION: Final = 0
_JOIN: Final = 2
_GROUP: Final = 9
_EXISTS: Final = 0
_EXCEPT: Final = 3
_ROUNDS: Final = 12


@dataclass(slots=True)
class Analysed:
    """Follows columns through analysed queries.

    Attributes:
        connection: The database, for the definitions of views.
    """

    connection: psycopg.Connection
    _views: dict[int, list[Sources] | None] = field(default_factory=dict)
    _functions: dict[int, list[Sources] | None] = field(default_factory=dict)
    _closed: dict[tuple[int, int], Sources] = field(default_factory=dict)
    _shared: dict[int, list[Sources]] = field(default_factory=dict)
    _open: dict[int, list[Sources]] = field(default_factory=dict)

    def of_query(self, sql: str, columns: int) -> list[Sources]:
        """Return what flows into each result column of a query.

        Args:
            sql: The query.
            columns: How many columns its result has.

        Raises:
            psycopg.Error: If the query cannot be a view.
        """
        names = ", ".join(f"c{place}" for place in range(columns))
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(f"CREATE TEMP VIEW analysed ({names}) AS {sql}".encode())
            row = self.connection.execute(
                "SELECT ev_action FROM pg_rewrite WHERE ev_class = 'analysed'::regclass"
            ).fetchone()
            assert row is not None
            return self.of_stored(row[0])

    def of_stored(self, text: str) -> list[Sources]:
        """Return what flows into each column of a stored query.

        Args:
            text: The text of `pg_rewrite.ev_action`.
        """
        actions = parse(text)
        assert isinstance(actions, list)
        (query,) = actions
        assert isinstance(query, Node)
        return self.of_tree(query)

    def of_tree(self, query: Node) -> list[Sources]:
        """Return what flows into each column of an analysed query."""
        self._shared.clear()
        return self._outputs(query, ())

    def _outputs(self, query: Node, around: tuple[Node, ...]) -> list[Sources]:
        stack = (*around, query)
        operations = query.node("setOperations")
        if operations is not None:
            return self._operation(operations, stack)
        return [
            self._flow(target.node("expr"), stack)
            for target in query.nodes("targetList")
            if not target.flag("resjunk")
        ]

    def _operation(self, node: Node, stack: tuple[Node, ...]) -> list[Sources]:
        if node.kind == "RANGETBLREF":
            entry = stack[-1].nodes("rtable")[node.number("rtindex") - 1]
            subquery = entry.node("subquery")
            assert subquery is not None
            return self._outputs(subquery, stack)
        left, right = node.node("larg"), node.node("rarg")
        assert left is not None
        assert right is not None
        first = self._operation(left, stack)
        if node.number("op") == _EXCEPT:
            return first
        second = self._operation(right, stack)
        return [one | other for one, other in zip(first, second, strict=True)]

    def _flow(self, value: object, stack: tuple[Node, ...]) -> Sources:
        if isinstance(value, list):
            return _union(self._flow(item, stack) for item in value)
        if not isinstance(value, Node) or value.kind == "GROUPINGFUNC":
            return _NOTHING
        special = {
            "VAR": self._variable,
            "AGGREF": self._aggregate,
            "WINDOWFUNC": self._window,
            "NULLTEST": self._null_test,
            "SUBLINK": self._sublink,
            "FIELDSELECT": self._field,
            "FUNCEXPR": self._call,
        }.get(value.kind)
        if special is not None:
            return special(value, stack)
        if value.kind == "TARGETENTRY":
            return self._flow(value.fields.get("expr"), stack)
        return _union(self._flow(part, stack) for part in value.below())

    def _variable(self, node: Node, stack: tuple[Node, ...]) -> Sources:
        level = stack[: len(stack) - node.number("varlevelsup")]
        entry = level[-1].nodes("rtable")[node.number("varno") - 1]
        return self._entry(entry, node.number("varattno"), level)

    def _window(self, node: Node, stack: tuple[Node, ...]) -> Sources:
        counts = node.number("winfnoid") in _COUNTS
        return _NOTHING if counts else self._flow(node.fields.get("args"), stack)

    def _null_test(self, node: Node, stack: tuple[Node, ...]) -> Sources:
        tested = node.node("arg")
        if tested is not None and tested.kind == "VAR":
            return _NOTHING
        return self._flow(tested, stack)

    def _sublink(self, node: Node, stack: tuple[Node, ...]) -> Sources:
        inner = node.node("subselect")
        if node.number("subLinkType") == _EXISTS or inner is None:
            return _NOTHING
        test = self._flow(node.fields.get("testexpr"), stack)
        return test | _union(self._outputs(inner, stack))

    def _call(self, node: Node, stack: tuple[Node, ...]) -> Sources:
        given = self._flow(node.fields.get("args"), stack)
        return given | _union(self._body(node.number("funcid")) or [])

    def _body(self, function: int) -> list[Sources] | None:
        """Return what flows into each column of a function in SQL from its own body."""
        if function < _FIRST_OF_USERS:
            return None
        if function not in self._functions:
            self._functions[function] = None
            row = self.connection.execute(_BODY, {"id": function}).fetchone()
            if row is not None:
                self._functions[function] = self._of_body(row[0])
        return self._functions[function]

    def _of_body(self, definition: str) -> list[Sources]:
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(definition.encode())
            row = self.connection.execute(
                "SELECT prosqlbody::text FROM pg_proc WHERE proname = 'analysed'"
            ).fetchone()
        assert row is not None
        last = parse(row[0])
        while isinstance(last, list):
            last = last[-1]
        assert isinstance(last, Node)
        return Analysed(self.connection).of_tree(last)

    def _aggregate(self, node: Node, stack: tuple[Node, ...]) -> Sources:
        if node.number("aggfnoid") in _COUNTS:
            return _NOTHING
        # What is only sorted by stands among the arguments, but for ordered-set aggregates.
        sorted_by_is_value = node.text("aggkind") in {"o", "h"}
        arguments = [
            argument
            for argument in node.nodes("args")
            if sorted_by_is_value or not argument.flag("resjunk")
        ]
        return self._flow([*arguments, *node.items("aggdirectargs")], stack)

    def _field(self, node: Node, stack: tuple[Node, ...]) -> Sources:
        row = node.node("arg")
        number = node.number("fieldnum")
        if row is not None and row.kind == "VAR" and row.number("varattno") == 0:
            level = stack[: len(stack) - row.number("varlevelsup")]
            entry = level[-1].nodes("rtable")[row.number("varno") - 1]
            return self._entry(entry, number, level)
        if row is not None and row.kind == "ROWEXPR":
            return self._flow(row.items("args")[number - 1], stack)
        return self._flow(row, stack)

    def _entry(self, entry: Node, number: int, stack: tuple[Node, ...]) -> Sources:
        if number < 0:
            return _NOTHING
        kind = entry.number("rtekind")
        if kind == _RELATION:
            return self._relation(entry.number("relid"), number)
        if kind == _JOIN and number > 0:
            return self._flow(entry.items("joinaliasvars")[number - 1], stack)
        if kind == _GROUP:
            return self._flow(entry.items("groupexprs")[number - 1], stack)
        columns = self._columns(entry, kind, stack)
        if number == 0:
            return _union(columns)
        return columns[number - 1] if number <= len(columns) else _NOTHING

    def _columns(  # noqa: PLR0911 - one for each kind of entry
        self, entry: Node, kind: int, stack: tuple[Node, ...]
    ) -> list[Sources]:
        match kind:
            case 1:
                subquery = entry.node("subquery")
                assert subquery is not None
                return self._outputs(subquery, stack)
            case 2:
                return [self._flow(item, stack) for item in entry.items("joinaliasvars")]
            case 3:
                return self._functions_of(entry, stack)
            case 4:
                return self._table_function(entry, stack)
            case 5:
                rows = [row for row in entry.items("values_lists") if isinstance(row, list)]
                return [self._flow(list(column), stack) for column in zip(*rows, strict=True)]
            case 6:
                level = stack[: len(stack) - entry.number("ctelevelsup")]
                return self._cte(entry.text("ctename"), level)
            case _:
                return []

    def _functions_of(self, entry: Node, stack: tuple[Node, ...]) -> list[Sources]:
        columns: list[Sources] = []
        for function in entry.nodes("functions"):
            count = function.number("funccolcount")
            call = function.node("funcexpr")
            assert call is not None
            body = self._body(call.number("funcid")) if call.kind == "FUNCEXPR" else None
            if body is not None and len(body) == count:
                given = self._flow(call.fields.get("args"), stack)
                columns += [given | one for one in body]
            else:
                columns += [self._flow(call, stack)] * count
        return columns

    def _table_function(self, entry: Node, stack: tuple[Node, ...]) -> list[Sources]:
        function = entry.node("tablefunc")
        assert function is not None
        shared = _union(
            self._flow(function.fields.get(part), stack)
            for part in ("ns_uris", "docexpr", "rowexpr", "passingvalexprs")
        )
        columns = []
        for place in range(len(function.items("colnames"))):
            parts = [
                function.items(part)[place]
                for part in ("colexprs", "coldefexprs", "colvalexprs")
                if place < len(function.items(part))
            ]
            columns.append(shared | self._flow(parts, stack))
        return columns

    def _cte(self, name: str, stack: tuple[Node, ...]) -> list[Sources]:
        found = [cte for cte in stack[-1].nodes("cteList") if cte.text("ctename") == name]
        (cte,) = found
        key = id(cte)
        if key in self._shared:
            return self._shared[key]
        if key in self._open:
            return self._open[key]
        query = cte.node("ctequery")
        assert query is not None
        width = len([t for t in query.nodes("targetList") if not t.flag("resjunk")])
        current: list[Sources] = [_NOTHING] * width
        for _ in range(_ROUNDS):
            self._open[key] = current
            following = _with_marks(self._outputs(query, stack), cte)
            if following == current:
                break
            current = following
        del self._open[key]
        if not self._open:
            self._shared[key] = current
        return current

    def _relation(self, relation: int, number: int) -> Sources:
        view = self._view(relation)
        if view is not None:
            return _union(view) if number == 0 else view[number - 1]
        if number:
            return self._column(relation, number)
        row = self.connection.execute(
            "SELECT relnatts FROM pg_class WHERE oid = %s", (relation,)
        ).fetchone()
        assert row is not None
        return _union(self._column(relation, place + 1) for place in range(row[0]))

    def _column(self, relation: int, number: int) -> Sources:
        """Return a column, with those of its table's family and what it is computed from."""
        key = (relation, number)
        if key not in self._closed:
            self._closed[key] = frozenset({key})
            rows = self.connection.execute(_RELATED, {"relation": relation, "number": number})
            self._closed[key] |= _union(self._column(*row) for row in rows.fetchall())
        return self._closed[key]

    def _view(self, relation: int) -> list[Sources] | None:
        if relation not in self._views:
            row = self.connection.execute(
                "SELECT ev_action FROM pg_rewrite WHERE ev_class = %s AND rulename = '_RETURN'",
                (relation,),
            ).fetchone()
            self._views[relation] = (
                None if row is None else Analysed(self.connection).of_stored(row[0])
            )
        return self._views[relation]


def _union(parts: Iterable[Sources]) -> Sources:
    return frozenset[tuple[int, int]]().union(*parts)


def _with_marks(columns: Sequence[Sources], cte: Node) -> list[Sources]:
    """Add the columns that `SEARCH` and `CYCLE` make of the others."""
    names = [str(name) for name in cte.items("ctecolnames")]
    found = list(columns)
    for clause, part in (("search_clause", "search_col_list"), ("cycle_clause", "cycle_col_list")):
        node = cte.node(clause)
        if node is not None:
            made_of = _union(found[names.index(str(name))] for name in node.items(part))
            found += [_NOTHING, made_of] if clause == "cycle_clause" else [made_of]
    return found
