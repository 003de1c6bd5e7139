"""The masking block: where the key comes from, and what wraps it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from scrim.config.masking import Masking

KEY_FILE = {"key_file": "masking.key"}


@pytest.mark.parametrize(
    "provider",
    [
        {"name": "local", "file": "kek.key"},
        {"name": "environment", "variable": "SCRIM_KEK"},
        {"name": "acme-kms", "options": {"region": "north"}},
    ],
)
def test_a_provider_is_named_with_what_it_needs(provider: dict[str, Any]) -> None:
    masking = Masking.model_validate(
        {**KEY_FILE, "key_provider": provider}, context={"folder": "/etc/scrim"}
    )
    assert masking.key_provider is not None
    assert masking.key_provider.name == provider["name"]
    if masking.key_provider.name == "local":
        assert masking.key_provider.file == Path("/etc/scrim/kek.key")


@pytest.mark.parametrize(
    ("masking", "reason"),
    [
        ({}, "exactly one of key_file and key_env"),
        ({**KEY_FILE, "key_env": "X"}, "exactly one of key_file and key_env"),
        ({"key_env": "X", "key_provider": {"name": "acme"}}, "needs key_file"),
        ({**KEY_FILE, "key_provider": {"name": "local"}}, "needs file if, and only if"),
        ({**KEY_FILE, "key_provider": {"name": "acme", "file": "x"}}, "needs file if, and only if"),
        ({**KEY_FILE, "key_provider": {"name": "environment"}}, "needs variable if"),
        (
            {**KEY_FILE, "key_provider": {"name": "local", "file": "x", "options": {"a": "b"}}},
            "options for the providers of plug-ins only",
        ),
        ({**KEY_FILE, "key_provider": {"name": "local", "files": "x"}}, "not permitted"),
        ({**KEY_FILE, "key_provider": {"name": "Local"}}, "should match pattern"),
    ],
)
def test_a_key_that_is_not_clear_is_refused(masking: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Masking.model_validate(masking)
