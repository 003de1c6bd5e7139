"""Every figure that a benchmark can write is described in the documentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = sorted((ROOT / "benchmarks").glob("*.py"))
DOCUMENTED = (ROOT / "docs/reference/benchmarks.md").read_text()
# A name that a script computes has braces; the documentation has each result or a placeholder.
FIGURE = re.compile(r"\badd(?:_ratio)?\(\s*f?\"([a-z0-9_{}\[\]. ]+)\"")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_each_script_has_a_section(script: Path) -> None:
    assert f"\n### {script.stem}" in DOCUMENTED


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_each_figure_is_described(script: Path) -> None:
    for name in FIGURE.findall(script.read_text()):
        pattern = re.sub(r"\\\{.*?\\\}", "[a-z0-9_<>]+", re.escape(name))
        assert re.search(f"`{pattern}`", DOCUMENTED), f"{name} is not described"
