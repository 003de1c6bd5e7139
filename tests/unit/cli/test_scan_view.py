"""The `tags` block that `scrim scan` prints."""

from __future__ import annotations

import yaml

from scrim.cli.scan_view import tags_block
from scrim.detection.inventory import ColumnReport, Inventory
from scrim.domain.column import Column


def report(name: str, entity: str, *, inside: bool = False) -> ColumnReport:
    column = Column("public", "people", name)
    return ColumnReport(column, "text", entity, 0.9, ("name",), (), 3, {}, inside)


def test_tags_that_would_mask_what_is_informational_are_left_out_unless_asked_for() -> None:
    columns = [
        report("email", "contact.email"),
        report("country", "contact.country"),
        report("note", "contact.phone", inside=True),
    ]
    informational = frozenset({"contact.country"})
    inventory = Inventory("shop", columns, informational=informational)
    known = {"public.people.country": ["reviewed"]}
    block = yaml.safe_load(tags_block(inventory, known, informational=False))
    assert block["connections"]["shop"]["tags"] == {
        "public.people.country": ["reviewed"],
        "public.people.email": ["contact.email"],
    }
    assert len(inventory.notes) == 1
    block = yaml.safe_load(tags_block(inventory, known, informational=True))
    assert block["connections"]["shop"]["tags"] == {
        "public.people.country": ["reviewed", "contact.country"],
        "public.people.email": ["contact.email"],
    }
    assert len(inventory.notes) == 1
