"""A desk over a configuration on disk, with people of every kind, and the values that it masks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scrim import kernel
from scrim.audit.reader import read_records
from scrim.domain.column import Column
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.choice import OperatorTable
from scrim.masking.rewriter import PlannedColumn, compile_plan
from scrim.reveals.request import RevealRequest, SignedIn
from scrim.server.reveals import Reveals, open_reveals
from tests.support.gateway_process import merged
from tests.support.scram_verifier import scram_verifier
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PASSWORD = "correct horse " + "battery"
EMAIL = Column("public", "people", "email")
CARD = Column("public", "people", "card")
RAW = "zelda@" + "corp.test"
POLICIES = """
@id("investigators reveal")
permit (principal in Group::"investigators", action == Action::"reveal",
        resource is Column in Connection::"shop");

@id("support reveals by approval")
@approval("supervisors")
permit (principal in Group::"support", action == Action::"reveal", resource)
when { resource.tags.contains("contact.email") };

@id("auditors by two approvals")
@approval("supervisors")
permit (principal in Group::"auditors", action == Action::"reveal", resource is Column);
@id("auditors by legal too")
@approval("legal")
permit (principal in Group::"auditors", action == Action::"reveal", resource is Column);

@id("keepers reveal all")
permit (principal in Group::"keepers", action == Action::"reveal", resource);

@id("secrets stay secret")
forbid (principal, action == Action::"reveal", resource)
when { resource.tag_groups.contains("secret") };
"""
PEOPLE: dict[str, dict[str, Any]] = {
    "ines": {"groups": ["investigators"]},
    "sam": {"groups": ["support", "supervisors"]},
    "sue": {"groups": ["supervisors"]},
    "leo": {"groups": ["legal"]},
    "aud": {"groups": ["auditors"]},
    "ann": {"groups": ["analysts"]},
    "keeper": {"groups": ["keepers"]},
    "bot": {"groups": ["supervisors", "support"], "kind": "agent", "acts_for": "sam"},
}


def write_desk(folder: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """Write a scrim.yaml with the people and policies of these tests, and return its path."""
    verifier = scram_verifier(PASSWORD)
    users = {name: {**person, "password": verifier} for name, person in PEOPLE.items()}
    document = {
        "identity": {"local": {"users": users}},
        "masking": {"operators": {"contact.email": "siv", "financial.card": "card"}},
        "connections": {
            "shop": {
                "tags": {
                    "public.people.email": ["contact.email"],
                    "public.people.key": ["secret.generic"],
                }
            }
        },
    }
    path = write_config(folder, merged(document, changes or {}))
    (folder / "policies" / "all.cedar").write_text(POLICIES)
    return path


class Desk:
    """The desk and its folder."""

    def __init__(self, folder: Path, changes: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        self.path = write_desk(folder, changes)
        self.reveals: Reveals = open_reveals(self.path)

    def who(self, name: str) -> SignedIn:
        return self.reveals.sign_in(name, password=PASSWORD)

    def masked(self, raw: str, entity: str = "contact.email", operator: str = "siv") -> str:
        return mask(self.folder, raw, entity, operator)

    def records(self) -> list[dict[str, Any]]:
        return list(read_records(self.folder / "audit"))

    def events(self) -> list[str]:
        return [record["event"] for record in self.records()]


def mask(folder: Path, raw: str, entity: str, operator: str) -> str:
    """Mask a text as the gateway of a folder would."""
    table = OperatorTable({entity: {"name": operator}})
    key = (folder / "masking.key").read_bytes()
    masker = kernel.Masker(key, kernel.Detector("[]"), table.masker_config(()))
    planned = PlannedColumn(ColumnDecision(Treatment.MASK, entity), {"kind": "text"})
    plan = kernel.Plan(compile_plan([planned], table), masker)
    cell = raw.encode()
    body = (1).to_bytes(2) + len(cell).to_bytes(4) + cell
    return plan.rewrite(b"D" + (4 + len(body)).to_bytes(4) + body)[11:].decode()


def ask(*values: str, column: Column | None = EMAIL, **more: Any) -> RevealRequest:  # noqa: ANN401
    """Return a request for values of a column."""
    return RevealRequest("shop", values, more.pop("reason", "chargeback 7"), column, **more)


def text_of(folder: Path) -> str:
    """Return everything that the desk has written down."""
    records = "".join(path.read_text() for path in sorted((folder / "audit").glob("*.jsonl")))
    stored = (folder / "audit" / "approvals.sqlite3").read_bytes().decode("latin-1")
    return records + json.dumps(stored)
