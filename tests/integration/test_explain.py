"""`scrim explain` says what the gateway does: both are asked about the same statements."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import psycopg
import pytest
from psycopg.pq import DiagnosticField

from scrim.config.load import load
from scrim.server.explaining import Asker, explaining
from tests.evasion.canaries import Canaries
from tests.evasion.shapes import ERRORS, QUERIES, REFUSED
from tests.evasion.vault import ANALYST, INVESTIGATOR, TAGS, schema
from tests.support.gateway_process import GatewayProcess, Store, User, scrim_program
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scrim.server.explanation import Explanation
    from tests.support.postgres import PostgresServer

DATABASE = "explained"
READER = User("reader@example.com", ("readers",))
STRANGER = User("stranger@example.com", ("strangers",))
POLICIES = """
@id("work") permit(
    principal in Group::"analysts",
    action in [Action::"connect", Action::"select", Action::"insert", Action::"update",
               Action::"delete", Action::"copy", Action::"call", Action::"filter", Action::"ddl"],
    resource
);
@id("everything") permit(principal in Group::"investigators", action, resource);
@id("read clean") permit(
    principal in Group::"readers",
    action in [Action::"connect", Action::"select", Action::"filter"], resource
) when { !(resource is Table) || resource.name == "clean" };
@id("public") permit(principal, action == Action::"unmask", resource is Column)
when { resource.tags.contains("public") };
"""
EVERYDAY = (
    "SELECT 1; SELECT word FROM clean; SELECT email FROM people",
    "SELECT * FROM clean WHERE id = 1",
    "SELECT c.word, p.email FROM clean c JOIN people p USING (id) ORDER BY p.email",
    "SELECT id, count(*), min(born), string_agg(email, ',') FROM people GROUP BY id",
    "WITH a AS (SELECT email FROM people) SELECT * FROM a UNION SELECT word FROM clean",
    "SELECT f.loud, f.face FROM faces_twice f",
    "SELECT body, backwards FROM letters",
    "SELECT n1, n2, n3 FROM counts LIMIT 1",
    "SELECT email FROM people WHERE email = 'nobody@example.com'",
    "SELECT email FROM people WHERE big = 'no number'",
    "SELECT email FROM people WHERE email = lower('X')",
    "INSERT INTO sandbox.copies VALUES (1, 'x') RETURNING *",
    "INSERT INTO sandbox.copies SELECT id, remarks FROM people",
    "UPDATE people SET remarks = 'x' WHERE id = 99999 RETURNING remarks, notes",
    "DELETE FROM sandbox.copies WHERE id = 4711 RETURNING word || id",
    "COPY people (id, email) TO STDOUT",
    "COPY (SELECT upper(email) FROM people) TO STDOUT (FORMAT csv)",
    "EXPLAIN SELECT email FROM people",
    "SHOW search_path",
    "BEGIN; COMMIT",
    "SET role postgres",
    "SET statement_timeout = '10s'",
    "SELECT FROM WHERE",
    "SELECT nothing FROM people",
    "SELECT relname FROM pg_class LIMIT 1",
    "SELECT most_common_vals FROM pg_stats LIMIT 1",
    "CREATE TABLE sandbox.later (id int)",
    "DROP TABLE sandbox.later",
    "GRANT SELECT ON people TO postgres",
    "",
    "-- nothing",
)
STATEMENTS = (*EVERYDAY, *(one for found in QUERIES.values() for one in found), *REFUSED, *ERRORS)


@pytest.fixture(scope="module")
def gateway(debian_postgres: PostgresServer) -> Iterator[GatewayProcess]:
    create_database(debian_postgres, DATABASE)
    debian_postgres.execute(schema(Canaries(secrets.randbits(64))), DATABASE)
    store = Store(debian_postgres.port, DATABASE, "postgres", debian_postgres.password, TAGS)
    users = [ANALYST, INVESTIGATOR, READER, STRANGER]
    with GatewayProcess({DATABASE: store}, users, policies=POLICIES) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway answered, and what it recorded.

    Attributes:
        error: SQLSTATE, message, detail and hint of the error that it ended with.
        intent: The record before.
        columns: The records of its results.
    """

    error: tuple[str, str, str, str] | None
    intent: dict[str, Any]
    columns: list[list[dict[str, str]]]


