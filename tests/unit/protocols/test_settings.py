"""What a client asks for in its startup packet."""

from __future__ import annotations

import pytest

from scrim.protocols.postgres.settings import SettingError, client_settings, stated_purpose

KNOWN = ["support", "marketing"]


@pytest.mark.parametrize(
    ("parameters", "purpose"),
    [
        ({}, ""),
        ({"application_name": "x", "options": "-c timezone=UTC"}, ""),
        ({"scrim.purpose": "support"}, "support"),
        ({"Scrim.Purpose": "support"}, "support"),
        ({"options": "-c scrim.purpose=marketing -c timezone=UTC"}, "marketing"),
        ({"options": "--scrim.purpose=marketing"}, "marketing"),
        ({"options": "-c scrim.purpose=marketing", "scrim.purpose": "support"}, "support"),
    ],
)
def test_a_client_states_its_purpose(parameters: dict[str, str], purpose: str) -> None:
    assert stated_purpose(parameters, KNOWN) == purpose
    # The data store hears nothing of it.
    assert not any("purpose" in name.lower() for name in client_settings(parameters, raw=False))


@pytest.mark.parametrize(
    "parameters",
    [
        {"scrim.purpose": "fraud"},
        {"scrim.purpose": ""},
        {"options": "-c scrim.purpose=support -c SCRIM.PURPOSE=marketing"},
    ],
)
def test_another_purpose_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="names no purpose") as caught:
        stated_purpose(parameters, KNOWN)
    assert caught.value.refusal.code == "22023"


def test_without_purposes_none_may_be_stated() -> None:
    with pytest.raises(SettingError):
        stated_purpose({"scrim.purpose": "support"}, [])
