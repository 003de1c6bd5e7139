"""A user's own entities: where they come from, and what a wrong one says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scrim.config.document import parse
from scrim.config.entities import CustomEntities
from scrim.config.errors import ConfigError
from scrim.config.load import validate
from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.columns import ColumnJudge
from scrim.detection.custom import custom_catalogue, example_problems
from scrim.detection.scan import Scanner
from scrim.domain.column import Column
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from pathlib import Path

BADGE = """
    - name: acme.badge
      source: House rules
      shape: pattern
      pattern: BG-[0-9]{4}
      matches: [BG-1234]
      non_matches: [BG-12]
"""
PLUGIN = """
from scrim.detection.entry import Entry

class Entities:
    def entities(self):
        yield {
            "name": "acme.desk", "source": "House rules", "shape": "column",
            "columns": ["desk_code"], "column_matches": ["desk_code"],
        }
        yield Entry(
            name="acme.room", source="House rules", shape="pattern", pattern="R[0-9]{3}[a-f]",
            matches=("R123a",), non_matches=("R12",),
        )

    def vote(self, entity, values):
        return [entity == "acme.desk" and value.startswith("D/") for value in values]
"""


def settings(folder: Path, block: str) -> CustomEntities:
    path = write_config(folder)
    path.write_text(path.read_text() + "detection:\n" + block)
    return validate(parse(path.read_bytes()), path).detection


def problems(folder: Path, block: str) -> list[str]:
    own = settings(folder, block)
    with pytest.raises(ConfigError) as caught:
        custom_catalogue(own)
    return [str(problem).replace(str(folder), "") for problem in caught.value.problems]


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with an entry point, whose module the test writes."""
    info = tmp_path / "site/acme_entities-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-entities\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[scrim.entities]\nacme = acme_entities:Entities\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, "acme_entities", raising=False)
    return tmp_path / "site/acme_entities.py"


def test_without_any_the_catalogue_is_the_one_that_comes_with_scrim() -> None:
    assert custom_catalogue(CustomEntities()) is builtin_catalogue()


def test_an_entity_of_the_configuration_is_found(tmp_path: Path) -> None:
    catalogue = custom_catalogue(settings(tmp_path, "  custom:" + BADGE))
    assert catalogue.names[-1] == "acme.badge"
    (findings,) = Scanner(catalogue).scan(["badge BG-4711"])
    assert (6, 13, "acme.badge") in [(one.start, one.end, one.entity) for one in findings]


def test_a_file_has_the_same_form(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[[entity]]\nname = "acme.floor"\nsource = "House rules"\nshape = "column"\n'
        'columns = ["floor_code"]\n'
    )
    catalogue = custom_catalogue(settings(tmp_path, "  entities_file: own.toml\n"))
    verdict = ColumnJudge(catalogue).verdict(Column("", "t", "floor_code"))
    assert verdict.entity == "acme.floor"


def test_words_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "projects.txt").write_text("# secret projects\nBluebird\nNightingale\n")
    block = """  custom:
    - {name: acme.project, source: House rules, shape: words, words_file: projects.txt,
       confidence: 0.8, matches: [on Nightingale now], non_matches: [a bird]}
"""
    catalogue = custom_catalogue(settings(tmp_path, block))
    assert catalogue.entry("acme.project").words == ("Bluebird", "Nightingale")
    assert example_problems(catalogue, settings(tmp_path, block)) == []


def test_what_is_wrong_is_named_with_file_line_and_reason(tmp_path: Path) -> None:
    text = "  custom:" + BADGE.replace("shape: pattern", "shape: patern")
    line = len(write_config(tmp_path).read_text().splitlines()) + 2
    (told,) = problems(tmp_path, text)
    assert told == (
        f"/scrim.yaml:{line + 3}: detection.custom[0].shape: there is no recogniser `patern`"
    )
    (told,) = problems(tmp_path, "  custom:" + BADGE + "      colour: red\n")
    assert "colour" in told
    (told,) = problems(tmp_path, "  entities_file: nothing.toml\n")
    assert "nothing.toml: cannot be read" in told


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, "  custom:" + BADGE.replace("acme.badge", "contact.email"))
    assert "there is an entity `contact.email` already" in told


def test_examples_that_do_not_hold_are_told(tmp_path: Path) -> None:
    block = "  custom:" + BADGE.replace("[BG-1234]", "[BG-12]").replace(
        "[BG-12]\n", "[BG-9999]\n", 2
    )
    own = settings(tmp_path, block.replace("matches: [BG-9999]", "matches: [BG-x]", 1))
    told = [problem.key for problem in example_problems(custom_catalogue(own), own)]
    assert told == ["acme.badge.matches[0]", "acme.badge.non_matches[0]"]


def test_a_package_adds_entities_and_votes(plugin: Path) -> None:
    plugin.write_text(PLUGIN)
    catalogue = custom_catalogue(CustomEntities())
    assert catalogue.names[-2:] == ("acme.desk", "acme.room")
    values = [f"D/{n}" for n in range(30)]
    verdict = ColumnJudge(catalogue).verdict(Column("", "t", "x"), "text", values, [[]] * 30)
    assert verdict.entity == "acme.desk"
    assert custom_catalogue(CustomEntities(plugins=False)) is builtin_catalogue()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise RuntimeError('secret')", "cannot be used: RuntimeError"),
        ("Entities = 1", "cannot be used: AttributeError"),
        (PLUGIN.replace('"columns": ["desk_code"], ', ""), "needs at least one"),
        (PLUGIN.replace("acme.desk", "contact.email"), "already"),
        (
            PLUGIN.replace("def vote(self, entity, values):", "vote = 3\n    def other(self):"),
            "vote",
        ),
    ],
    ids=["raises", "no-entities", "wrong-entry", "taken", "no-function"],
)
def test_a_broken_package_stops_the_start(plugin: Path, source: str, reason: str) -> None:
    plugin.write_text(source)
    with pytest.raises(ConfigError) as caught:
        custom_catalogue(CustomEntities())
    assert reason in str(caught.value)
    assert "entry point acme of the package acme-entities" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_vote_that_fails_counts_as_none(plugin: Path) -> None:
    plugin.write_text(PLUGIN.replace("return [entity ==", "return 1 / 0 or [entity =="))
    catalogue = custom_catalogue(CustomEntities())
    values = [f"D/{n}" for n in range(30)]
    verdict = ColumnJudge(catalogue).verdict(Column("", "t", "x"), "text", values, [[]] * 30)
    assert verdict.entity is None