def connect(gateway: GatewayProcess, user: User) -> psycopg.Connection[Any]:
    settings = f"host=127.0.0.1 port={gateway.port} dbname={DATABASE} sslmode=disable"
    return psycopg.connect(settings, user=user.name, password=user.password, autocommit=True)


def direct_connection(server: PostgresServer) -> psycopg.Connection[Any]:
    settings = f"host=127.0.0.1 port={server.port} dbname={DATABASE} user=postgres"
    return psycopg.connect(settings, password=server.password, autocommit=True)


def run(gateway: GatewayProcess, user: User, statements: Sequence[str]) -> list[Answer]:
    """Send statements through the gateway by the simple protocol."""
    with connect(gateway, user) as connection:
        # What a COPY sends is ended by the next statement.
        errors = [error_of(connection.pgconn.exec_(one.encode())) for one in statements]
    records = [json.loads(line) for line in gateway.audit_text().splitlines()]
    session = next(r["session"] for r in reversed(records) if r.get("event") == "signed_in")
    mine = [record for record in records if record.get("session") == session]
    intents = [record for record in mine if record["record"] == "intent"]
    columns: dict[str, list[list[dict[str, str]]]] = {}
    for record in mine:
        if record["record"] == "columns":
            columns.setdefault(record["shape"], []).append(record["columns"])
    return [
        Answer(error, intent, columns.get(intent["shape"], []))
        for error, intent in zip(errors, intents, strict=True)
    ]


def error_of(result: psycopg.pq.abc.PGresult) -> tuple[str, str, str, str] | None:
    fields = [
        (result.error_field(field) or b"").decode()
        for field in (
            DiagnosticField.SQLSTATE,
            DiagnosticField.MESSAGE_PRIMARY,
            DiagnosticField.MESSAGE_DETAIL,
            DiagnosticField.MESSAGE_HINT,
        )
    ]
    return (fields[0], fields[1], fields[2], fields[3]) if fields[0] else None


def explained(gateway: GatewayProcess, user: User, statements: Sequence[str]) -> list[Explanation]:
    async def explain_all() -> list[Explanation]:
        config = load(gateway.configuration).config
        async with explaining(config, DATABASE, Asker(user.name)) as explain:
            return [await explain(statement.encode()) for statement in statements]

    return asyncio.run(explain_all())


@pytest.mark.timeout(300)
@pytest.mark.parametrize("user", [ANALYST, INVESTIGATOR, READER], ids=lambda user: user.name)
def test_what_is_explained_is_what_the_gateway_does(gateway: GatewayProcess, user: User) -> None:
    explanations = explained(gateway, user, STATEMENTS)
    answers = run(gateway, user, STATEMENTS)
    refusals = 0
    for statement, explanation, answer in zip(STATEMENTS, explanations, answers, strict=True):
        intent = {
            name: value
            for name, value in answer.intent.items()
            if name not in {"session", "statement_id", "time", "shape", "phase"}
        }
        # Statements of one shape share the text of the first, which may write keywords otherwise.
        same = intent["statement"].lower() == explanation.audit.intent["statement"].lower()
        assert same, statement
        own = {**explanation.audit.intent, "statement": intent["statement"]}
        assert own == intent, statement
        refusal = explanation.refusal
        if refusal is None:
            assert intent["decision"] == "permit", statement
        else:
            refusals += 1
            told = (refusal.code, refusal.message, refusal.detail, refusal.hint)
            assert answer.error == told, statement
        recorded = [record["columns"] for record in explanation.audit.columns]
        if answer.error is None or recorded == []:
            assert recorded == answer.columns or shared(recorded, answers, answer), statement
    # Otherwise the test would not say much about refusals.
    assert refusals >= (0 if user is INVESTIGATOR else 25)


def shared(recorded: list[Any], answers: Sequence[Answer], answer: Answer) -> bool:
    """Whether what was recorded for a shape came of several statements of it."""
    same = [other for other in answers if other.intent["shape"] == answer.intent["shape"]]
    return len(same) > 1 and all(columns in answer.columns for columns in recorded)


