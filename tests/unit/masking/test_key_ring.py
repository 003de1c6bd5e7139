"""The content of a key ring's file: what it may say, and what is refused in which words."""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from scrim.config.secrets import SecretError
from scrim.masking.key_ring import (
    KeyRefusedError,
    KeyRing,
    RingVersion,
    fingerprint,
    is_ring,
    parse_ring,
    render_ring,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SECRETS = [os.urandom(32) for _ in range(4)]


def version(number: int, **changes: Any) -> RingVersion:  # noqa: ANN401 - fields of a model
    secret = SECRETS[number]
    fields: dict[str, Any] = {
        "version": number,
        "created": NOW,
        "status": "retired",
        "fingerprint": fingerprint(secret, "default", number),
        "plain": SecretStr(base64.b64encode(secret).decode()),
    }
    return RingVersion(**fields | changes)


def derived(number: int, owner: int, status: str = "retired") -> RingVersion:
    return version(number, status=status, fingerprint=None, plain=None, same_key_as=owner)


def ring(*versions: RingVersion) -> KeyRing:
    return KeyRing(versions=versions)


RING = ring(version(1), derived(2, 1), version(3, status="active"))


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render_ring(RING))
    return found


def test_a_ring_is_read_as_it_was_written() -> None:
    content = render_ring(RING)
    assert is_ring(content)
    assert parse_ring(content) == RING
    assert parse_ring(content).active.version == 3


def test_single_keys_are_no_rings_even_if_they_begin_like_one() -> None:
    assert not is_ring(b"{" * 32)
    assert not is_ring(base64.b64encode(SECRETS[0]) + b"\n")


def test_a_ring_shows_no_key() -> None:
    wrapped = base64.b64encode(SECRETS[2]).decode()
    one = version(2, plain=None, wrapped=wrapped, provider="local", status="active")
    shown = f"{ring(version(1), one)!r} {ring(version(1), one)}"
    for number in (1, 2):
        assert base64.b64encode(SECRETS[number]).decode() not in shown
        assert SECRETS[number].hex() not in shown


@pytest.mark.parametrize("length", [0, 1, 33, 200])
def test_what_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(SecretError, match="is cut off or damaged"):
        parse_ring(render_ring(RING)[:length])


@pytest.mark.parametrize("content", [b"\xff" * 40, b"[" * 100_000, b'{"a": NaN', b"[" + b" " * 40])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(SecretError, match="is cut off or damaged"):
        parse_ring(content)


def edit(change: Callable[[dict[str, Any]], object]) -> bytes:
    edited = document()
    change(edited)
    return json.dumps(edited).encode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda ring: ring.pop("format"), "is no key ring"),
        (lambda ring: ring.update(format_version=2), "use the release of scrim that wrote it"),
        (lambda ring: ring.update(format_version="1"), "a format that this release does not know"),
        (lambda ring: ring.update(surprise=1), "surprise"),
        (lambda ring: ring["versions"].clear(), "versions"),
        (lambda ring: ring["versions"].reverse(), "out of order"),
        (lambda ring: ring["versions"].append(ring["versions"][-1]), "one twice"),
        (lambda ring: ring["versions"][0].update(status="active"), "exactly one active version"),
        (lambda ring: ring["versions"][2].update(status="retired"), "exactly one active version"),
        (lambda ring: ring["versions"][0].update(status="destroyed"), "none once it is destroyed"),
        (lambda ring: ring["versions"][0].pop("plain"), "needs one key"),
        (lambda ring: ring["versions"][0].update(same_key_as=1), "needs one key"),
        (lambda ring: ring["versions"][0].pop("fingerprint"), "needs the fingerprint"),
        (lambda ring: ring["versions"][0].update(provider="local"), "needs a provider"),
        (lambda ring: ring["versions"][1].update(same_key_as=3), "has no key for version 2"),
        (lambda ring: ring["versions"][0].update(version=0), "version"),
        (lambda ring: ring["versions"][2].update(version=2**32), "version"),
        (lambda ring: ring["versions"][2].update(created="yesterday"), "created"),
        (lambda ring: ring["versions"][0].update(plain="A" * 65), "plain"),
        (lambda ring: ring.update(tenant="a\nb"), "tenant"),
    ],
)
def test_what_does_not_fit_is_refused_without_showing_a_key(
    change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    with pytest.raises(SecretError, match=reason) as caught:
        parse_ring(edit(change))
    assert caught.value.__cause__ is None
    for secret in SECRETS:
        assert base64.b64encode(secret).decode() not in f"{caught.value!r}"


def test_a_new_version_retires_the_former_one() -> None:
    grown = ring(version(1, status="active")).with_active(
        version(2, status="active"), NOW + timedelta(days=1)
    )
    assert [(one.version, one.status) for one in grown.versions] == [(1, "retired"), (2, "active")]
    assert grown.versions[0].changed == NOW + timedelta(days=1)


def test_a_destroyed_version_leaves_an_entry_without_a_key() -> None:
    emptied = RING.without_keys({1, 2}, NOW)
    assert [one.status for one in emptied.versions] == ["destroyed", "destroyed", "active"]
    content = render_ring(emptied)
    assert base64.b64encode(SECRETS[1]) not in content
    assert parse_ring(content) == emptied
    assert [one.version for one in emptied.usable] == [3]


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ({3}, "masks with version 3; rotate first"),
        ({4}, "has no version 4"),
        ({1}, "has the same key for version 2, which stays; destroy version 2 together with it"),
        ({2}, "has the same key for version 1"),
    ],
)
def test_what_would_not_be_gone_or_is_needed_is_not_destroyed(
    numbers: set[int], reason: str
) -> None:
    with pytest.raises(KeyRefusedError, match=reason):
        RING.without_keys(numbers, NOW)


def test_nothing_is_destroyed_twice() -> None:
    with pytest.raises(KeyRefusedError, match="has no version 1"):
        RING.without_keys({1, 2}, NOW).without_keys({1}, NOW)


def test_a_fingerprint_tells_keys_tenants_and_versions_apart() -> None:
    secret, other = SECRETS[0], SECRETS[1]
    prints = {
        fingerprint(secret, "a", 1),
        fingerprint(other, "a", 1),
        fingerprint(secret, "b", 1),
        fingerprint(secret, "a", 2),
    }
    assert len(prints) == 4
    assert fingerprint(bytearray(secret), "a", 1) in prints
