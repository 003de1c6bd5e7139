"""What a database offers to make expressions of: columns, functions, operators and casts by type.

Read from the catalogs of the server under test, so that a function that a new version brings is
tried without anybody adding it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.raw_client import RawClient

SIMPLE: Final = (
    "text", "varchar", "bpchar", "name", "citext", "int4", "int8", "numeric", "float8", "bool",
    "bytea", "date", "timestamp", "timestamptz", "interval", "inet", "cidr", "json", "jsonb",
    "jsonpath", "xml", "uuid", "tsvector", "tsquery", "hstore", "ltree", "lquery", "daterange",
    "int8range", "int8multirange", "datemultirange", "_text", "_int8", "pair", "mail", "point",
    "box", "path", "polygon", "circle", "lseg", "bit", "varbit", "money", "int2", "float4", "time",
    "oid", "regclass", "pg_lsn", "macaddr",
)  # fmt: skip
"""Types of which expressions are made, by their names in `pg_type`."""

_POLYMORPHIC: Final = {
    "anyelement", "anyarray", "anynonarray", "anycompatible", "anycompatiblearray", "any",
    "anycompatiblenonarray",
}  # fmt: skip

# What would stop the test or the server, fill its memory or answer otherwise each time. And what
# puts one value between others, since that says which of them is the first.
_LEFT_OUT: Final = frozenset(
    """
    pg_sleep pg_sleep_for pg_sleep_until pg_terminate_backend pg_cancel_backend pg_promote
    pg_reload_conf pg_rotate_logfile pg_switch_wal pg_create_restore_point lo_import lo_export
    lo_create lo_creat lo_from_bytea lo_unlink lo_put pg_file_write pg_advisory_lock
    pg_advisory_lock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared repeat gen_salt
    pg_log_backend_memory_contexts pg_wal_replay_pause pg_wal_replay_resume set_config setseed
    crypt pg_stat_reset pg_stat_reset_shared pg_stat_reset_slru array_fill
    gen_random_uuid random clock_timestamp timeofday statement_timestamp now transaction_timestamp
    pgp_sym_encrypt pgp_sym_encrypt_bytea pgp_pub_encrypt pgp_pub_encrypt_bytea gen_random_bytes
    pg_current_xact_id txid_current pg_backend_pid uuid_generate_v4 pg_relation_filepath
    pg_import_system_collations database_to_xml database_to_xmlschema schema_to_xml
    database_to_xml_and_xmlschema schema_to_xml_and_xmlschema brin_summarize_new_values
    gin_clean_pending_list pg_nextoid pg_stop_making_pinned_objects
    pg_replication_origin_create pg_create_physical_replication_slot pg_notify
    pg_stat_get_activity pg_stat_get_progress_info string_agg
    pg_create_logical_replication_slot pg_start_backup pg_stop_backup pg_backup_start pg_backup_stop
    """.split()  # noqa: SIM905 - a list that people read and extend
)


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to make a value of others.

    Attributes:
        template: SQL with a `{}` for each argument.
        arguments: Types of the arguments.
        result: Type of the result.
        kind: `function`, `set`, `aggregate` or `window`.
    """

    template: str
    arguments: tuple[str, ...]
    result: str
    kind: str = "function"


@dataclass(slots=True)
class Offer:
    """Everything to choose from.

    Attributes:
        relations: Columns and their types by relation.
        by_argument: Signatures by the type of an argument.
        by_result: Those of kind `function` by their result.
        casts: Types that a type can be cast to.
    """

    relations: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    by_argument: dict[str, list[Signature]] = field(default_factory=lambda: defaultdict(list))
    by_result: dict[str, list[Signature]] = field(default_factory=lambda: defaultdict(list))
    casts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, signature: Signature) -> None:
        """Keep a signature where it will be looked for."""
        for name in dict.fromkeys(signature.arguments):
            self.by_argument[name].append(signature)
        if signature.kind == "function":
            self.by_result[signature.result].append(signature)


def _text(cell: bytes | None) -> str:
    return "" if cell is None else cell.decode()


