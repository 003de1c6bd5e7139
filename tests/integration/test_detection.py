"""What the `detection` block of a connection changes, and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayError, GatewayProcess, Store, User
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.postgres import PostgresServer

DATABASE = "searched"
ANALYST = User("analyst@example.com", ("analysts",))
CARD = "4111 1111 " + "1111 1111"
EMAIL = "ana@" + "corp.example.org"
IBAN = "DE89370400440532" + "013000"
SCHEMA = f"""
CREATE TABLE notes (body text, iban text, marked text, n1 bigint);
INSERT INTO notes VALUES ('{EMAIL} pays by {CARD}', '{IBAN}', '{CARD}', {CARD.replace(" ", "")});
"""
TAGS = {"public.notes.marked": ["financial.card"]}


@pytest.fixture(scope="module")
def server(debian_postgres: PostgresServer) -> PostgresServer:
    create_database(debian_postgres, DATABASE)
    debian_postgres.execute(SCHEMA, DATABASE)
    return debian_postgres


def gateway_before(server: PostgresServer, **detection: Any) -> GatewayProcess:  # noqa: ANN401
    settings = {"detection": detection}
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS, settings)
    return GatewayProcess({DATABASE: store}, [ANALYST])


def seen(gateway: GatewayProcess, sql: str = "SELECT * FROM notes") -> Sequence[Any]:
    endpoint = Endpoint(
        "scrim", "127.0.0.1", gateway.port, DATABASE, ANALYST.name, ANALYST.password
    )
    with psycopg.connect(endpoint.conninfo(), autocommit=True) as connection:
        row = connection.execute(sql.encode()).fetchone()
    assert row is not None
    return row


def test_everything_is_searched_for_by_itself(server: PostgresServer) -> None:
    with gateway_before(server) as gateway:
        body, iban, marked, number = seen(gateway)
    assert EMAIL not in body
    assert CARD not in body
    assert iban != IBAN
    assert marked != CARD
    assert str(number) != CARD.replace(" ", "")
    assert len(str(number)) == 16


def test_values_are_searched_for_the_entities_that_are_listed(server: PostgresServer) -> None:
    with gateway_before(server, entities=["contact.email"]) as gateway:
        body, iban, marked, number = seen(gateway)
    assert EMAIL not in body
    assert CARD in body
    assert str(number) == CARD.replace(" ", "")
    # A tag and a name say what a column holds, whatever is searched for.
    assert iban != IBAN
    assert marked != CARD


def test_without_a_search_texts_are_masked_whole_and_numbers_pass(server: PostgresServer) -> None:
    with gateway_before(server, enabled=False) as gateway:
        body, iban, marked, number = seen(gateway)
    assert EMAIL not in body
    assert "pays" not in body
    assert iban != IBAN
    assert marked != CARD
    assert str(number) == CARD.replace(" ", "")


def test_an_entity_that_does_not_exist_is_an_error(server: PostgresServer) -> None:
    gateway = gateway_before(server, entities=["contact.mail"])
    with pytest.raises(GatewayError, match=r"searched.detection.entities: names no entity by"):
        gateway.start()


def own_entities(shape: str) -> dict[str, Any]:
    """Return blocks of scrim.yaml with entities of the user's own."""
    badge = {
        "name": "acme.badge",
        "source": "House rules",
        "shape": shape,
        "pattern": "BG-[0-9]{4}",
        "matches": ["BG-1234"],
        "non_matches": ["BG-12"],
    }
    floor = {"name": "acme.floor", "source": "House rules", "shape": "column", "columns": ["floor"]}
    return {"detection": {"custom": [badge, floor]}}


def test_entities_of_ones_own_are_masked_by_value_and_by_name(server: PostgresServer) -> None:
    server.execute("DROP TABLE IF EXISTS staff", DATABASE)
    server.execute(
        "CREATE TABLE staff (remark text, floor text);"
        "INSERT INTO staff VALUES ('lost BG-4711 today', 'third')",
        DATABASE,
    )
    gateway = gateway_before(server)
    gateway.settings = own_entities("pattern")
    with gateway:
        remark, floor = seen(gateway, "SELECT remark, floor FROM staff")
    assert "BG-4711" not in remark
    assert remark.startswith("lost ")
    assert floor != "third"


def test_a_wrong_entity_of_ones_own_stops_the_start(server: PostgresServer) -> None:
    gateway = gateway_before(server)
    gateway.settings = own_entities("patern")
    with pytest.raises(
        GatewayError, match=r"scrim.yaml:\d+: detection.custom\[0\].shape: there is"
    ):
        gateway.start()
