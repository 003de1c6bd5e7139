"""What tools ask of the catalog must be allowed, and come back as it is."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import asyncpg
import psycopg
import pytest
import sqlalchemy
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo
from psycopg.types.enum import EnumInfo
from psycopg.types.range import RangeInfo

from scrim.domain.column import Column, ResultField
from scrim.statements.classify import demands, refusal
from scrim.statements.facts import Facts, read
from scrim.statements.lineage import Lineage
from scrim.statements.system_relations import COMMENT, SETTINGS
from tests.unit.statements.conftest import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.pq.abc import PGconn

    from tests.unit.statements.conftest import Sample

_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d .*? [A-Z]+:  ")
_STATEMENT = re.compile(r" LOG:  (?:statement|execute [^:]*): ")
_OPTIONS = "-c log_statement=all"

# Texts that people wrote, and settings, which can be anything: searched, and shown.
_SEARCHED = {COMMENT, Column("pg_catalog", *SETTINGS)}
# Options of foreign servers and subscriptions hold passwords: these columns are masked.
_SECRET_FIELDS = {"FDW options", "fdwoptions", "srvoptions", "subconninfo", "Conninfo", "umoptions"}

_DESCRIBE = [
    rf"\{command}"
    for command in (
        "d", "d+", "dt+", "dv+", "di+", "ds+", "dm+", "dE+", "dn+", "du+", "df+", "da+", "do+",
        "dT+", "dD+", "dc+", "dC+", "dL+", "db+", "dp", "ddp", "dF+", "dFd+", "dFp+", "dFt+", "dx+",
        "dy+", "dRp+", "dRs+", "drds", "dP+", "dA+", "dAc+", "dAf+", "dAo+", "dAp+", "dX", "dO+",
        "l+", "z", "dd", "dconfig", "d+ app.people", "d+ app.orders", "d+ app.events",
        "d+ app.events_1", "d+ app.staff", "d+ app.mails", "d+ app.counts", "d+ app.numbers",
        "d+ app.orders_by_total", "d+ pg_class", "dt app.*", "dS+ pg_*", "sf app.answer",
        "sv app.mails", "df+ app.answer", "dT+ app.*",
    )
]  # fmt: skip


@contextmanager
def recorded(sample: Sample) -> Iterator[list[str]]:
    """Give a list that holds, afterwards, the statements that the server was sent, each once."""
    statements: list[str] = []
    start = sample.server.log_file.stat().st_size
    yield statements
    with sample.server.log_file.open(encoding="utf-8") as log:
        log.seek(start)
        entries: list[list[str]] = []
        for line in log.read().splitlines():
            if (statement := _STATEMENT.search(line)) is not None:
                entries.append([line[statement.end() :]])
            elif _ENTRY.match(line):
                entries.append([])
            elif entries and entries[-1]:
                entries[-1].append(line.removeprefix("\t"))
    statements += dict.fromkeys("\n".join(lines) for lines in entries if lines)


def run(sample: Sample, program: str, *arguments: str) -> None:
    """Run a program of the server's own version."""
    done = subprocess.run(
        [sample.server.bin_dir / program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PGOPTIONS": _OPTIONS,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(sample.server.port),
            "PGDATABASE": DATABASE,
            "PGUSER": sample.connection.info.user,
            "PGPASSWORD": sample.server.password,
        },
    )
    assert "FATAL" not in done.stderr, done.stderr


def described(connection: PGconn, sql: str) -> list[ResultField]:
    """Return the columns of a statement's result as the server describes them."""
    connection.prepare(b"", sql.encode())
    result = connection.describe_prepared(b"")
    return [
        ResultField(
            (result.fname(place) or b"").decode(),
            result.ftable(place),
            result.ftablecol(place),
            result.ftype(place),
            result.fmod(place),
        )
        for place in range(result.nfields)
    ]


def check(sample: Sample, statements: list[str]) -> int:
    """Check that statements are allowed and their results are clean; return how many results."""
    lineage = Lineage(sample.catalog)
    results = 0
    for sql in statements:
        for facts in read(sql):
            assert refusal(facts, sample.catalog) is None, sql
            actions = {demand.action for demand in demands(facts, sample.catalog)}
            assert actions <= {"select", "copy"}, sql
            if facts.operation == "select" and not _reads_data(facts):
                results += 1
                fields = described(sample.connection.pgconn, sql)
                origins = lineage.resolve(facts, fields)
                for field, origin in zip(fields, origins, strict=True):
                    if field.name not in _SECRET_FIELDS:
                        assert origin.known, (field.name, sql)
                        # Comments are text that people wrote: they are searched, not withheld.
                        assert origin.columns <= _SEARCHED, (field.name, sql)
    return results


def _reads_data(facts: Facts) -> bool:
    return any(use.schema == "app" for use in facts.relations)


def test_the_describing_commands_of_psql(sample: Sample) -> None:
    arguments = [part for command in _DESCRIBE for part in ("-c", command)]
    with recorded(sample) as statements:
        run(sample, "psql", "-X", *arguments)
    assert check(sample, statements) > 80


def test_a_dump_of_the_schema_and_the_data(sample: Sample) -> None:
    with recorded(sample) as statements:
        run(sample, "pg_dump", "--file", os.devnull)
    assert check(sample, statements) > 15


@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_the_reflection_of_sqlalchemy(sample: Sample) -> None:
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: _connect(sample), poolclass=sqlalchemy.NullPool
    )
    with recorded(sample) as statements:
        inspector = sqlalchemy.inspect(engine)
        for schema in ("public", "app"):
            sqlalchemy.MetaData().reflect(engine, schema=schema, views=True, resolve_fks=True)
            inspector.get_view_names(schema)
            inspector.get_sequence_names(schema)
            inspector.get_multi_check_constraints(schema)
            inspector.get_multi_table_comment(schema)
        inspector.get_view_definition("mails", "app")
    assert check(sample, statements) > 10


def test_what_psycopg_asks_about_types(sample: Sample) -> None:
    with recorded(sample) as statements, _connect(sample) as connection:
        assert TypeInfo.fetch(connection, sample.extension)
        assert EnumInfo.fetch(connection, "app.mood")
        assert CompositeInfo.fetch(connection, "app.people")
        assert RangeInfo.fetch(connection, "int4range")
    assert check(sample, statements) == 4


def _connect(sample: Sample) -> psycopg.Connection:
    return psycopg.connect(sample.server.dsn(DATABASE), autocommit=True, options=_OPTIONS)


def test_what_asyncpg_asks_about_types(sample: Sample) -> None:
    async def introspect() -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=sample.server.port,
            user=sample.connection.info.user,
            password=sample.server.password,
            database=DATABASE,
            server_settings={"log_statement": "all"},
        )
        try:
            await connection.fetch("SELECT NULL::app.mood[], NULL::int4range[]")
            await connection.set_type_codec(
                sample.extension, schema="public", encoder=str, decoder=str
            )
        finally:
            await connection.close()

    with recorded(sample) as statements:
        asyncio.run(introspect())
    assert check(sample, [text for text in statements if "app.mood" not in text]) >= 1
