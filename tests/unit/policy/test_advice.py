"""What a check of policies says beside mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scrim.policy.advice import advice
from scrim.policy.bundle import load_bundle

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("policy", "warned"),
    [
        ('permit(principal is Agent, action == Action::"filter", resource);', True),
        (
            'permit(principal is Agent in Group::"g", action in [Action::"select", '
            'Action::"filter"], resource);',
            True,
        ),
        ('permit(principal == Agent::"a", action == Action::"filter", resource);', True),
        ('forbid(principal is Agent, action == Action::"filter", resource);', False),
        ('permit(principal is Agent, action == Action::"select", resource);', False),
        ('permit(principal in Group::"g", action == Action::"filter", resource);', False),
        ("permit(principal, action, resource);", False),
    ],
)
def test_agents_that_may_guess_are_warned_of(tmp_path: Path, policy: str, warned: bool) -> None:
    (tmp_path / "one.cedar").write_text(f'@id("one") {policy}')
    found = list(advice(load_bundle(tmp_path)))
    assert [sentence.startswith("policies: one permits agents") for sentence in found] == [
        True
    ] * warned
