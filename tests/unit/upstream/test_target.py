"""Where a store is, and where its password comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scrim.config.connections import Upstream
from scrim.config.secrets import SecretError
from scrim.upstream.target import build_target, read_password
from scrim.upstream.tls import PLAIN
from scrim.wire import TlsDemand

if TYPE_CHECKING:
    from pathlib import Path

PLACE = {"host": "db.internal", "database": "shop", "user": "scrim"}
PASSWORD = "pass" + "word"


def private(path: Path, content: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(content)
    return path


def settings(**more: object) -> Upstream:
    return Upstream.model_validate(PLACE | more)


def test_passwords_come_from_a_file_the_environment_or_a_passfile(tmp_path: Path) -> None:
    file = private(tmp_path / "password", PASSWORD + "\n")
    passfile = private(tmp_path / "passfile", f"*:5432:shop:scrim:{PASSWORD}\n")
    for more in (
        {"password_file": file},
        {"password_env": "SHOP_PASSWORD"},
        {"passfile": passfile},
    ):
        assert read_password(settings(**more), {"SHOP_PASSWORD": PASSWORD}) == PASSWORD
    assert read_password(settings(), {}) == ""
    with pytest.raises(SecretError, match="SHOP_PASSWORD is not set"):
        read_password(settings(password_env="SHOP_" + "PASSWORD"), {})


def test_a_target_over_tls(tmp_path: Path) -> None:
    file = private(tmp_path / "password", PASSWORD)
    target = build_target(settings(password_file=file, connect_timeout_ms=1500, port=6000), {})
    assert (target.host, target.port, target.connect_timeout) == ("db.internal", 6000, 1.5)
    assert target.tls.attempts == (TlsDemand.REQUIRE,)
    assert target.login.parameters == (("application_name", "scrim"),)
    assert not target.login.allow_cleartext
    assert not target.unix_socket
    assert PASSWORD not in repr(target) + repr(target.login)


def test_a_unix_socket_needs_no_tls() -> None:
    target = build_target(settings(host="/run/postgresql"), {}, ())
    assert target.unix_socket
    assert target.tls is PLAIN
    assert target.login.allow_cleartext
    assert target.login.parameters == ()