def _functions(client: RawClient) -> Iterable[Signature]:
    rows = client.query(
        "SELECT n.nspname, p.proname, p.prokind, p.proretset, r.typname,"
        " (SELECT string_agg(t.typname, ',' ORDER BY o) FROM unnest(p.proargtypes) WITH ORDINALITY"
        "  AS a (x, o) JOIN pg_type t ON t.oid = a.x), p.provariadic::int"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " JOIN pg_type r ON r.oid = p.prorettype WHERE p.pronargs BETWEEN 1 AND 4"
        " AND p.prokind IN ('f', 'a', 'w') AND p.proname NOT LIKE 'binary_upgrade%'"
        " AND p.proname NOT LIKE 'pg\\_stat\\_get\\_backend%'"
        " AND p.proname NOT LIKE '%\\_in' AND p.proname NOT LIKE 'pg\\_stat\\_reset%'"
        " AND n.nspname IN ('pg_catalog', 'public', 'sandbox')"
        " ORDER BY n.nspname, p.proname, p.oid::regprocedure::text"
    )
    for schema, name, kind, returns_set, result, arguments, variadic in rows:
        if _text(name) in _LEFT_OUT:
            continue
        qualified = f'{_text(schema)}."{_text(name)}"'
        plain = _text(name) if _text(schema) == "pg_catalog" and _text(name).isidentifier() else ""
        if plain in {"overlay", "position", "substring", "trim", "normalize", "xmlexists"}:
            plain = ""
        types = tuple(_text(arguments).split(","))
        how = {"f": "function", "a": "aggregate", "w": "window"}[_text(kind)]
        if _text(returns_set) == "t":
            how = "set"
        call = f"{plain or qualified}({', '.join(['{}'] * len(types))})"
        if _text(variadic) != "0" and types[-1] != "any":
            call = call.removesuffix("{})") + "VARIADIC {})"
        yield Signature(call, types, _text(result), how)


def _operators(client: RawClient) -> Iterable[Signature]:
    rows = client.query(
        "SELECT n.nspname, o.oprname, l.typname, r.typname, t.typname"
        " FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace"
        " LEFT JOIN pg_type l ON l.oid = o.oprleft JOIN pg_type r ON r.oid = o.oprright"
        " JOIN pg_type t ON t.oid = o.oprresult ORDER BY 1, 2, 3, 4"
    )
    for schema, name, left, right, result in rows:
        own = _text(schema) in {"pg_catalog", "public"}
        sign = _text(name) if own else f"OPERATOR({_text(schema)}.{_text(name)})"
        if left is None:
            yield Signature(f"({sign} {{}})", (_text(right),), _text(result))
        else:
            types = (_text(left), _text(right))
            yield Signature(f"({{}} {sign} {{}})", types, _text(result))


