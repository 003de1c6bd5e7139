from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from scrim.server.figures import WorkerFigures

if TYPE_CHECKING:
    from scrim.masking.plans import PlanMaker


@dataclass
class Maker:
    """Has found something once."""

    found: list[tuple[str, int]] = field(default_factory=list)

    def take_findings(self) -> list[tuple[str, int]]:
        taken, self.found = self.found, []
        return taken


def test_counts_of_sessions_are_added_up_by_name() -> None:
    figures = WorkerFigures()
    figures.add({"statements.select.completed": 2, "bytes.to_client": 5, "masked": 1, "rows": 3})
    figures.add({"statements.select.completed": 1, "statements.select.refused": 1, "refused": 1})
    figures.add({"nulled": 2, "scrubbed": 4, "shapes.hits": 6})
    assert figures.of_statements() == {
        "statements": {"select": {"completed": 3, "refused": 1}},
        "bytes": {"to_client": 5},
        "findings": {},
        "rows": 3,
        "masked_values": 7,
    }
    assert figures.of_shapes(9) == {"hits": 6, "entries": 9}


def test_refusals_without_a_decision_are_others() -> None:
    figures = WorkerFigures()
    figures.add({"statements.do.refused": 1, "statements.select.completed": 1, "refused": 3})
    assert figures.of_statements()["statements"] == {
        "do": {"refused": 1},
        "select": {"completed": 1},
        "other": {"refused": 2},
    }


def test_findings_are_taken_from_every_data_store() -> None:
    figures = WorkerFigures()
    makers = [Maker([("us.ssn", 2)]), Maker([("us.ssn", 1), ("contact.email", 4)])]
    for _ in range(2):
        figures.add_findings(cast("list[PlanMaker]", makers))
    assert figures.of_statements()["findings"] == {"us.ssn": 3, "contact.email": 4}
