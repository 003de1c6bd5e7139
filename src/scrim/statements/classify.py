"""Which permissions a statement needs, and what only raw access may do.

`demands` is what policy is asked. `refusal` is independent of policy: it closes the ways around the
mask for principals that do not see everything raw.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scrim.domain.decision import Refusal
from scrim.statements.catalog import Catalog
from scrim.statements.facts import Facts, FunctionUse, Name
from scrim.statements.functions import is_pure
from scrim.statements.refused_functions import COLUMNS_REFUSED, COLUMNS_SELECTED, refusal_reason
from scrim.statements.system_relations import is_system

_NOT_ALLOWED: Final = "42501"
_NOT_SUPPORTED: Final = "0A000"

_RELATION_ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "select": ("select",),
    "lock": ("select",),
    "insert": ("insert",),
    "update": ("update",),
    "delete": ("delete",),
    "truncate": ("delete",),
    "merge": (),
    "create": ("ddl",),
    "reference": ("ddl",),
    "ddl": ("ddl",),
}
"""Actions on a relation by what is done with it; MERGE names its changes one by one."""

_STATEMENT_ACTIONS: Final[Mapping[str, str]] = {
    "admin": "admin",
    "call": "call",
    "copy_in": "copy",
    "copy_out": "copy",
    "create_function": "ddl",
    "create_table_as": "ddl",
    "create_view": "ddl",
    "ddl": "ddl",
    "do": "admin",
    "refresh": "ddl",
}
"""Actions on the connection by operation; what is not here needs none."""

_SETTINGS_OF_IDENTITY: Final = frozenset({"role", "session_authorization"})
_PINNED_SETTINGS: Final[Mapping[str, frozenset[str]]] = {
    "standard_conforming_strings": frozenset({"on", "true", "1", "yes"}),
    "client_encoding": frozenset({"utf8", "utf-8", "unicode"}),
    "session_replication_role": frozenset({"origin"}),
    # Fewer digits would show which numbers begin alike.
    "extra_float_digits": frozenset({"0", "1", "2", "3"}),
}
"""Settings that change what a statement or a result means, with the values that do not."""

_SECRET_SETTINGS: Final = frozenset(
    {"primary_conninfo", "ssl_passphrase_command", "archive_command", "restore_command"}
)

_CODE_STATEMENTS: Final[Mapping[str, str]] = {
    "DoStmt": "DO runs code that cannot be checked",
    "CreateFunctionStmt": "functions and procedures can read what is masked",
    "AlterFunctionStmt": "functions and procedures can read what is masked",
    "CreateTrigStmt": "triggers can copy what is masked",
    "CreateEventTrigStmt": "event triggers run code",
    "RuleStmt": "rules change what other statements do",
    "CreatePolicyStmt": "row policies run expressions on every row",
    "AlterPolicyStmt": "row policies run expressions on every row",
    "CreateCastStmt": "casts run functions without being seen",
    "CreateTransformStmt": "transforms run functions without being seen",
    "CreateConversionStmt": "conversions run functions without being seen",
    "CreateOpClassStmt": "operator classes run functions without being seen",
    "DefineStmt": "aggregates, operators and types run functions without being seen",
    "CreatePLangStmt": "languages run code",
    "CreateExtensionStmt": "extensions bring functions that nobody reviewed",
    "AlterExtensionContentsStmt": "extensions bring functions that nobody reviewed",
    "LoadStmt": "LOAD runs code in the server",
    "AlterSystemStmt": "ALTER SYSTEM changes the whole server",
    "CreateForeignServerStmt": "other servers are beyond the gateway",
    "CreateUserMappingStmt": "other servers are beyond the gateway",
    "CreateForeignTableStmt": "other servers are beyond the gateway",
    "ImportForeignSchemaStmt": "other servers are beyond the gateway",
    "CreateFdwStmt": "other servers are beyond the gateway",
    "CreatePublicationStmt": "a publication hands out rows unmasked",
    "AlterPublicationStmt": "a publication hands out rows unmasked",
    "CreateSubscriptionStmt": "other servers are beyond the gateway",
    "AlterRoleSetStmt": "settings of roles would change what later sessions mean",
    "AlterDatabaseSetStmt": "settings of databases would change what later sessions mean",
}

_DEFINING: Final = frozenset(
    {"AlterDomainStmt", "AlterTableStmt", "CreateDomainStmt", "CreateSchemaStmt", "CreateStatsStmt",
     "CreateStmt", "IndexStmt"}
)  # fmt: skip
_MAKING_TYPES: Final = frozenset(
    {"CompositeTypeStmt", "CreateDomainStmt", "CreateEnumStmt", "CreateRangeStmt"}
)
_CASTING: Final = frozenset({"AlterDomainStmt", "AlterTableStmt"})
"""Statements that can give a column a value of another type without naming either."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One permission that a statement needs.

    Attributes:
        action: Name of the action, as policy knows it.
        relation: The relation as written; None for the connection as a whole.
    """

    action: str
    relation: Name | None = None


def demands(facts: Facts, catalog: Catalog) -> tuple[Demand, ...]:
    """Return the permissions that a statement needs, each once, in the order of the statement.

    A statement without demands, such as COMMIT, needs only the permission to connect.

    Args:
        facts: The statement.
        catalog: The data store's functions, to know the user's own.
    """
    return tuple(dict.fromkeys(_demands(facts, catalog)))


def _demands(facts: Facts, catalog: Catalog) -> Iterator[Demand]:
    for statement in _nested(facts):
        action = _STATEMENT_ACTIONS.get(statement.operation)
        if action is not None:
            yield Demand(action)
    for use in facts.relations:
        relation = Name(use.schema, use.name)
        if use.verb == "copy":
            yield Demand("insert", relation)
            yield Demand("copy", relation)
            continue
        for action in _RELATION_ACTIONS.get(use.verb, ("admin",)):
            yield Demand(action, relation)
        if facts.operation == "copy_out" and use.role == "read":
            yield Demand("copy", relation)
    if any(_is_users_own(function, facts, catalog) for function in facts.functions):
        yield Demand("call")


def _is_users_own(function: FunctionUse, facts: Facts, catalog: Catalog) -> bool:
    """Whether a call runs code that nobody reviewed; a column goes before a function."""
    if is_pure(function, catalog):
        return False
    return not (
        function.attribute
        and any(
            column.name == function.name
            for use in facts.relations
            for relation in catalog.named(use.schema, use.name)
            for column in catalog.columns(relation.id)
        )
    )


def refusal(facts: Facts, catalog: Catalog) -> Refusal | None:
    """Return why a principal without raw access may not run a statement; None when it may.

    Args:
        facts: The statement.
        catalog: The data store's schema.
    """
    for statement in _nested(facts):
        for check in (_code, _copy, _setting, _catalog_write, _stored_code, _namesake):
            found = check(statement, catalog)
            if found is not None:
                return found
    return _function(facts, catalog)


def shown_calls(facts: Facts) -> tuple[str, ...]:
    """Return the functions that show others what they are given, where the caller sees it too.

    `refusal` lets them pass: what the caller sees as it is, is another question.

    Args:
        facts: The statement.
    """
    return tuple(
        function.name
        for function in facts.functions
        if function.reads_columns
        and function.name in COLUMNS_SELECTED
        and function.name in facts.selected
        and not function.attribute
    )


def _nested(facts: Facts) -> Iterator[Facts]:
    statement: Facts | None = facts
    while statement is not None:
        yield statement
        statement = statement.inner


def _code(facts: Facts, _catalog: Catalog) -> Refusal | None:
    reason = _CODE_STATEMENTS.get(facts.statement)
    if reason is None:
        return None
    return _needs_raw(f"{_spoken(facts.statement)} is not allowed", reason)


def _copy(facts: Facts, _catalog: Catalog) -> Refusal | None:
    if facts.copy is None or facts.copy.destination in {"stdin", "stdout"}:
        return None
    return _needs_raw(
        f"COPY with a {facts.copy.destination} on the server is not allowed",
        "it moves data past the gateway",
        hint="Use COPY ... TO STDOUT or COPY ... FROM STDIN, or psql's \\copy.",
    )


def _setting(facts: Facts, _catalog: Catalog) -> Refusal | None:
    setting = facts.setting
    if setting is None:
        return None
    if facts.operation == "show":
        if setting.name in _SECRET_SETTINGS:
            return _needs_raw(f"SHOW {setting.name} is not allowed", "it can contain a secret")
        return None
    return _pinned(setting.name, setting.value)


def _pinned(name: str, value: str | None) -> Refusal | None:
    """Check one change of a setting; a value of None puts its default back."""
    if name in _SETTINGS_OF_IDENTITY and value is not None and value.lower() != "none":
        return _needs_raw(f"setting {name} is not allowed", "it changes whose rights are used")
    allowed = _PINNED_SETTINGS.get(name)
    if allowed is None or value is None or value.strip().lower() in allowed:
        return None
    return Refusal(
        _NOT_SUPPORTED,
        f"the gateway keeps {name} as it is",
        "it changes what statements and results mean",
        f"Use the value {min(allowed)}.",
    )


def _catalog_write(facts: Facts, catalog: Catalog) -> Refusal | None:
    for use in facts.relations:
        if use.role == "read":
            continue
        found = catalog.named(use.schema, use.name)
        if is_system(use.schema or "") or any(is_system(relation.schema) for relation in found):
            return _needs_raw(
                f"changing {use.name} is not allowed", "it belongs to the data store itself"
            )
    return None


def _stored_code(facts: Facts, catalog: Catalog) -> Refusal | None:
    """Refuse a default, a constraint or an index that runs what nobody reviewed.

    What it gives would be stored by statements that do not show it.
    """
    if facts.statement not in _DEFINING:
        return None
    unreviewed = (
        any(not is_pure(function, catalog) for function in facts.functions)
        or any(catalog.has_unreviewed_operator(use.schema, use.name) for use in facts.operators)
        or any(use.name in catalog.unreviewed_casts for use in facts.types)
        or (facts.statement in _CASTING and catalog.has_unreviewed_implicit_cast)
    )
    if not unreviewed:
        return None
    return _needs_raw(
        f"{_spoken(facts.statement)} with code of the database's users is not allowed",
        "defaults, constraints and indexes run it where it is not seen",
        hint="Use functions, operators and casts of PostgreSQL itself.",
    )


def _namesake(facts: Facts, catalog: Catalog) -> Refusal | None:
    """Refuse a type by the name of the system's: a cast to that would mean the new one."""
    if facts.statement not in _MAKING_TYPES or not catalog.is_system_type(facts.name or ""):
        return None
    return _needs_raw(
        "a type with the name of one of PostgreSQL's own is not allowed",
        "what is cast to it would be read by its definition",
        hint="Choose another name.",
    )


