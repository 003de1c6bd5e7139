"""Functions that only a principal with raw access may call, and why.

They run statements given as text, read or write outside of tables, show what other sessions do, or
hand data to somebody else.
"""

from collections.abc import Mapping
from typing import Final

_REASONS: Final[Mapping[str, str]] = {
    "runs a statement that is given as text": """
        query_to_xml query_to_xml_and_xmlschema query_to_xmlschema cursor_to_xml
        cursor_to_xmlschema table_to_xml table_to_xml_and_xmlschema table_to_xmlschema
        schema_to_xml schema_to_xml_and_xmlschema schema_to_xmlschema database_to_xml
        database_to_xml_and_xmlschema database_to_xmlschema ts_stat ts_rewrite crosstab crosstab2
        crosstab3 crosstab4 crosstabn connectby xpath_table xpath_list
        """,
    "reads or writes files or storage of the server": """
        pg_read_file pg_read_file_old pg_read_binary_file pg_stat_file pg_ls_dir pg_ls_logdir
        pg_ls_waldir pg_ls_tmpdir pg_ls_archive_statusdir pg_ls_logicalmapdir pg_ls_logicalsnapdir
        pg_ls_replslotdir pg_ls_summariesdir pg_current_logfile pg_hba_file_rules
        pg_ident_file_mappings pg_show_all_file_settings pg_file_write pg_file_read pg_file_rename
        pg_file_unlink pg_file_sync pg_logdir_ls get_raw_page heap_page_items
        heap_page_item_attrs bt_page_items bt_page_stats brin_page_items gin_leafpage_items
        gist_page_items gist_page_items_bytea hash_page_items tuple_data_split pg_mcv_list_items
        loread lowrite pg_get_wal_records_info pg_get_wal_record_info pg_get_wal_block_info
        pg_log_backend_memory_contexts pg_get_backend_memory_contexts
        """,
    "shows what other sessions do": """
        pg_stat_get_activity pg_stat_get_backend_activity pg_stat_get_wal_receiver pg_cursor
        pg_stat_get_wal_senders pg_prepared_statement pg_prepared_xact pg_stat_statements
        """,
    "hands data to other sessions or servers": """
        pg_notify pg_logical_emit_message pg_logical_slot_get_changes
        pg_logical_slot_get_binary_changes pg_logical_slot_peek_changes
        pg_logical_slot_peek_binary_changes pg_create_logical_replication_slot
        pg_create_physical_replication_slot pg_copy_logical_replication_slot
        pg_copy_physical_replication_slot pg_export_snapshot postgres_fdw_get_connections
        """,
    "changes the server": """
        pg_reload_conf pg_rotate_logfile pg_rotate_logfile_old pg_promote pg_switch_wal
        pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup pg_create_restore_point
        pg_wal_replay_pause pg_wal_replay_resume pg_import_system_collations
        pg_restore_relation_stats pg_restore_attribute_stats pg_clear_attribute_stats
        """,
}

_PREFIXES: Final[Mapping[str, str]] = {
    "dblink": "runs a statement on another server",
    "lo_": "reads or writes large objects",
    "binary_upgrade_": "changes the server",
    "pg_replication_origin_": "changes the server",
}

_REFUSED: Final[Mapping[str, str]] = {
    name: reason for reason, names in _REASONS.items() for name in names.split()
}

COLUMNS_REFUSED: Final = frozenset(
    """
    nextval setval pg_sleep pg_sleep_for pg_sleep_until pg_advisory_lock pg_advisory_lock_shared
    pg_advisory_unlock pg_advisory_unlock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared
    pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock
    pg_try_advisory_xact_lock_shared pg_cancel_backend pg_terminate_backend setseed
    """.split()  # noqa: SIM905 - a list that people read and extend
)
"""Functions that would show a column's value to others when called with it."""

COLUMNS_SELECTED: Final = frozenset(
    """
    nextval setval pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock
    pg_advisory_unlock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared
    pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock
    pg_try_advisory_xact_lock_shared
    """.split()  # noqa: SIM905 - a list that people read and extend
)
"""Those of them that may be called with what the caller sees as it is, where it selects the result.

All that goes into the call is then behind the result, as for any function of values.
"""


def refusal_reason(name: str) -> str:
    """Return why a function is refused; empty when it is not."""
    reason = _REFUSED.get(name, "")
    if reason:
        return reason
    return next((why for prefix, why in _PREFIXES.items() if name.startswith(prefix)), "")


def is_refused(name: str) -> bool:
    """Say whether only raw access may call functions of that name."""
    return bool(refusal_reason(name))