# What the grammar writes in its own way.
_SPECIAL: Final = (
    Signature("xmlelement(name a, {})", ("text",), "xml"),
    Signature("xmlelement(name a, xmlattributes({} AS b))", ("text",), "xml"),
    Signature("xmlforest({} AS a, {} AS b)", ("text", "text"), "xml"),
    Signature("xmlserialize(CONTENT {} AS text)", ("xml",), "text"),
    Signature("xmlparse(CONTENT {})", ("text",), "xml"),
    Signature("coalesce({}, {})", ("text", "text"), "text"),
    Signature("nullif({}, {})", ("text", "text"), "text"),
    Signature("greatest({}, {})", ("text", "text"), "text"),
    Signature("least({}, {})", ("text", "text"), "text"),
    Signature("CASE WHEN true THEN {} ELSE {} END", ("text", "text"), "text"),
    Signature("CASE {} WHEN 'x' THEN 'y' ELSE {} END", ("text", "text"), "text"),
    Signature("extract(epoch FROM {})", ("timestamptz",), "numeric"),
    Signature("extract(year FROM {})", ("date",), "numeric"),
    Signature("({} AT TIME ZONE 'UTC')", ("timestamptz",), "timestamp"),
    Signature("substring({} FROM 2 FOR 9)", ("text",), "text"),
    Signature("substring({} FROM '(.{{8}})')", ("text",), "text"),
    Signature("overlay({} PLACING {} FROM 2)", ("text", "text"), "text"),
    Signature("trim(BOTH 'x' FROM {})", ("text",), "text"),
    Signature("normalize({}, NFC)", ("text",), "text"),
    Signature('({} COLLATE "C")', ("text",), "text"),
    Signature("({})[1]", ("_text",), "text"),
    Signature("({})[1:2]", ("_text",), "_text"),
    Signature("ARRAY[{}, {}]", ("text", "text"), "_text"),
    Signature("ARRAY[{}]", ("int8",), "_int8"),
    Signature("ROW({}, {})::pair", ("text", "text"), "pair"),
    Signature("({}).contact", ("pair",), "text"),
    Signature("({}).label", ("pair",), "text"),
    Signature("({}).upper", ("text",), "text"),
    Signature("({})['k']", ("jsonb",), "jsonb"),
    Signature("({})::text", ("json",), "text"),
    Signature("jsonb_build_object('k', {})", ("text",), "jsonb"),
    Signature("jsonb_build_object({}, 1)", ("text",), "jsonb"),
    Signature("json_build_array({}, {})", ("text", "int8"), "json"),
    Signature("format('%s-%s', {}, {})", ("text", "text"), "text"),
    Signature("concat({}, {})", ("text", "int8"), "text"),
    Signature("concat_ws('-', {}, {})", ("text", "date"), "text"),
    Signature("percentile_disc(0.5) WITHIN GROUP (ORDER BY {})", ("text",), "text", "aggregate"),
    Signature("mode() WITHIN GROUP (ORDER BY {})", ("int8",), "int8", "aggregate"),
    Signature("string_agg({}, ',')", ("text",), "text", "aggregate"),
    Signature("string_agg({}, '\\x2c'::bytea)", ("bytea",), "bytea", "aggregate"),
    Signature("string_agg({}, ',' ORDER BY {})", ("text", "text"), "text", "aggregate"),
    Signature("array_agg(DISTINCT {})", ("text",), "_text", "aggregate"),
)


def _bound(signature: Signature) -> Iterable[Signature]:
    """Give a signature for several types in place of one for any."""
    names = {*signature.arguments, signature.result}
    if not names & _POLYMORPHIC:
        yield signature
        return
    for element in ("text", "int8", "date"):
        array = f"_{element}"
        meaning = {
            name: array if name.endswith("array") and "non" not in name else element
            for name in _POLYMORPHIC
        }
        arguments = tuple(meaning.get(name, name) for name in signature.arguments)
        result = meaning.get(signature.result, signature.result)
        yield Signature(signature.template, arguments, result, signature.kind)


def read_offer(client: RawClient, schemas: tuple[str, ...]) -> Offer:
    """Return what a database offers.

    Args:
        client: A connection to the database itself.
        schemas: Whose relations are used.
    """
    offer = Offer()
    listed = ", ".join(f"'{schema}'" for schema in schemas)
    rows = client.query(
        "SELECT n.nspname, c.relname, a.attname, t.typname FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" JOIN pg_type t ON t.oid = a.atttypid WHERE n.nspname IN ({listed})"
        " AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped"
        " ORDER BY n.nspname, c.relname, a.attnum"
    )
    for _schema, relation, column, type_name in rows:
        columns = offer.relations.setdefault(_text(relation), [])
        columns.append((_text(column), _text(type_name)))
    known = {*SIMPLE, "_date"}
    for source in (*_functions(client), *_operators(client), *_SPECIAL):
        for signature in _bound(source):
            if set(signature.arguments) <= known:
                offer.add(signature)
    casts = client.query(
        "SELECT s.typname, t.typname FROM pg_cast c JOIN pg_type s ON s.oid = c.castsource"
        " JOIN pg_type t ON t.oid = c.casttarget ORDER BY 1, 2"
    )
    for source_type, target in casts:
        if _text(source_type) != _text(target):
            offer.casts[_text(source_type)].append(_text(target))
    for name in SIMPLE:
        offer.casts[name] += ["text", "varchar"]
    return offer
