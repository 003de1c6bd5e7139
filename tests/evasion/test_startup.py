"""What a client says when it connects must not change what its statements mean."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from tests.evasion.modes import MODES
from tests.evasion.wire import drained
from tests.support.raw_client import RawClient, RawClientError

if TYPE_CHECKING:
    from tests.evasion.places import Vault

PARAMETERS = (
    {"replication": "database"},
    {"replication": "true"},
    {"replication": "on"},
    {"REPLICATION": "database"},
    {"standard_conforming_strings": "off"},
    {"Standard_Conforming_Strings": "off"},
    {"options": "-c standard_conforming_strings=off"},
    {"options": "--standard-conforming-strings=off"},
    {"options": "-cstandard_conforming_strings=off -c search_path=sandbox,pg_catalog"},
    {"options": "-c\\ standard_conforming_strings=off"},
    {"options": "-c session_replication_role=replica"},
    {"options": "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0"},
    {"options": "-c client_min_messages=log -c debug_print_plan=on"},
    {"client_encoding": "LATIN1"},
    {"client_encoding": "SQL_ASCII"},
    {"client_encoding": "SJIS"},
    {"role": "pg_monitor"},
    {"options": "-c role=pg_monitor"},
    {"session_authorization": "postgres"},
    {"search_path": "sandbox, pg_catalog, public"},
    {"bytea_output": "escape", "DateStyle": "German", "IntervalStyle": "iso_8601"},
    {"xmlbinary": "hex", "TimeZone": "Asia/Tokyo", "extra_float_digits": "-15"},
    {"application_name": "x" * 2000},
    {"backslash_quote": "on", "escape_string_warning": "off"},
    {"transform_null_equals": "on", "array_nulls": "off"},
)
STATEMENTS = (
    "SELECT remarks || '', email, blob, born, doc, moment FROM people WHERE id < 3",
    "SELECT initcap('x'), dense_rank(remarks) FROM people",
    # With standard_conforming_strings off the string ends elsewhere.
    "SELECT 'a\\' || (SELECT remarks || '' FROM people LIMIT 1) || '' --'",
    "SELECT '\\', (SELECT remarks || '' FROM people LIMIT 1), '",
    "SELECT 'x\\' || remarks || ' ' FROM people --'",
    "SELECT remarks::int FROM people",
    "SELECT \u00e9 FROM people",
)
REPLICATION = (
    "IDENTIFY_SYSTEM",
    "CREATE_REPLICATION_SLOT gossip TEMPORARY LOGICAL test_decoding",
    "START_REPLICATION SLOT gossip LOGICAL 0/0",
    "READ_REPLICATION_SLOT gossip",
    "BASE_BACKUP",
    "TIMELINE_HISTORY 1",
)


@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
def test_no_startup_parameter_opens_a_way(vault: Vault, parameters: dict[str, str]) -> None:
    client = RawClient(vault.analyst, timeout_s=30, parameters=parameters)
    try:
        client.open()
    except RawClientError:
        vault.check(bytes(client.received), f"{parameters}")
        return
    with contextlib.closing(client):
        client.forget()
        for sql in STATEMENTS:
            for mode in ("simple", "extended text", "extended binary", "COPY text"):
                with contextlib.suppress(OSError):
                    client.send(MODES[mode](sql))
                vault.check(drained(client, 0.05), f"{parameters}, {mode}: {sql}")


@pytest.mark.parametrize("command", REPLICATION)
@pytest.mark.parametrize("value", ["", "database", "true"])
def test_commands_of_replication_are_not_served(vault: Vault, command: str, value: str) -> None:
    parameters = {"replication": value} if value else {}
    client = RawClient(vault.analyst, timeout_s=30, parameters=parameters)
    client.forget()
    with contextlib.closing(client):
        assert refused(client, command)
    vault.check(bytes(client.received), command)


def refused(client: RawClient, command: str) -> bool:
    """Say whether a client may not even connect, or not run a command."""
    try:
        client.open()
        client.query(command)
    except RawClientError:
        return True
    return False
