from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scrim.policy.bundle import BundleError
from scrim.server.policies import load_policies

if TYPE_CHECKING:
    from pathlib import Path

SEEN = '@id("seen")\n@operator("{}")\npermit (principal, action == Action::"unmask", resource);\n'


def folder(tmp_path: Path, operator: str) -> Path:
    (tmp_path / "a.cedar").write_text(SEEN.format(operator))
    return tmp_path


@pytest.mark.parametrize("operator", ["null", "zip3", "age_bin", "email"])
def test_a_policy_may_name_an_operator_that_needs_no_options(tmp_path: Path, operator: str) -> None:
    assert len(load_policies(folder(tmp_path, operator), commit="c").policies) == 1


@pytest.mark.parametrize(
    ("operator", "problem"),
    [
        ("top_bottom", r'^seen: @operator\("top_bottom"\) needs options, which a policy cannot'),
        ("scramble", r'^seen: @operator\("scramble"\) is not an operator; choose from address,'),
    ],
)
def test_a_policy_that_names_one_that_cannot_be_used_is_an_error(
    tmp_path: Path, operator: str, problem: str
) -> None:
    with pytest.raises(BundleError, match=problem):
        load_policies(folder(tmp_path, operator))
