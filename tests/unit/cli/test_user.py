from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scrim.identity.scram import ScramVerifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Result

PASSWORD = "correct horse " + "battery"


def test_a_password_becomes_a_verifier_that_does_not_contain_it(
    scrim: Callable[..., Result],
) -> None:
    result = scrim("user", "password", typed=f"{PASSWORD}\n")
    assert result.code == 0
    assert ScramVerifier.parse(result.out.strip()).iterations >= 4096
    assert PASSWORD not in result.out + result.err


def test_the_same_password_gives_another_verifier_each_time(scrim: Callable[..., Result]) -> None:
    seen = {scrim("user", "password", typed=PASSWORD).out for _ in range(2)}
    assert len(seen) == 2


def test_json(scrim: Callable[..., Result]) -> None:
    result = scrim("user", "password", "--json", typed=PASSWORD)
    ScramVerifier.parse(json.loads(result.out)["password"])


@pytest.mark.parametrize("typed", ["", "\n", "a\0b\n", "x" * 2000])
def test_what_cannot_be_a_password_is_refused(scrim: Callable[..., Result], typed: str) -> None:
    result = scrim("user", "password", typed=typed)
    assert result.code == 1
    assert result.out == ""
    assert result.err.startswith("scrim: ")
    assert "xxx" not in result.err
