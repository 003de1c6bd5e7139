"""Which system catalogs and views carry data of tables, statements or secrets.

All others of `pg_catalog` and `information_schema` describe the schema and the server.
"""

from collections.abc import Mapping
from typing import Final

from scrim.domain.column import Column

SYSTEM_SCHEMAS: Final = frozenset({"pg_catalog", "information_schema"})

ALL_COLUMNS: Final[frozenset[str]] = frozenset({"*"})

_STATISTICS: Final = frozenset(
    {
        "most_common_vals",
        "most_common_elems",
        "most_common_val_nulls",
        "histogram_bounds",
        "range_length_histogram",
        "range_bounds_histogram",
        "elem_count_histogram",
    }
)

DATA_COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    # Values of the tables themselves.
    "pg_statistic": ALL_COLUMNS,
    "pg_statistic_ext_data": ALL_COLUMNS,
    "pg_stats": _STATISTICS,
    "pg_stats_ext": _STATISTICS,
    "pg_stats_ext_exprs": _STATISTICS,
    "pg_largeobject": ALL_COLUMNS,
    # Statements of others, with the values in them.
    "pg_stat_activity": frozenset({"query", "application_name"}),
    "pg_stat_replication": frozenset({"application_name"}),
    "pg_prepared_statements": frozenset({"statement"}),
    "pg_cursors": frozenset({"statement"}),
    "pg_prepared_xacts": frozenset({"gid"}),
    # Secrets.
    "pg_authid": frozenset({"rolpassword"}),
    "pg_shadow": frozenset({"passwd"}),
    "pg_user_mapping": frozenset({"umoptions"}),
    "pg_user_mappings": frozenset({"umoptions"}),
    "pg_foreign_server": frozenset({"srvoptions"}),
    "pg_foreign_data_wrapper": frozenset({"fdwoptions"}),
    "pg_subscription": frozenset({"subconninfo"}),
    "pg_stat_wal_receiver": frozenset({"conninfo"}),
    "pg_hba_file_rules": ALL_COLUMNS,
    "pg_ident_file_mappings": ALL_COLUMNS,
    "pg_file_settings": ALL_COLUMNS,
    "pg_backend_memory_contexts": ALL_COLUMNS,
    "_pg_user_mappings": ALL_COLUMNS,
    "_pg_foreign_servers": ALL_COLUMNS,
    "_pg_foreign_data_wrappers": ALL_COLUMNS,
    "user_mapping_options": frozenset({"option_value"}),
    "foreign_server_options": frozenset({"option_value"}),
    "foreign_data_wrapper_options": frozenset({"option_value"}),
}
"""Columns that carry data, by relation."""

MISSING_VALUES: Final = ("pg_attribute", "attmissingval")
"""Relation and column with what columns that were added with a default hold in older rows."""

SETTINGS: Final = ("pg_db_role_setting", "setconfig")
"""Relation and column with settings of roles and databases, some of which are secrets."""

COMMENT_RELATIONS: Final = frozenset({"pg_description", "pg_shdescription"})
"""Relations whose `description` is free text that people wrote."""

COMMENT_FUNCTIONS: Final = frozenset({"col_description", "obj_description", "shobj_description"})
"""Functions that return such a text."""

COMMENT: Final = Column("pg_catalog", "pg_description", "description")
"""What comments count as: a column that is known, and searched like any other text."""


def is_system(schema: str) -> bool:
    """Say whether a schema belongs to the data store itself."""
    return schema in SYSTEM_SCHEMAS


def carries_data(relation: str, column: str) -> bool:
    """Say whether a column of a system relation holds more than a description."""
    columns = DATA_COLUMNS.get(relation)
    return columns is not None and (columns is ALL_COLUMNS or column in columns)
