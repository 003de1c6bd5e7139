# ruff: noqa: E501 - lists of commands are read best as they are
"""What tools ask about the schema when they connect is answered as by the database itself.

psql's describing commands, JDBC's metadata (which Metabase, DBeaver and most tools in Java use),
SQLAlchemy's inspector, and every system catalog and view as a whole, which the queries of pgAdmin and
DBeaver are made of.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL
from sqlalchemy.engine.reflection import ObjectKind

from scrim.statements.system_relations import (
    ALL_COLUMNS,
    COMMENT,
    COMMENT_RELATIONS,
    DATA_COLUMNS,
)
from tests.support.postgres import debian_bin_dir

if TYPE_CHECKING:
    from tests.conformance.conftest import Places
    from tests.support.endpoint import Endpoint
    from tests.support.programs import Java

PROGRAM = Path(__file__).parent / "programs" / "Reflection.java"
TIMEOUT_S = 110
BOTH = ("analyst", "investigator")
DESCRIBING = tuple(
    f"\\{command}"
    for command in (
        "d", "d+", "dt+", "dv+", "di+", "ds+", "dm+", "dE+", "dn+", "du+", "dg+", "da+", "do", "dT+",
        "dD+", "dc", "dC", "dL+", "db+", "dp", "z", "ddp", "dF+", "dFd", "dFp", "dFt", "dx+", "dy+",
        "dRp+", "dRs+", "drds", "dP+", "dA+", "dAc", "dAf", "dAo", "dAp", "dX", "dO", "dd",
        "l", "d clean", "d+ people", "d+ orders", "d+ series", "d people_pkey", "d+ pg_class", "dS",
        "dt public.*", "dt *.clean", "d *pkey", "sf pg_catalog.date_part(text, date)", "df pg_catalog.upper",
        "df+ pg_catalog.length", "dT mood", "dT+ public.*", "dfn lower*", "do *.||", "dti+ public.*",
    )
)  # fmt: skip
MARK = "===command\n"
# What is other at another time, or says who is connected.
CHANGING = frozenset(
    {
        "pg_backend_memory_contexts", "pg_cursors", "pg_locks", "pg_prepared_statements", "pg_settings",
        "pg_shmem_allocations", "pg_file_settings", "pg_timezone_names", "pg_timezone_abbrevs",
        "pg_config", "pg_statistic", "pg_stats", "pg_sequences", "pg_stats_ext_exprs",
    }
)  # fmt: skip
# Of the large catalogs, which nobody reads whole.
MANY = 5_000


def run(endpoint: Endpoint, command: list[str], text: str = "") -> str:
    done = subprocess.run(
        command,
        env=endpoint.environment(),
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    return done.stdout + done.stderr


@pytest.mark.parametrize("who", BOTH)
def test_every_describing_command_of_psql_prints_as_directly(places: Places, who: str) -> None:
    psql = [str(debian_bin_dir() / "psql"), "-X", "-q"]
    script = "".join(f"\\echo {MARK}{command}\n" for command in DESCRIBING)
    expected = run(places.direct, psql, script).split(MARK)
    answers = run(getattr(places, who), psql, script).split(MARK)
    for answer, wanted in zip(answers, expected, strict=True):
        assert answer == wanted
    assert len(answers) == len(DESCRIBING) + 1


@pytest.mark.parametrize("mode", ["extended", "simple"])
def test_the_metadata_of_jdbc_are_those_of_the_database(
    places: Places, java: Java, mode: str
) -> None:
    command = java.command(PROGRAM, mode)
    expected = run(places.direct, command).splitlines()
    for who in BOTH:
        answers = run(getattr(places, who), command).splitlines()
        assert [line for line in answers if line not in expected] == []
        assert answers == expected


@pytest.mark.parametrize("who", BOTH)
def test_the_inspector_of_sqlalchemy_finds_the_same(places: Places, who: str) -> None:
    assert inspected(getattr(places, who)) == inspected(places.direct)


def inspected(endpoint: Endpoint) -> dict[str, Any]:
    """Return everything that an inspector can tell."""
    url = URL.create(
        "postgresql+psycopg",
        endpoint.user,
        endpoint.password,
        endpoint.host,
        endpoint.port,
        endpoint.database,
    )
    engine = create_engine(url)
    try:
        found = inspect(engine)
        names = (
            "columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints",
            "check_constraints", "table_comment", "table_options",
        )  # fmt: skip
        facts: dict[str, Any] = {
            name: str(getattr(found, f"get_multi_{name}")(kind=ObjectKind.ANY)) for name in names
        }
        listing = ("schema_names", "table_names", "view_names", "sequence_names", "enums")
        facts |= {name: str(getattr(found, f"get_{name}")()) for name in listing}
        facts["system"] = str(found.get_multi_columns(schema="information_schema"))
        return facts
    finally:
        engine.dispose()


@pytest.mark.parametrize("schema", ["pg_catalog", "information_schema"])
def test_system_catalogs_are_those_of_the_database(places: Places, schema: str) -> None:
    with (
        psycopg.connect(places.analyst.conninfo(), autocommit=True) as analyst,
        psycopg.connect(places.direct.conninfo(), autocommit=True) as direct,
    ):
        listed = direct.execute(
            "SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)::text[] FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND c.relkind IN ('r', 'v') AND a.attnum > 0"
            " AND a.atttypid <> 'anyarray'::regtype GROUP BY 1 ORDER BY 1",
            [schema],
        ).fetchall()
        compared = 0
        for relation, columns in listed:
            data = DATA_COLUMNS.get(relation, frozenset())
            if relation in COMMENT_RELATIONS:
                # Comments are searched, and detection takes some words for names.
                data = frozenset({COMMENT.name})
            if relation in CHANGING or relation.startswith("pg_stat") or data is ALL_COLUMNS:
                continue
            shown = ", ".join(f'"{column}"::text' for column in columns if column not in data)
            # Both in one order, whatever the plan was.
            sql = f"SELECT {shown} FROM {schema}.{relation} ORDER BY {shown} LIMIT {MANY}".encode()
            try:
                expected = direct.execute(sql).fetchall()
            except psycopg.Error:
                continue
            assert analyst.execute(sql).fetchall() == expected, relation
            compared += 1
        assert compared > len(listed) * 0.5