def _function(facts: Facts, catalog: Catalog) -> Refusal | None:
    for function in facts.functions:
        if function.attribute and not catalog.is_attribute_function(function.name):
            continue  # a column or field
        reason = refusal_reason(function.name)
        if reason:
            return _needs_raw(f"calling {function.name} is not allowed", f"it {reason}")
        if function.name in COLUMNS_SELECTED and function.name in facts.selected:
            continue  # allowed where the result is shown as it is, see `shown_calls`
        if function.name in COLUMNS_REFUSED and function.reads_columns:
            return _needs_raw(
                f"calling {function.name} with a column's value is not allowed",
                "it would show the value to others",
                hint="Select just its result, called with columns that you see as they are, or "
                "call it with a constant."
                if function.name in COLUMNS_SELECTED
                else "",
            )
        if function.name == "set_config":
            found = _set_config(function, facts)
            if found is not None:
                return found
    return None


def _set_config(function: FunctionUse, facts: Facts) -> Refusal | None:
    name, value = (*function.constants[:2], None, None)[:2]
    if function.reads_columns and _is_dump_setup(value, facts):
        return None
    if function.reads_columns or name is None:
        return _needs_raw(
            "set_config with a computed name or with a column's value is not allowed",
            "a setting could carry a value out",
            hint="Write the name of the setting into the statement, and give its value directly.",
        )
    name = name.lower()
    if value is None and (name in _PINNED_SETTINGS or name in _SETTINGS_OF_IDENTITY):
        value = "a parameter"
    return _pinned(name, value)


def _is_dump_setup(value: str | None, facts: Facts) -> bool:
    """Whether it is how pg_dump forbids itself to read views, on the servers that know how to."""
    return value == "view, foreign-table" and all(
        use.name == "pg_settings" and use.schema in {None, "pg_catalog"} for use in facts.relations
    )


def _spoken(statement: str) -> str:
    """Return the statement's words, such as `CREATE FUNCTION`, from the grammar's name for it."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in statement)
    return words.removesuffix(" Stmt").strip().upper()


def _needs_raw(message: str, reason: str, hint: str = "") -> Refusal:
    return Refusal(
        _NOT_ALLOWED,
        message,
        f"{reason[:1].upper()}{reason[1:]}.",
        hint or "Ask for raw access to the data if you need this.",
    )
