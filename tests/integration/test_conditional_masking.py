"""Which operator somebody sees a column through, by purpose, person or program, and time."""

from __future__ import annotations

import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User, scrim_program
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.certificates import Authority
    from tests.support.postgres import PostgresServer

DATABASE = "conditional"
ANALYST = User("analyst@example.com", ("analysts",))
AGENT = User("helper", ("analysts",), kind="agent", acts_for=ANALYST.name)
CARD = "4111111111111111"
POLICIES = """
permit(principal in Group::"analysts", action in [Action::"connect", Action::"select"], resource);
@operator("last4")
permit(principal, action == Action::"unmask", resource == Column::"conditional/public.cards.number")
when { context.human && context.stated_purpose == "support" };
permit(principal, action == Action::"unmask", resource == Column::"conditional/public.cards.holder")
when { context.purpose == "fraud" };
permit(principal, action == Action::"unmask", resource == Column::"conditional/public.cards.code")
when { context has time && context.time < datetime("{until}") };
permit(principal, action == Action::"unmask", resource == Column::"conditional/public.cards.note")
when { resource.confidence < 100 };
"""
TAGS = {
    "public.cards.number": ["financial.card"],
    "public.cards.holder": ["person.full"],
    "public.cards.code": ["confidential"],
    "public.cards.note": ["confidential"],
}
SCHEMA = f"""
CREATE TABLE cards (id int PRIMARY KEY, number text, holder text, code int, note text);
INSERT INTO cards VALUES (1, '{CARD}', 'Adelheid Zumwinkel', 4711, 'nothing found here');
"""
MINUTE = timedelta(minutes=1)
QUERY = "SELECT number, holder, code, note FROM cards WHERE id = 1"


class Cards:
    """A gateway whose policies depend on circumstances."""

    def __init__(self, through: Endpoint, gateway: GatewayProcess, until: datetime) -> None:
        self.through, self.gateway, self.until = through, gateway, until

    def connect(self, user: User = ANALYST, **settings: str) -> psycopg.Connection[Any]:
        given = self.through.settings() | {"user": user.name, "password": user.password}
        return psycopg.connect(**given | settings, autocommit=True)  # type: ignore[arg-type]

    def seen(self, user: User = ANALYST, **settings: str) -> tuple[Any, ...]:
        with closing(self.connect(user, **settings)) as connection:
            (row,) = connection.execute(QUERY).fetchall()
            return tuple(row)


@pytest.fixture(scope="module")
def cards(debian_postgres: PostgresServer, authority: Authority) -> Iterator[Cards]:
    server = debian_postgres
    create_database(server, DATABASE)
    server.execute(SCHEMA, DATABASE)
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS)
    now = datetime.now(UTC)
    until = now.replace(second=0, microsecond=0) + (2 * MINUTE if now.second > 40 else MINUTE)
    settings = {
        "masking": {"named": {"last4": {"name": "partial", "keep_last": 4}}},
        "identity": {"stated_purposes": ["support", "training"]},
    }
    text = POLICIES.replace("{until}", until.strftime("%Y-%m-%dT%H:%M:%SZ"))
    users = [ANALYST, AGENT]
    with GatewayProcess({DATABASE: store}, users, text, authority, settings=settings) as gateway:
        through = Endpoint(
            "scrim", "127.0.0.1", gateway.port, DATABASE, ANALYST.name, ANALYST.password
        ).over_tls(authority.certificate)
        yield Cards(through, gateway, until)


def test_a_stated_purpose_chooses_a_named_operator(cards: Cards) -> None:
    assert cards.seen()[0] not in {CARD, "*" * 12 + CARD[-4:]}
    for options in ("-c scrim.purpose=support", "--scrim.purpose=support"):
        assert cards.seen(options=options)[0] == "*" * 12 + CARD[-4:]
    assert cards.seen(options="-c scrim.purpose=training")[0] not in {CARD, "*" * 12 + CARD[-4:]}
    with pytest.raises(psycopg.OperationalError, match="names no purpose"):
        cards.seen(options="-c scrim.purpose=fraud")
    assert '"stated_purpose":"support"' in cards.gateway.audit_text()


def test_a_purpose_cannot_be_stated_later(cards: Cards) -> None:
    with closing(cards.connect()) as connection:
        for statement in (
            "SET scrim.purpose = 'support'",
            "SELECT set_config('scrim.purpose', 'support', false)",
        ):
            try:
                connection.execute(statement)
            except psycopg.Error:
                continue
        (row,) = connection.execute(QUERY).fetchall()
        assert row[0] not in {CARD, "*" * 12 + CARD[-4:]}


def test_an_agent_does_not_see_what_a_person_does(cards: Cards) -> None:
    seen = cards.seen(AGENT, options="-c scrim.purpose=support")
    assert seen[0] not in {CARD, "*" * 12 + CARD[-4:]}


def test_a_proven_purpose_comes_with_the_token(cards: Cards) -> None:
    def token(*more: str) -> str:
        command = [str(scrim_program()), "token", "issue", "--user", ANALYST.name, *more]
        command += ["--config", str(cards.gateway.configuration)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert cards.seen(password=token("--purpose", "fraud"))[1] == "Adelheid Zumwinkel"
    assert cards.seen(password=token("--purpose", "support"))[1] != "Adelheid Zumwinkel"
    assert cards.seen(password=token())[1] != "Adelheid Zumwinkel"


def test_what_scrim_yaml_says_is_certain(cards: Cards) -> None:
    # `confidential` is no entity that anything was found to be, so nothing is certain of it.
    assert cards.seen()[3] == "nothing found here"


@pytest.mark.long
def test_a_permission_ends_in_the_middle_of_a_session(cards: Cards) -> None:
    with closing(cards.connect()) as connection:
        connection.prepare_threshold = 0

        def code() -> int:
            (row,) = connection.execute("SELECT code FROM cards WHERE id = %s", (1,)).fetchall()
            return int(row[0])

        assert datetime.now(UTC) < cards.until
        while datetime.now(UTC) < cards.until - timedelta(seconds=0.2):
            assert code() == 4711
            time.sleep(0.2)
        time.sleep(max(0.0, (cards.until - datetime.now(UTC)).total_seconds()) + 0.3)
        assert code() != 4711
        assert cards.seen()[2] != 4711
