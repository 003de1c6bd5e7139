"""`scrim scan NAME` against a real PostgreSQL: what it reports, and what it never does."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest
import yaml

from scrim.config.load import load
from tests.support.postgres import create_database
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.postgres import PostgresServer

DATABASE = "inventory"
SCHEMA = """
CREATE SCHEMA "odd ""name.";
CREATE TABLE customers (id int, email text, note text, address inet, active bool, country text);
INSERT INTO customers SELECT n, 'someone' || n || '@mail.example.org',
    CASE WHEN n % 4 = 0 THEN 'write to other' || n || '@mail.example.org' ELSE 'fine' END,
    '192.0.2.7', true, (ARRAY['France', 'Brazil', 'Kenya'])[n % 3 + 1]
    FROM generate_series(1, 40) n;
CREATE TABLE "odd ""name."."T""x.y" (" e-mail" text, "when" date);
CREATE TABLE large (id int, contact text);
INSERT INTO large SELECT n, 'p' || n || '@mail.example.org' FROM generate_series(1, 60000) n;
ANALYZE large;
CREATE TABLE parts (id int, iban text) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
INSERT INTO parts VALUES (1, 'DE89370400440532' || '013000');
CREATE TABLE closed (id int, email text);
CREATE VIEW seen AS SELECT * FROM customers;
CREATE ROLE inventory_reader LOGIN PASSWORD 'for inventories';
GRANT USAGE ON SCHEMA "odd ""name." TO inventory_reader;
GRANT SELECT ON customers, large, parts TO inventory_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA "odd ""name." TO inventory_reader;
"""


@pytest.fixture(scope="module")
def server(debian_postgres: PostgresServer) -> PostgresServer:
    create_database(debian_postgres, DATABASE)
    debian_postgres.execute("DROP ROLE IF EXISTS inventory_reader")
    debian_postgres.execute(SCHEMA, DATABASE)
    return debian_postgres


@pytest.fixture
def config(server: PostgresServer, tmp_path: Path) -> Path:
    password = tmp_path / "password"
    password.touch(0o600)
    password.write_text("for inventories")
    upstream = {
        "host": "127.0.0.1",
        "port": server.port,
        "database": DATABASE,
        "user": "inventory_reader",
        "password_file": "password",
        "tls": "prefer",
    }
    tags = {"public.customers.id": ["internal"]}
    return write_config(tmp_path, {"connections": {"shop": {"upstream": upstream, "tags": tags}}})


def scan(config: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrim.cli.main", "scan", "shop", "--config", str(config)]
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False)


def test_columns_are_reported_with_evidence_and_without_values(config: Path) -> None:
    done = scan(config, "--json", "--all")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    found = {(one["table"], one["column"]): one for one in report["columns"]}
    assert found["customers", "email"]["entity"] == "contact.email"
    assert found["customers", "email"]["values"] == 40
    assert found["customers", "note"]["entity"] == "contact.email"
    assert found["customers", "note"]["inside"]
    assert found["customers", "address"]["entity"] == "network.ipv4"
    assert found["customers", "active"]["entity"] is None
    assert found["large", "contact"]["entity"] == "contact.email"
    assert 0 < found["large", "contact"]["values"] <= 1000
    assert found["parts", "iban"]["entity"] == "financial.iban"
    assert ('T"x.y', " e-mail") in found
    assert not {"parts_1", "seen"} & {table for table, _ in found}
    assert "@mail.example.org" not in done.stdout + done.stderr


def test_what_cannot_be_read_is_judged_by_its_names_and_said(config: Path) -> None:
    done = scan(config, "--only", "closed")
    assert "closed\temail\ttext\tcontact.email" in done.stdout
    assert "public.closed: could not be read" in done.stdout
    assert "42501" in done.stdout


def test_tags_are_merged_and_can_be_used(config: Path) -> None:
    done = scan(config, "--tags", "--exit-zero")
    assert done.returncode == 0, done.stderr
    block = yaml.safe_load(done.stdout)
    tags = block["connections"]["shop"]["tags"]
    assert tags["public.customers.id"] == ["internal"]
    assert tags["public.customers.email"] == ["contact.email"]
    assert not {"public.customers.note", "public.customers.country"} & tags.keys()
    assert "1 columns are informational" in done.stderr
    document = yaml.safe_load(config.read_text())
    document["connections"]["shop"]["tags"] = tags
    config.write_text(yaml.safe_dump(document))
    assert load(config).config.connections["shop"].column_tags


def test_what_is_informational_is_tagged_when_it_is_asked_for(config: Path) -> None:
    done = scan(config, "--tags-informational", "--exit-zero")
    tags = yaml.safe_load(done.stdout)["connections"]["shop"]["tags"]
    assert tags["public.customers.country"] == ["contact.country"]
    assert tags["public.customers.email"] == ["contact.email"]
    assert "informational" not in done.stderr


def test_options_choose_what_is_looked_at(config: Path) -> None:
    done = scan(config, "--json", "--all", "--only", "public.cust*", "--sample", "5")
    columns = json.loads(done.stdout)["columns"]
    assert {one["table"] for one in columns} == {"customers"}
    assert max(one["values"] for one in columns) == 5
    assert json.loads(scan(config, "--json", "--schema", "none").stdout)["columns"] == []


def test_nothing_is_written_and_no_large_table_is_read_as_a_whole(
    config: Path, server: PostgresServer
) -> None:
    def activity() -> tuple[int, int]:
        with psycopg.connect(server.dsn(DATABASE)) as connection:
            connection.execute("SELECT pg_stat_clear_snapshot()")
            row = connection.execute(
                "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del), sum(seq_tup_read) "
                "FROM pg_stat_user_tables WHERE relname = 'large'"
            ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    before = activity()
    assert scan(config, "--only", "large").returncode == 1
    after = activity()
    assert after[0] == before[0]
    assert after[1] - before[1] < 30_000


def test_a_store_that_cannot_be_reached_ends_with_two(config: Path) -> None:
    document = yaml.safe_load(config.read_text())
    document["connections"]["shop"]["upstream"]["port"] = 1
    config.write_text(yaml.safe_dump(document))
    done = scan(config)
    assert done.returncode == 2
    assert done.stderr.startswith("scrim: shop: the data store cannot be reached")
