"""Loads the masking key, from which every replaced value follows.

Whoever has it can test guesses about masked values, and whoever loses it can no longer make equal
values equal; it is therefore never printed and never in a message. It comes from a key ring
(`scrim.masking.key_ring`), or is 32 random bytes in a file or an environment variable.

The kernel keeps the keys and overwrites them when it is done. Python overwrites its own copy as
soon as the kernel has one; what it cannot reach is the text that the key was decoded from, which
stays in freed memory until that is used again.
"""

import base64
import binascii
import hmac
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrim.config.masking import Masking
from scrim.config.secrets import SecretError, read_environment, read_secret_file
from scrim.kernel import Keyring
from scrim.masking.key_ring import KeyRing, RingVersion, fingerprint, is_ring, parse_ring

if TYPE_CHECKING:
    from scrim.masking.key_providers import Envelope

KEY_BYTES: Final = 32
_MAX_TEXT: Final = 64
_ADVICE: Final = "create one: scrim key generate"
_ROOT_LABEL: Final = b"scrim secrets beside masking"


class MaskingKey:
    """The masking key in all its versions; it shows itself to nobody who prints it.

    Attributes:
        ring: The kernel's copy of the keys, the only one that stays.
    """

    __slots__ = ("_root", "ring")

    def __init__(
        self, secrets: bytes | bytearray | Mapping[int, bytes | bytearray], active: int = 1
    ) -> None:
        """Take the keys; each that is a `bytearray` is overwritten.

        Args:
            secrets: The 32 bytes of the active version, or of each version.
            active: The version that masks.

        Raises:
            SecretError: If one has more or fewer bytes, or is plainly not random.
        """
        by_version = secrets if isinstance(secrets, Mapping) else {active: secrets}
        try:
            for secret in by_version.values():
                check_key(secret)
            self._root = hmac.digest(by_version[min(by_version)], _ROOT_LABEL, "sha256")
            self.ring = Keyring(list(by_version.items()), active)
        finally:
            for secret in by_version.values():
                wipe(secret)

    @property
    def version(self) -> int:
        """The version that masks."""
        return self.ring.version

    @property
    def versions(self) -> list[int]:
        """Every version that there is a key of, the one that masks first."""
        return self.ring.versions

    def derive(self, label: bytes) -> bytes:
        """Return a secret for another purpose than masking, 32 bytes from which no key follows.

        It is alike in every worker, and stays through rotations for as long as the oldest version
        is not destroyed.

        Args:
            label: The purpose.
        """
        return hmac.digest(self._root, label, "sha256")

    def __repr__(self) -> str:
        return "MaskingKey(..)"

    def __reduce__(self) -> str:
        raise TypeError("a masking key is not written anywhere")


def wipe(secret: bytes | bytearray) -> None:
    """Overwrite a key where that is possible: `bytes` cannot be changed."""
    if isinstance(secret, bytearray):
        secret[:] = bytes(len(secret))


def check_key(secret: bytes | bytearray) -> None:
    """Refuse what cannot be a key.

    Raises:
        SecretError: If it is not exactly 32 bytes, or plainly not random.
    """
    if len(secret) != KEY_BYTES:
        raise SecretError(f"does not hold a key of {KEY_BYTES} bytes", _ADVICE)
    if len(set(secret)) < KEY_BYTES // 4:
        raise SecretError("holds a key that is not random", "create a new one: scrim key generate")


def load_key(masking: Masking, environment: Mapping[str, str]) -> MaskingKey:
    """Load the key that scrim.yaml names.

    Args:
        masking: The `masking` block.
        environment: The variables of this process.

    Raises:
        SecretError: If it is absent, accessible to others, cut off, or not a key.
    """
    path = masking.key_file
    if path is None:
        return decode_key(read_environment(masking.key_env or "", environment).encode())
    try:
        content = read_secret_file(path)
        if not is_ring(content):
            return decode_key(content)
        return open_ring(parse_ring(content), masking, environment)
    except SecretError as error:
        raise SecretError(f"{path} {error.reason}", error.advice) from None


