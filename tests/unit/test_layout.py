"""The rules of style that a linter does not know."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.support.tree import ROOT, relative, written_files

if TYPE_CHECKING:
    from pathlib import Path

MOST_LINES = 600
MANY_LINES = 400
MOST_FUNCTION_LINES = 80
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}

# Files above 400 lines, each with the reason why it is one thing.
LARGER_FILES: dict[str, str] = {
    "rust/detect/src/shapes/phone.rs": "one recogniser with the number plans it checks",
    "rust/kernel/src/relay.rs": "one class, as Python sees it",
    "rust/mask/examples/speed.rs": "the list of what is timed",
    "rust/mask/src/operators/mod.rs": "the list of all operators, and what holds for each",
    "rust/mask/src/spec.rs": "the list of all rules, operators and types as they are written",
    "rust/mask/src/types/json.rs": "one walk over a document in two formats",
    "rust/mask/src/types/numeric.rs": "one type in two formats, which share their digits",
    "rust/mask/tests/reveal.rs": "one property, over every operator and type that claim it",
    "rust/relay/src/client.rs": "the table of all that a client sends, to be read in one piece",
    "rust/relay/src/relay.rs": "what a relay holds, and the calls that move it on",
    "rust/relay/src/server.rs": "the table of all answers of a server, to be read in one piece",
    "rust/sql/src/analyse_tests.rs": "the statements and the facts that are expected of each",
    "rust/sql/src/asking.rs": "one walk over all that decides about rows",
    "rust/sql/src/lexer.rs": "one lexer",
    "rust/sql/src/walk.rs": "one walk over all of the grammar's nodes",
    "src/scrim/masking/arrow/masker.py": "one class: a stream of batches, from decision to masking",
    "src/scrim/server/gateway.py": "all that the sessions of a worker share, by its life",
    "src/scrim/server/session.py": "one protocol object: what asyncio, the pool and the relay call",
    "tests/integration/test_filtering.py": "one gateway, and all that can be asked through it",
    "src/scrim/statements/lineage.py": "one snapshot, and what is remembered about it",
    "src/scrim/statements/scopes.py": "one resolver, whose steps call each other",
    "tests/integration/test_guessing.py": "one gateway, and all shapes of a guess before it",
    "tests/integration/test_masked_space.py": "one gateway, and all that its clients say to it",
    "tests/integration/test_serve.py": "the life of one gateway, whose parts need the same servers",
}

# Words of unfinished work, and of the place where the work was done, that a reader cannot use.
UNFINISHED = re.compile(
    r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|todo!\(|unimplemented!\("
)
SOMEONES_MACHINE = re.compile(r"(?<![\w.])/(home|root|Users|work)/(?!\.cache)[\w.]+")
TRACKER = re.compile(r"\b(issue|ticket|PR|pull request)\s*#?\d+\b", re.IGNORECASE)

CODE = written_files(".py", ".rs", below=("benchmarks", "rust", "scripts", "src", "tests"))
PYTHON = [path for path in CODE if path.suffix == ".py"]
PROSE = [*written_files(), *ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_there_are_files_to_check() -> None:
    assert any(relative(path).startswith("src/") for path in PYTHON)
    assert any(relative(path).startswith("rust/") for path in CODE)


def test_no_file_is_too_long() -> None:
    too_long = {relative(path): len(lines(path)) for path in CODE if len(lines(path)) > MOST_LINES}
    assert too_long == {}


def test_long_files_say_why() -> None:
    long = {relative(path) for path in CODE if len(lines(path)) > MANY_LINES}
    assert sorted(long - set(LARGER_FILES)) == [], f"explain or split: above {MANY_LINES} lines"


def test_the_reasons_are_about_files_that_exist() -> None:
    assert [name for name in LARGER_FILES if not (ROOT / name).exists()] == []


def test_the_order_of_the_steps_fits_on_a_few_screens() -> None:
    path = ROOT / "src/scrim/enforcement.py"
    assert len(lines(path)) <= 300


def test_names_say_what_is_inside() -> None:
    vague = [relative(path) for path in CODE if BANNED_NAMES & {path.stem, *path.parent.parts}]
    assert vague == []


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_functions_fit_on_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text())
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MOST_FUNCTION_LINES
    }
    assert long == {}


@pytest.mark.parametrize(
    "path", [path for path in PYTHON if path.name == "__init__.py"], ids=relative
)
def test_packages_hold_no_logic(path: Path) -> None:
    logic = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.With)
    found = [
        type(node).__name__ for node in ast.parse(path.read_text()).body if isinstance(node, logic)
    ]
    assert found == []


def test_unsafe_code_stays_in_the_glue() -> None:
    members = tomllib.loads((ROOT / "rust/Cargo.toml").read_text())["workspace"]["members"]
    plain = [ROOT / "rust" / name / "src/lib.rs" for name in members if name != "kernel"]
    assert [relative(path) for path in plain if "#![forbid(unsafe_code)]" not in lines(path)] == []


def test_only_the_glue_knows_python() -> None:
    manifests = [
        path for path in written_files(".toml", below=("rust",)) if path.name == "Cargo.toml"
    ]
    users = [
        relative(path)
        for path in manifests
        if "pyo3" in tomllib.loads(path.read_text()).get("dependencies", {})
    ]
    assert users == ["rust/kernel/Cargo.toml"]


@pytest.mark.parametrize(
    "pattern", [UNFINISHED, SOMEONES_MACHINE, TRACKER], ids=lambda p: p.pattern[:20]
)
def test_the_text_speaks_to_its_reader(pattern: re.Pattern[str]) -> None:
    found = []
    for path in PROSE:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if path.name.endswith((".lock", "lock.json")):
            continue
        found += [
            f"{relative(path)}:{number}: {match[0]}"
            for number, line in enumerate(text.splitlines(), 1)
            if (match := pattern.search(line))
        ]
    assert found == []
