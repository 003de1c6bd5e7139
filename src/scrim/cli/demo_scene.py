"""The scene of `scrim demo`: a database, three principals, policies, and five questions."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from scrim.cli.demo_data import TAGS, load_script
from scrim.cli.embedded import EmbeddedPostgres
from scrim.identity.scram import make_verifier
from scrim.masking.keys import create_key_file

CONNECTION = "shop"
UPSTREAM_ROLE = "scrim_demo"

POLICIES = """\
// Analysts may read everything. Of what is personal they see who somebody is by name and age, and
// postal codes, but nothing by which they could be reached.
@id("analysts-read")
permit (
    principal in Group::"analysts",
    action in [Action::"connect", Action::"select", Action::"filter"],
    resource
);
@id("analysts-see-people-and-regions")
permit (principal in Group::"analysts", action == Action::"unmask", resource is Column)
when { resource.tag_groups == ["person"] || resource.tags == ["contact.postal_code"] };

// Agents never do more than the person they act for, here less: no names, no card table, and of
// ages, birth dates and postal codes only what groups of people have in common.
@id("agents-read")
permit (
    principal in Group::"agents",
    action in [Action::"connect", Action::"select", Action::"filter"],
    resource
);
@id("agents-see-age-groups")
@operator("age_bin")
permit (principal in Group::"agents", action == Action::"unmask", resource is Column)
when { resource.tags == ["person.age"] };
@id("agents-see-years-of-birth")
@operator("date_trunc")
permit (principal in Group::"agents", action == Action::"unmask", resource is Column)
when { resource.tags == ["person.birth_date"] };
@id("agents-see-zip3")
@operator("zip3")
permit (principal in Group::"agents", action == Action::"unmask", resource is Column)
when { resource.tags == ["contact.postal_code"] };
@id("agents-keep-off-cards")
forbid (principal is Agent, action == Action::"select", resource is Table)
when { resource.name == "cards" };

// Fraud investigators see what is there, and may have a masked value turned back.
@id("fraud-sees-all")
permit (principal in Group::"fraud", action, resource);
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """One of the three who ask.

    Attributes:
        name: The name to sign in with.
        title: Who that is, in a few words.
        group: The group that policies refer to.
        acts_for: The user whom an agent acts for.
        password: A password that lives as long as the demo.
    """

    name: str
    title: str
    group: str
    acts_for: str | None = None
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)

    @property
    def service(self) -> str:
        """The short name under which `psql service=...` finds the actor."""
        return self.name.partition("@")[0]

    def settings(self) -> dict[str, object]:
        """Return the actor's entry in scrim.yaml."""
        verifier = make_verifier(self.password, secrets.token_bytes).format()
        entry: dict[str, object] = {"groups": [self.group], "password": verifier}
        if self.acts_for is not None:
            entry |= {"kind": "agent", "acts_for": self.acts_for}
        return entry


@dataclass(frozen=True, slots=True)
class Query:
    """One question and its SQL."""

    question: str
    sql: str


QUERIES = (
    Query(
        "Who signed up last?",
        "SELECT given_name, family_name, email, phone, street, city\n"
        "FROM customers JOIN addresses ON customer_id = id ORDER BY signed_up DESC LIMIT 1",
    ),
    Query(
        "Who spends most?",
        "SELECT c.email, sum(o.total) AS spent\n"
        "FROM customers c JOIN orders o ON o.customer_id = c.id\n"
        "GROUP BY c.email ORDER BY spent DESC LIMIT 2",
    ),
    Query(
        "Whose card was declined?",
        "SELECT holder, number, expires\nFROM cards WHERE declined ORDER BY customer_id LIMIT 1",
    ),
    Query(
        "Which complaint is most like this one?",
        "SELECT t.subject, t.body FROM tickets t\n"
        "JOIN embeddings e ON e.ticket_id = t.id\n"
        "ORDER BY e.embedding <-> '[0.4,-0.1,0.9,0.2,-0.6,0.3,0.1,-0.8]' LIMIT 1",
    ),
    Query(
        "What happened last?",
        "SELECT payload FROM events ORDER BY at DESC LIMIT 1",
    ),
)


def actors() -> tuple[Actor, Actor, Actor]:
    """Return an analyst, her agent, and an investigator, with fresh passwords."""
    analyst = Actor("ana@shop.example", "analyst", "analysts")
    agent = Actor("ana-agent", "AI agent acting for ana", "agents", acts_for=analyst.name)
    return analyst, agent, Actor("ivo@shop.example", "fraud investigator", "fraud")


def fill(server: EmbeddedPostgres) -> str:
    """Load the shop and make the gateway's own role there; return the role's password."""
    password = secrets.token_urlsafe(18)
    server.execute(f"CREATE DATABASE {CONNECTION}")
    server.execute(load_script(), CONNECTION)
    server.execute(
        f"CREATE ROLE {UPSTREAM_ROLE} LOGIN PASSWORD '{password}';"
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {UPSTREAM_ROLE};",
        CONNECTION,
    )
    return password


def write_configuration(
    directory: Path, server_port: int, upstream_password: str, everyone: tuple[Actor, ...]
) -> Path:
    """Write scrim.yaml and the files that it names into a private folder, and return its path."""
    create_key_file(directory / "masking.key", secrets.token_bytes)
    write_private(directory / "upstream.password", upstream_password.encode())
    (directory / "policies").mkdir()
    (directory / "policies" / "shop.cedar").write_text(POLICIES)
    document = {
        "masking": {"key_file": "masking.key"},
        "policies": "policies",
        "audit": {"directory": "audit"},
        "listeners": {"postgres": {"address": "127.0.0.1:0"}},
        "identity": {"local": {"users": {actor.name: actor.settings() for actor in everyone}}},
        "connections": {
            CONNECTION: {
                "protocol": "postgres",
                "upstream": {
                    "host": "127.0.0.1",
                    "port": server_port,
                    "database": CONNECTION,
                    "user": UPSTREAM_ROLE,
                    "password_file": "upstream.password",
                    "tls": "disable",
                },
                "tags": TAGS,
            }
        },
        # The table is what there is to see; only what goes wrong is worth a line beside it.
        "log": {"level": "error", "format": "text"},
    }
    path = directory / "scrim.yaml"
    write_private(path, yaml.safe_dump(document, sort_keys=False).encode())
    return path


def write_services(directory: Path, port: int, everyone: tuple[Actor, ...]) -> Path:
    """Write a libpq service file with one entry for each actor, and return its path.

    It keeps the passwords out of command lines, where every user of the machine could read them.
    """
    sections = [
        f"[{actor.service}]\nhost=127.0.0.1\nport={port}\ndbname={CONNECTION}\n"
        f"user={actor.name}\npassword={actor.password}\nsslmode=disable\ngssencmode=disable\n"
        for actor in everyone
    ]
    path = directory / "pg_service.conf"
    write_private(path, "\n".join(sections).encode())
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only this user can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