def key_setting(masking: Masking) -> str:
    """Return the setting that says where the key is, for messages."""
    return "masking.key_env" if masking.key_file is None else "masking.key_file"


def decode_key(content: bytes) -> MaskingKey:
    """Read a single key: 32 bytes as they are, or in base64.

    Args:
        content: The content of the file or the variable.

    Raises:
        SecretError: If it is not a key.
    """
    return MaskingKey(decode_secret(content))


def decode_secret(content: bytes) -> bytearray:
    """Return the bytes of a single key, as `decode_key` reads it; the caller wipes them.

    Raises:
        SecretError: If it is not a key.
    """
    if len(content) == KEY_BYTES:
        return bytearray(content)
    try:
        text = content.strip() if len(content) <= _MAX_TEXT else b""
        return bytearray(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise SecretError("does not hold a key in base64", _ADVICE) from None


def open_ring(ring: KeyRing, masking: Masking, environment: Mapping[str, str]) -> MaskingKey:
    """Unwrap every key of a ring, and hand them to the kernel.

    Args:
        ring: The ring.
        masking: The `masking` block, which names the provider.
        environment: The variables of this process.

    Raises:
        SecretError: If a key cannot be unwrapped, or is not the one that its fingerprint tells.
    """
    opener = KeyOpener(masking, environment)
    opened: dict[int, bytes | bytearray] = {}
    try:
        for one in ring.usable:
            if one.has_own_key:
                opened[one.version] = opener.open(one, ring.tenant)
            else:
                opened[one.version] = bytearray(opened[ring.owner_of_key(one)])
        return MaskingKey(opened, ring.active.version)
    finally:
        for secret in opened.values():
            wipe(secret)


class KeyOpener:
    """Takes keys out of rings, with the provider of a configuration where they are wrapped."""

    def __init__(self, masking: Masking, environment: Mapping[str, str]) -> None:
        """Keep what the provider is made from; it is made when the first key needs it.

        Args:
            masking: The `masking` block.
            environment: The variables of this process.
        """
        self._masking = masking
        self._environment = environment
        self._envelope: Envelope | None = None

    def open(self, one: RingVersion, tenant: str) -> bytearray:
        """Return the key of a version that has its own; the caller wipes it.

        Raises:
            SecretError: As in `open_ring`.
        """
        if one.wrapped is None:
            secret = decode_secret(one.plain.get_secret_value().encode() if one.plain else b"")
        else:
            secret = self._envelope_of(one).unwrap(one.wrapped, tenant, one.version)
        if fingerprint(secret, tenant, one.version) != one.fingerprint:
            wipe(secret)
            raise SecretError(
                f"is damaged: the key of version {one.version} is not the one that was written",
                "restore it from a copy",
            )
        return secret

    def _envelope_of(self, one: RingVersion) -> "Envelope":
        settings = self._masking.key_provider
        if settings is None or settings.name != one.provider:
            given = "nothing" if settings is None else settings.name
            raise SecretError(
                f"has a key of version {one.version} that {one.provider} wrapped, but "
                f"masking.key_provider names {given}",
                f"set masking.key_provider.name to {one.provider}",
            )
        if self._envelope is None:
            # Loaded where keys are wrapped only: the cipher takes a while to load.
            from scrim.masking.key_providers import Envelope, Surroundings  # noqa: PLC0415

            self._envelope = Envelope.of(Surroundings(settings, self._environment, os.urandom))
        return self._envelope


def create_key_file(path: Path, random_bytes: Callable[[int], bytes]) -> None:
    """Make a new single key, readable by its owner only. An existing file is never replaced.

    Args:
        path: The file.
        random_bytes: A cryptographic source of randomness, such as `os.urandom`.

    Raises:
        SecretError: If the file exists or cannot be written.
    """
    from scrim.masking.key_files import create_private_file  # noqa: PLC0415 - only here

    secret = random_bytes(KEY_BYTES)
    check_key(secret)
    create_private_file(path, base64.b64encode(secret) + b"\n")
