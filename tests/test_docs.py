"""What the documentation says is true: its commands run, its files load, its links lead somewhere.

A fenced block says by the words after its language how it is checked:

    sh run              run with bash, with .venv/bin first in PATH, in the page's own empty folder
    yaml file=NAME      written into that folder first, and NAME may be any language's
    yaml config         a whole scrim.yaml, checked against the settings
    cedar policy        policies, checked against the schema
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scrim.config.document import parse
from scrim.config.load import validate
from scrim.policy.bundle import build_bundle
from tests.support.tree import ROOT, relative, written_files

PAGES = [*written_files(".md", below=("docs", "examples")), *sorted(ROOT.glob("*.md"))]
RUN_TIMEOUT_S = 90

_FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page."""

    words: tuple[str, ...]
    text: str

    @property
    def file(self) -> str | None:
        return next((word[5:] for word in self.words if word.startswith("file=")), None)


def blocks(page: Path) -> list[Block]:
    return [
        Block(tuple(words.split()), text) for _, words, text in _FENCE.findall(page.read_text())
    ]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code forges build them."""
    text = _FENCE.sub("", page.read_text())
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text)]
    return {heading.replace(" ", "-") for heading in kept}


def pages_with(word: str) -> list[Path]:
    return [page for page in PAGES if any(word in block.words for block in blocks(page))]


def test_each_part_of_the_documentation_has_pages() -> None:
    for part in ("tutorial", "howto", "reference", "explanation"):
        assert [page for page in PAGES if f"docs/{part}/" in relative(page)] != []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for target in _LINK.findall(_FENCE.sub("", page.read_text())):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            dead.append(target)
    assert dead == []


def linked(page: Path) -> set[Path]:
    return {
        (page.parent / target.partition("#")[0]).resolve()
        for target in _LINK.findall(page.read_text())
        if "://" not in target
    }


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs/README.md"
    pages = set(written_files(".md", below=("docs",))) - {index}
    # A folder of pages has an index of its own, the page of the same name beside it.
    inner = {page for page in pages if page.with_suffix("").is_dir()}
    reached = linked(index).union(*(linked(page) for page in inner & linked(index)))
    assert sorted(map(relative, pages - reached)) == []


@pytest.mark.documented
@pytest.mark.parametrize("page", pages_with("run"), ids=relative)
def test_commands_run(page: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "NO_COLOR": "1",
    }
    for block in blocks(page):
        if block.file is not None:
            path = tmp_path / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        if "run" in block.words:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block.text],
                cwd=tmp_path,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=RUN_TIMEOUT_S,
                check=False,
            )
            assert done.returncode == 0, f"{block.text}\n{done.stdout}"


@pytest.mark.parametrize("page", pages_with("config"), ids=relative)
def test_configuration_files_have_the_right_shape(page: Path) -> None:
    for block in blocks(page):
        if "config" in block.words:
            validate(parse(block.text.encode()), page)


@pytest.mark.parametrize("page", pages_with("policy"), ids=relative)
def test_policies_pass_the_schema(page: Path) -> None:
    for number, block in enumerate(blocks(page)):
        if "policy" in block.words:
            assert build_bundle({f"{page.name}-{number}.cedar": block.text}).policies


def test_the_settings_are_described_as_the_code_has_them() -> None:
    script = ROOT / "scripts/reference.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
