"""docs/reference/refusals.md has every refusal that is in the code, and says what to do instead."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from scrim.statements.classify import _CODE_STATEMENTS, _spoken
from scrim.statements.dialects.statements import _REASONS as DIALECT_REASONS
from scrim.statements.refused_functions import _PREFIXES
from scrim.statements.refused_functions import _REASONS as FUNCTION_REASONS
from tests.support.tree import ROOT, relative, written_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = (ROOT / "docs/reference/refusals.md").read_text()
PLAIN_PAGE = re.sub(r"\s+", " ", PAGE)
REFUSING = {
    "CopyError", "ProtocolError", "Refusal", "SettingError", "StatementError", "_TlsFailed",
    "_needs_raw", "_refused", "refused", "terminate",
}  # fmt: skip
"""What refusals are made with; the message is the first text that is no SQLSTATE."""
SQLSTATE = re.compile(r"[0-9A-Z]{5}")
ELSEWHERE = (
    "src/scrim/audit", "src/scrim/cli", "src/scrim/config", "src/scrim/detection",
    "src/scrim/masking/arrow", "src/scrim/masking/groups", "src/scrim/reveals",
)  # fmt: skip
"""What answers no client of the gateway."""
INTERNAL = {"the statement was not run"}
"""What stands for an answer that no client gets."""
PYTHON = [
    path
    for path in written_files(".py", below=("src",))
    if not relative(path).startswith(ELSEWHERE)
]
RUST = [
    path
    for path in written_files(".rs", below=("rust",))
    if relative(path).startswith(("rust/relay/src", "rust/sql/src")) and "_tests" not in path.name
]
IN_RUST = re.compile(
    r"(?:Refusal::new|Step::Fatal|client_fatal|server_fatal|ParseError::new|Self::new)"
    r'\(\s*(?:&?\w+,\s*)*"[0-9A-Z]{5}",\s*&?(?:format!\(\s*)?"((?:[^"\\]|\\.)+)"'
)


def text_of(node: ast.expr) -> str | None:
    """Return a text of the code, with … for what is only known when it runs."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = (text_of(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
        return "".join(part or "" for part in parts)
    return None


def messages(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if name not in REFUSING:
            continue
        texts = [text for one in node.args[:2] if (text := text_of(one)) is not None]
        found = [text for text in texts if not SQLSTATE.fullmatch(text)]
        # A reason alone is no message.
        if found and (name != "_needs_raw" or text_of(node.args[0]) is not None):
            yield node.lineno, found[0]


def documented(message: str) -> bool:
    shown = message.replace('\\"', '"').replace("\\u{2026}", "…")
    return f"`{shown}`" in PLAIN_PAGE or f"`{shown}" in PLAIN_PAGE


@pytest.mark.parametrize("path", [one for one in PYTHON if list(messages(one))], ids=relative)
def test_every_refusal_in_python_is_described(path: Path) -> None:
    missing = [
        (line, message)
        for line, message in messages(path)
        if message not in INTERNAL and set(message) - set("…: .") and not documented(message)
    ]
    assert missing == []


def test_every_refusal_in_rust_is_described() -> None:
    missing = [
        (relative(path), shown)
        for path in RUST
        for message in IN_RUST.findall(path.read_text())
        if not documented(shown := re.sub(r"\{[^}]*\}", "…", message))
    ]
    assert missing == []


def test_there_are_refusals_to_look_for() -> None:
    assert sum(len(list(messages(path))) for path in PYTHON) > 120
    assert sum(len(IN_RUST.findall(path.read_text())) for path in RUST) > 15


@pytest.mark.parametrize("statement", _CODE_STATEMENTS)
def test_every_statement_that_needs_raw_access_is_described(statement: str) -> None:
    row = next(line for line in PAGE.splitlines() if f"`{_spoken(statement)}`" in line)
    assert _CODE_STATEMENTS[statement] in row


@pytest.mark.parametrize(
    "reason", [*FUNCTION_REASONS, *_PREFIXES.values(), *DIALECT_REASONS.values()]
)
def test_every_reason_is_described(reason: str) -> None:
    assert reason in PAGE


def test_every_row_says_why_and_what_to_do() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| [0-9A-Z]{5} \|", line)]
    assert len(rows) > 110
    assert [row for row in rows if any(not cell.strip() for cell in row.split("|")[1:-1])] == []
    assert [row for row in rows if row.count("|") != 5] == []


DECIDING = tuple(f"src/scrim/{name}/" for name in ("masking", "policy", "statements"))


@pytest.mark.parametrize(
    "path", [path for path in PYTHON if relative(path).startswith(DECIDING)], ids=relative
)
def test_refusals_of_statements_have_a_hint(path: Path) -> None:
    """What the deciding layers refuse says what to do, in its hint."""
    bare = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Refusal"
        and len(node.args) < 4
        and not any(keyword.arg == "hint" for keyword in node.keywords)
    ]
    assert bare == []
