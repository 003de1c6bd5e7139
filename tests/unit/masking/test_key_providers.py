"""Providers wrap keys so that they come back only where they belong."""

from __future__ import annotations

import base64
import os
import sys
from typing import TYPE_CHECKING

import pytest

from scrim.config.masking import KeyProvider
from scrim.config.secrets import SecretError
from scrim.masking.key_providers import AesGcmProvider, Envelope, Surroundings, associated_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY = os.urandom(32)
VARIABLE = KeyProvider(name="environment", variable="KEK")


def kek() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def envelope(settings: KeyProvider, environment: Mapping[str, str] | None = None) -> Envelope:
    return Envelope.of(Surroundings(settings, environment or {}, os.urandom))


def test_a_key_file_or_a_variable_wraps_and_unwraps(tmp_path: Path) -> None:
    path = tmp_path / "kek.key"
    text = kek()
    path.touch(0o600)
    path.write_text(text + "\n")
    of_file = envelope(KeyProvider(name="local", file=path))
    wrapped = of_file.wrap(KEY, "shop", 7)
    assert base64.b64encode(KEY).decode() not in wrapped
    assert of_file.unwrap(wrapped, "shop", 7) == KEY
    assert envelope(VARIABLE, {"KEK": text}).unwrap(wrapped, "shop", 7) == KEY


def test_no_two_wrapped_keys_are_alike() -> None:
    once = envelope(VARIABLE, {"KEK": kek()})
    assert once.wrap(KEY, "shop", 1) != once.wrap(KEY, "shop", 1)


@pytest.mark.parametrize(("tenant", "version"), [("other", 7), ("shop", 8), ("shop\0", 7)])
def test_a_wrapped_key_fits_its_tenant_and_version_only(tenant: str, version: int) -> None:
    once = envelope(VARIABLE, {"KEK": kek()})
    wrapped = once.wrap(KEY, "shop", 7)
    with pytest.raises(
        SecretError, match=f"has a key of version {version} that was not wrapped by"
    ):
        once.unwrap(wrapped, tenant, version)


def test_another_key_encryption_key_does_not_unwrap() -> None:
    wrapped = envelope(VARIABLE, {"KEK": kek()}).wrap(KEY, "shop", 1)
    with pytest.raises(SecretError, match="in environment variable KEK, or was changed"):
        envelope(VARIABLE, {"KEK": kek()}).unwrap(wrapped, "shop", 1)


def test_a_changed_or_cut_off_key_does_not_unwrap() -> None:
    once = envelope(VARIABLE, {"KEK": kek()})
    whole = base64.b64decode(once.wrap(KEY, "shop", 1))
    broken = [whole[:n] for n in (0, 5, 12, 20, len(whole) - 1)]
    broken += [whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :] for i in (0, 12, len(whole) - 1)]
    for content in broken:
        with pytest.raises(SecretError, match="was changed"):
            once.unwrap(base64.b64encode(content).decode(), "shop", 1)
    with pytest.raises(SecretError, match="is no base64"):
        once.unwrap("!", "shop", 1)


@pytest.mark.parametrize("content", [b"short", b"\0" * 32, b"A" * 44, b"!" * 44, b"\xff" * 40])
def test_what_is_no_key_encryption_key_is_refused_without_being_shown(content: bytes) -> None:
    with pytest.raises(SecretError, match="holds no random 32 bytes") as caught:
        AesGcmProvider(content, os.urandom, "a file")
    assert repr(content)[2:-1] not in str(caught.value)


def test_a_missing_key_encryption_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "kek.key"
    with pytest.raises(SecretError, match=r"kek\.key, which does not exist; create one: scrim key"):
        envelope(KeyProvider(name="local", file=path))
    path.write_text(kek())
    path.chmod(0o644)
    with pytest.raises(SecretError, match="is accessible to other users; run: chmod 600"):
        envelope(KeyProvider(name="local", file=path))
    with pytest.raises(SecretError, match="environment variable KEK is not set"):
        envelope(VARIABLE)


def test_providers_show_no_key() -> None:
    text = kek()
    settings = Surroundings(VARIABLE, {"KEK": text}, os.urandom)
    once = Envelope.of(settings)
    assert text not in f"{settings!r} {once!r}"


def test_contexts_are_told_apart() -> None:
    one = associated_data({"tenant": "a", "version": "1"})
    assert one == associated_data({"version": "1", "tenant": "a"})
    assert one != associated_data({"tenant": 'a","version":"1', "version": "1"})


PLUGIN = """
class Vault:
    def __init__(self, surroundings):
        self.mask = bytes.fromhex(surroundings.settings.options["mask"])

    def wrap(self, key, context):
        return bytes(a ^ b for a, b in zip(key, self.mask)) + context["tenant"].encode()

    def unwrap(self, wrapped, context):
        if wrapped[32:] != context["tenant"].encode():
            raise RuntimeError("the key is " + wrapped.hex())
        return bytes(a ^ b for a, b in zip(wrapped[:32], self.mask))

class Careless(Vault):
    def wrap(self, key, context):
        return b"v1" + key
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyProvider:
    """Install a package that has two providers."""
    (tmp_path / "acme_vault.py").write_text(PLUGIN)
    info = tmp_path / "acme_vault-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-vault\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[scrim.keys]\nacme = acme_vault:Vault\ncareless = acme_vault:Careless\n"
        "local = acme_vault:Vault\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "acme_vault", raising=False)
    return KeyProvider(name="acme", options={"mask": os.urandom(32).hex()})


def test_a_package_brings_a_provider(plugin: KeyProvider) -> None:
    once = envelope(plugin)
    assert once.unwrap(once.wrap(KEY, "shop", 1), "shop", 1) == KEY


def test_what_a_provider_says_when_it_fails_is_not_repeated(plugin: KeyProvider) -> None:
    once = envelope(plugin)
    wrapped = once.wrap(KEY, "shop", 1)
    with pytest.raises(
        SecretError, match=r"acme, which cannot unwrap .* \(RuntimeError\)"
    ) as caught:
        once.unwrap(wrapped, "other", 1)
    assert base64.b64decode(wrapped).hex() not in f"{caught.value!r}"
    assert caught.value.__suppress_context__
    with pytest.raises(SecretError, match=r"acme, which fails \(KeyError\)"):
        envelope(KeyProvider(name="acme"))


def test_a_provider_that_does_not_wrap_is_found_out(plugin: KeyProvider) -> None:
    with pytest.raises(SecretError, match="returned no wrapped key"):
        envelope(plugin.model_copy(update={"name": "careless"})).wrap(KEY, "shop", 1)


@pytest.mark.usefixtures("plugin")
def test_a_package_cannot_take_the_place_of_a_provider_that_comes_with_scrim(
    tmp_path: Path,
) -> None:
    with pytest.raises(SecretError, match="does not exist"):
        envelope(KeyProvider(name="local", file=tmp_path / "kek.key"))


def test_an_unknown_provider_is_refused_with_those_that_there_are(plugin: KeyProvider) -> None:
    with pytest.raises(SecretError, match="acme, careless, environment, local"):
        envelope(plugin.model_copy(update={"name": "acmee"}))
