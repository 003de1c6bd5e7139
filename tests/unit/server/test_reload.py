from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scrim.config.errors import ConfigError
from scrim.server.reload import check, keep_copy, needs_restart, read_copy
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.certificates import Authority


def test_a_good_configuration_passes(tmp_path: Path) -> None:
    candidate = check(write_config(tmp_path))
    assert candidate.config.workers == 1
    assert b"listeners" in candidate.text


def test_everything_wrong_with_policies_is_told(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    (tmp_path / "policies" / "a.cedar").write_text("permit (principal, action")
    (tmp_path / "policies" / "b.cedar").write_text("nonsense")
    with pytest.raises(ConfigError) as caught:
        check(path)
    assert [problem.key for problem in caught.value.problems] == ["policies", "policies"]


def test_a_start_leaves_policies_to_the_workers(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    (tmp_path / "policies" / "a.cedar").write_text("nonsense")
    check(path, thorough=False)


def test_a_protocol_that_nobody_speaks_is_refused(tmp_path: Path) -> None:
    path = write_config(tmp_path, {"listeners": {"gopher": {"address": "127.0.0.1:0"}}})
    with pytest.raises(ConfigError, match=r"listeners\.gopher.*use one of postgres"):
        check(path)


def test_a_key_that_does_not_fit_its_certificate_is_refused(
    tmp_path: Path, authority: Authority
) -> None:
    one, other = authority.server("one"), authority.server("other")
    tls = {"certificate": str(one.certificate), "key": str(other.key)}
    path = write_config(tmp_path, {"listeners": {"postgres": {"tls": tls}}})
    with pytest.raises(ConfigError, match=r"listeners\.postgres\.tls"):
        check(path)


def test_admin_pages_whose_key_does_not_fit_are_refused_at_the_start(
    tmp_path: Path, authority: Authority
) -> None:
    one, other = authority.server("first"), authority.server("second")

    def written(key: Path) -> Path:
        tls = {"certificate": str(one.certificate), "key": str(key)}
        return write_config(tmp_path, {"admin": {"address": "127.0.0.1:9464", "tls": tls}})

    with pytest.raises(ConfigError, match=r"admin\.tls"):
        check(written(other.key), thorough=False)
    check(written(one.key), thorough=False)


def test_a_token_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    key = tmp_path / "token.key"
    key.touch(0o600)
    key.write_text("short")
    tokens = {"key_file": "token.key", "algorithm": "HS256"}
    path = write_config(tmp_path, {"identity": {"tokens": tokens}})
    with pytest.raises(ConfigError, match=r"identity\.tokens\.key_file"):
        check(path)


def test_the_accepted_copy_survives_what_happens_to_the_file(tmp_path: Path) -> None:
    path = write_config(tmp_path, {"workers": 4})
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    copy = keep_copy(check(path).text, runtime)
    assert copy.stat().st_mode & 0o777 == 0o600
    path.write_text("nonsense: [")
    config = read_copy(path, runtime)
    assert config.workers == 4
    assert config.policies == tmp_path / "policies"


def test_a_missing_copy_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        read_copy(tmp_path / "scrim.yaml", tmp_path)


def test_only_addresses_need_a_restart(tmp_path: Path) -> None:
    first = check(write_config(tmp_path)).config
    second = check(write_config(tmp_path, {"workers": 2, "log": {"level": "info"}})).config
    assert needs_restart(first, second) == []
    moved = {"listeners": {"postgres": {"address": "127.0.0.1:1"}}}
    third = check(write_config(tmp_path, moved | {"admin": {"address": "127.0.0.1:2"}})).config
    assert needs_restart(first, third) == ["listeners.postgres.address", "admin"]


def test_a_masking_key_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    (tmp_path / "masking.key").write_bytes(b'{"format": "scrim-key-ring", "versions": [')
    check(path, thorough=False)
    with pytest.raises(
        ConfigError, match=r"masking\.key_file: .*masking\.key is cut off"
    ) as caught:
        check(path)
    assert len(caught.value.problems) == 1
