"""The masking key: made well, kept to itself."""

import base64
import os
import pickle
import stat
from pathlib import Path

import pytest

from scrim.config.masking import Masking
from scrim.config.secrets import SecretError
from scrim.masking.keys import MaskingKey, create_key_file, decode_key, load_key
from tests.unit.masking.keyed import masked


def test_a_new_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "masking.key"
    create_key_file(path, os.urandom)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = load_key(Masking(key_file=path), {})
    assert masked(key.ring) == masked(base64.b64decode(path.read_bytes()))
    assert key.versions == [1]


def test_an_existing_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "masking.key"
    create_key_file(path, os.urandom)
    before = path.read_bytes()
    with pytest.raises(SecretError, match="exists already"):
        create_key_file(path, os.urandom)
    assert path.read_bytes() == before


def test_a_key_can_be_raw_bytes_or_come_from_the_environment(tmp_path: Path) -> None:
    secret = os.urandom(32)
    path = tmp_path / "masking.key"
    path.write_bytes(secret)
    path.chmod(0o600)
    assert masked(load_key(Masking(key_file=path), {}).ring) == masked(secret)
    text = base64.b64encode(secret).decode()
    assert masked(load_key(Masking(key_env="KEY"), {"KEY": text}).ring) == masked(secret)


def test_an_absent_variable_is_named() -> None:
    with pytest.raises(SecretError, match="environment variable KEY is not set"):
        load_key(Masking(key_env="KEY"), {})


@pytest.mark.parametrize(
    "content",
    [b"short", b"\0" * 32, b"ab" * 16, base64.b64encode(b"x" * 31), b"!" * 44, b"A" * 100],
)
def test_what_is_not_a_key_is_refused_without_being_shown(content: bytes) -> None:
    with pytest.raises(SecretError) as caught:
        decode_key(content)
    assert content.decode() not in str(caught.value)


def test_a_key_shows_itself_to_nobody() -> None:
    secret = os.urandom(32)
    key = MaskingKey(secret)
    assert str(key) == repr(key) == "MaskingKey(..)"
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "masking.key"
    create_key_file(path, os.urandom)
    path.chmod(0o644)
    with pytest.raises(SecretError, match="chmod 600"):
        load_key(Masking(key_file=path), {})


def test_keys_are_overwritten_once_the_kernel_has_them() -> None:
    secrets = {1: bytearray(os.urandom(32)), 2: bytearray(os.urandom(32))}
    copies = {version: bytes(secret) for version, secret in secrets.items()}
    key = MaskingKey(secrets, 2)
    assert all(set(secret) == {0} for secret in secrets.values())
    assert masked(key.ring) == masked(copies[2], 2)
    assert masked(key.ring.at(1)) == masked(copies[1], 1)


def test_keys_are_overwritten_when_they_are_refused() -> None:
    secrets = {1: bytearray(os.urandom(32)), 2: bytearray(b"a" * 32)}
    with pytest.raises(SecretError, match="not random"):
        MaskingKey(secrets, 2)
    assert all(set(secret) == {0} for secret in secrets.values())


def test_secrets_for_other_purposes_stay_through_rotations() -> None:
    first, second = os.urandom(32), os.urandom(32)
    alone = MaskingKey(first).derive(b"salt")
    assert MaskingKey({1: first, 2: second}, 2).derive(b"salt") == alone
    assert MaskingKey(second).derive(b"salt") != alone
    assert MaskingKey(first).derive(b"another purpose") != alone