@pytest.mark.parametrize("user", [ANALYST, INVESTIGATOR], ids=lambda user: user.name)
def test_a_column_comes_raw_exactly_where_it_is_explained_to(
    gateway: GatewayProcess, debian_postgres: PostgresServer, user: User
) -> None:
    names = [tag.rpartition(".")[2] for tag in TAGS if tag.startswith("public.people.")]
    statement = f"SELECT {', '.join(names)} FROM people WHERE id = 1"
    (explanation,) = explained(gateway, user, [statement])
    columns = explanation.statements[0].columns
    with connect(gateway, user) as connection:
        shown = connection.pgconn.exec_(statement.encode())
    with direct_connection(debian_postgres) as direct:
        stored = direct.pgconn.exec_(statement.encode())
    for place, column in enumerate(columns):
        same = shown.get_value(0, place) == stored.get_value(0, place)
        assert same == (column.treatment == "pass"), column
    assert {column.treatment for column in columns} >= (
        {"pass"} if user is INVESTIGATOR else {"pass", "mask"}
    )


def command(
    gateway: GatewayProcess, *words: str, given: str = ""
) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "scrim.cli.main", "explain", *words]
    program += ["--config", str(gateway.configuration)]
    return subprocess.run(program, capture_output=True, text=True, check=False, input=given)


def test_the_exit_code_tells_what_is_refused(gateway: GatewayProcess) -> None:
    allowed = command(gateway, "SELECT email FROM people", "--as", ANALYST.name)
    assert (allowed.returncode, allowed.stderr) == (0, "")
    assert "email text: masked as contact.email by email" in allowed.stdout
    assert "has the tag contact.email in scrim.yaml" in allowed.stdout
    refused = command(gateway, "-", "--as", ANALYST.name, given="SET ROLE postgres")
    assert refused.returncode == 77
    assert "refused: 42501 setting role is not allowed" in refused.stdout
    assert "instead: " in refused.stdout


def test_who_may_not_connect_is_refused_as_at_sign_in(gateway: GatewayProcess) -> None:
    done = command(gateway, "SELECT 1", "--as", STRANGER.name, "--json")
    refusal = json.loads(done.stdout)["refusal"]
    assert done.returncode == 77
    with pytest.raises(psycopg.OperationalError, match="permission denied") as failure:
        connect(gateway, STRANGER)
    assert refusal["message"] in str(failure.value)
    assert refusal["hint"] in str(failure.value)


def test_policies_see_the_circumstances_that_are_given(gateway: GatewayProcess) -> None:
    sql = "SELECT word FROM clean"
    document = json.loads(
        command(gateway, sql, "--as", READER.name, "--agent", "bot", "--json").stdout
    )
    assert document["principal"] == ["bot", READER.name]
    assert document["verdict"] == "refused"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("SELECT 1", "--as", "nobody"), "identity.local.users has no nobody"),
        (("SELECT 1",), "--as is missing"),
        (("SELECT 1", "--as", READER.name, "--connection", "x"), "there is none of that name"),
        (("--as", READER.name), "give the statement as an argument"),
        (("SELECT 1", "--as", READER.name, "--json", "--dot"), "exclude each other"),
    ],
)
def test_a_wrong_command_line_is_explained(
    gateway: GatewayProcess, words: Sequence[str], said: str
) -> None:
    done = command(gateway, *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_shell_completes_connections_and_principals(gateway: GatewayProcess) -> None:
    def complete(words: str) -> str:
        settings = f"explain --config {gateway.configuration} {words}"
        environment = {
            **os.environ,
            "_SCRIM_COMPLETE": "complete_bash",
            "COMP_WORDS": f"scrim {settings}",
            "COMP_CWORD": str(len(settings.split())),
        }
        done = subprocess.run(
            [scrim_program()], capture_output=True, text=True, check=False, env=environment
        )
        return done.stdout

    assert DATABASE in complete("--connection ex")
    assert READER.name in complete("--as read")


def test_a_drawing_and_a_graph_are_written(gateway: GatewayProcess, tmp_path: Path) -> None:
    sql = "SELECT email, upper(full_name) AS loud FROM people"
    drawing = tmp_path / "drawing.svg"
    done = command(gateway, sql, "--as", ANALYST.name, "--dot", "--svg", str(drawing))
    assert done.stdout.startswith("digraph explanation {")
    root = ElementTree.fromstring(drawing.read_text())  # noqa: S314 - what was just written
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"public.people.email", "loud", "masked as person.full by name part=full"} <= set(texts)
