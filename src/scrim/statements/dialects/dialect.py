"""The dialects that are read, with what must be known of each beside sqlglot's own grammar."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SqlDialect:
    """A dialect of SQL.

    Attributes:
        name: What users and sqlglot call it.
        lateral_aliases: Whether an expression can use the alias of another one in its list.
        aliases_first: Whether such an alias goes before a column of the same name, and can be used
            anywhere in the query.
        backslash_escapes: Whether a backslash in a string is always an escape.
        variables_are_parameters: Whether `@name` is a value that came with the statement, not one
            that the session has kept.
        self_reference: Whether a table expression can name itself without `RECURSIVE`.
        names_all_columns: Whether names that are given to columns of a function are given to all.
    """

    name: str
    lateral_aliases: bool = False
    aliases_first: bool = False
    backslash_escapes: bool = False
    variables_are_parameters: bool = False
    self_reference: bool = False
    names_all_columns: bool = False


_ALL: Final = (
    SqlDialect("mysql"),
    SqlDialect("snowflake", lateral_aliases=True, backslash_escapes=True, self_reference=True),
    SqlDialect("bigquery", backslash_escapes=True, variables_are_parameters=True),
    SqlDialect("tsql", self_reference=True),
    SqlDialect("redshift", lateral_aliases=True),
    SqlDialect("databricks", lateral_aliases=True, backslash_escapes=True, names_all_columns=True),
    SqlDialect("spark", lateral_aliases=True, backslash_escapes=True, names_all_columns=True),
    SqlDialect("clickhouse", lateral_aliases=True, aliases_first=True, backslash_escapes=True),
    SqlDialect("trino", names_all_columns=True),
)

DIALECTS: Final[Mapping[str, SqlDialect]] = {dialect.name: dialect for dialect in _ALL}
"""The dialects by name."""
