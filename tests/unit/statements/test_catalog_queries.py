from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from scrim.statements.lineage import Lineage
from tests.support.postgres import create_database
from tests.unit.statements.conftest import load

if TYPE_CHECKING:
    from scrim.statements.catalog import Catalog, Relation
    from tests.support.postgres import PostgresServer
    from tests.unit.statements.conftest import Sample


def only(catalog: Catalog, schema: str, name: str) -> Relation:
    (found,) = catalog.named(schema, name)
    return found


def test_the_snapshot_has_the_relations_and_their_columns(sample: Sample) -> None:
    catalog = sample.catalog
    people = only(catalog, "app", "people")
    assert people.kind == "r"
    assert [column.name for column in catalog.columns(people.id)] == [
        "id",
        "mail",
        "mood",
        "tags",
        "place",
        "years",
        "home",
        "extra",
        "price",
        "mail_length",
    ]
    mail, length = catalog.columns(people.id)[1], catalog.columns(people.id)[-1]
    assert (mail.not_null, mail.generated, length.generated) == (True, False, True)
    assert only(catalog, "app", "events").kind == "p"
    assert only(catalog, "app", "numbers").kind == "S"
    assert only(catalog, "app", "counts").is_view
    assert only(catalog, "app", "events").has_rules
    assert not people.has_rules
    assert only(catalog, "pg_catalog", "pg_stats").is_view


def test_rules_and_triggers_of_views_reach_the_views_over_them(sample: Sample) -> None:
    catalog = sample.catalog
    rewritten = {
        relation.name
        for relation in catalog.relations()
        if relation.schema == "app" and catalog.is_rewritten(relation.id)
    }
    assert rewritten == {"events", "gone", "gone_too", "handled"}


def test_the_snapshot_describes_the_types(sample: Sample) -> None:
    catalog = sample.catalog
    people = only(catalog, "app", "people")
    specs = {
        column.name: catalog.type_spec(column.type_id, column.type_modifier)
        for column in catalog.columns(people.id)
    }
    assert specs["mail"] == {"kind": "text", "max_chars": 50}
    assert specs["mood"] == {"kind": "enum", "labels": ["sad", "happy"]}
    assert specs["tags"]["element"] == {"kind": "text"}
    assert specs["place"] == {"kind": "unknown"}
    assert specs["years"] == {"kind": "range", "subtype": {"kind": "int4"}}
    assert [field["type"]["kind"] for field in specs["home"]["fields"]] == ["text", "int4"]
    assert specs["extra"] == {"kind": sample.extension}
    assert specs["price"] == {"kind": "numeric", "precision": 10, "scale": 2}
    row = sample.connection.execute("SELECT 'app.people'::regtype::oid").fetchone()
    assert row is not None
    assert catalog.type_spec(row[0])["kind"] == "composite"


def test_the_snapshot_knows_relatives_and_what_is_behind_views(sample: Sample) -> None:
    catalog = sample.catalog
    events, part = only(catalog, "app", "events"), only(catalog, "app", "events_1")
    assert catalog.relatives(events.id) == {events.id, part.id}
    mails = Lineage(catalog).relation_outputs(only(catalog, "app", "mails"))
    assert {
        column.qualified_name() for name, found in mails.columns if name == "mail"
        for column in found.columns
    } == {"app.mails.mail", "app.people.mail", "app.staff.mail"}  # fmt: skip


def test_the_snapshot_lists_functions_and_operators_beyond_the_systems(sample: Sample) -> None:
    catalog = sample.catalog
    assert catalog.functions("answer") == (("app", None),)
    known = {"hstore": "akeys", "vector": "l2_distance"}[sample.extension]
    assert set(catalog.functions(known)) == {("public", sample.extension)}
    assert catalog.functions("lower") == ()
    assert not catalog.has_unreviewed_operator(None, "<->")
    assert not catalog.has_unreviewed_operator(None, "->")
    assert not catalog.has_unreviewed_implicit_cast


def test_a_change_changes_the_digest(debian_postgres: PostgresServer) -> None:
    create_database(debian_postgres, "digests")
    with psycopg.connect(debian_postgres.dsn("digests"), autocommit=True) as connection:
        first = load(connection)
        assert load(connection).digest == first.digest
        connection.execute("CREATE TABLE t (a int)")
        assert load(connection).digest != first.digest


def test_the_search_path_cannot_mislead_the_statement(debian_postgres: PostgresServer) -> None:
    create_database(debian_postgres, "misled")
    with psycopg.connect(debian_postgres.dsn("misled"), autocommit=True) as connection:
        connection.execute("CREATE TABLE public.pg_class (oid oid, relname name)")
        connection.execute("CREATE TABLE public.secrets (a text)")
        connection.execute("SET search_path = public, pg_catalog")
        assert load(connection).named("public", "secrets")


@pytest.mark.long
def test_ten_thousand_tables_load(debian_postgres: PostgresServer) -> None:
    create_database(debian_postgres, "many")
    with psycopg.connect(debian_postgres.dsn("many"), autocommit=True) as connection:
        for first in range(0, 10_000, 500):
            connection.execute(
                ";".join(
                    f"CREATE TABLE t{number} (a int, b text, c varchar(20), d numeric(10, 2), "
                    "e timestamptz, f jsonb, g bool, h uuid, i text[], j date)"
                    for number in range(first, first + 500)
                ).encode()
            )
        catalog = load(connection)
        assert len(catalog.named(None, "t9999")) == 1
    debian_postgres.execute("DROP DATABASE many")
