"""Providers that encrypt the tenant keys of a ring: envelope encryption, in the shape of a KMS.

A provider has a key-encryption key and gives away only what it does with it: `wrap` and `unwrap`.
Both are told a context, which names the tenant and the version; a wrapped key comes back only with
the context that it was wrapped with, so that keys cannot be swapped in the file.

`local` and `environment` come with scrim and use AES-256-GCM (NIST SP 800-38D) with a nonce of 96
random bits. A package adds another by an entry point of the group `scrim.keys`, which names a
callable that takes `Surroundings` and returns a `Provider`.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scrim.config.masking import KeyProvider
from scrim.config.secrets import SecretError, read_environment, read_secret_file
from scrim.masking.key_ring import MAX_WRAPPED_CHARS

GROUP: Final = "scrim.keys"
KEK_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_CREATE: Final = "create one: scrim key generate --kek"

Context = Mapping[str, str]
"""What a wrapped key belongs to: `purpose`, `tenant` and `version`."""


class Provider(Protocol):
    """Encrypts keys with a key that it never gives away.

    Both methods raise SecretError with a reason and an advice for people. Of any other exception
    only the type is shown, because its text may quote a key.
    """

    def wrap(self, key: bytes, context: Context) -> bytes:
        """Return a key of 32 bytes encrypted, at most 12 KB, bound to the context."""

    def unwrap(self, wrapped: bytes, context: Context) -> bytes | bytearray:
        """Return the key; it is an error if it was wrapped with another key or context."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a provider is made from.

    Attributes:
        settings: The block `masking.key_provider`.
        environment: The variables of this process.
        random_bytes: A cryptographic source of randomness.
    """

    settings: KeyProvider
    environment: Mapping[str, str]
    random_bytes: Callable[[int], bytes]

    def __repr__(self) -> str:
        return f"Surroundings({self.settings.name})"


class AesGcmProvider:
    """Wraps keys by AES-256-GCM; a wrapped key is nonce, ciphertext and tag, one after another."""

    __slots__ = ("_cipher", "_random_bytes", "_where")

    def __init__(self, kek: bytes, random_bytes: Callable[[int], bytes], where: str) -> None:
        """Take a key-encryption key.

        Args:
            kek: 32 bytes, or their base64.
            random_bytes: Makes the nonces.
            where: Where the key came from, for messages.

        Raises:
            SecretError: If it is not a key.
        """
        if len(kek) != KEK_BYTES:
            try:
                kek = base64.b64decode(kek.strip(), validate=True)
            except binascii.Error:
                kek = b""
        if len(kek) != KEK_BYTES or len(set(kek)) < KEK_BYTES // 4:
            raise SecretError(
                f"needs the key-encryption key in {where}, which holds no random {KEK_BYTES} bytes",
                _CREATE,
            )
        self._cipher = AESGCM(kek)
        self._random_bytes = random_bytes
        self._where = where

    def wrap(self, key: bytes, context: Context) -> bytes:
        """Encrypt a key."""
        nonce = self._random_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, associated_data(context))

    def unwrap(self, wrapped: bytes, context: Context) -> bytes:
        """Decrypt a key."""
        nonce, rest = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, associated_data(context))
        except (InvalidTag, ValueError):  # the latter for a nonce that is cut off
            raise SecretError(
                f"was not wrapped by the key-encryption key in {self._where}, or was changed",
                "give the right key-encryption key, or restore the key file from a copy",
            ) from None

    def __repr__(self) -> str:
        return "AesGcmProvider(..)"


def associated_data(context: Context) -> bytes:
    """Return a context as bytes, the same for equal contexts only: JSON with sorted names."""
    return json.dumps(dict(context), sort_keys=True, separators=(",", ":")).encode("ascii")


def new_provider(surroundings: Surroundings) -> Provider:
    """Return the provider that the configuration names.

    Raises:
        SecretError: If there is none of that name, or it cannot be made.
    """
    name = surroundings.settings.name
    if name in _BUILTIN:
        return _BUILTIN[name](surroundings)
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    if len(points) != 1:
        found = sorted({*_BUILTIN, *(point.name for point in entry_points(group=GROUP))})
        reason = f"needs the key provider {name}, which {'no' if not points else 'more than one'} "
        raise SecretError(reason + "package has", f"there are: {', '.join(found)}")
    try:
        made: Provider = points[0].load()(surroundings)
    except SecretError:
        raise
    except Exception as error:  # a plug-in can raise anything, and its text may hold a secret
        raise SecretError(
            f"needs the key provider {name}, which fails ({type(error).__name__})",
            "see its documentation",
        ) from None
    return made


def _local(surroundings: Surroundings) -> Provider:
    path = surroundings.settings.file
    if path is None:
        raise SecretError("needs a key-encryption key", "set masking.key_provider.file")
    try:
        content = read_secret_file(path)
    except SecretError as error:
        advice = error.advice if path.exists() else _CREATE
        raise SecretError(
            f"needs the key-encryption key in {path}, which {error.reason}", advice
        ) from None
    return AesGcmProvider(content, surroundings.random_bytes, str(path))


def _environment(surroundings: Surroundings) -> Provider:
    name = surroundings.settings.variable or ""
    text = read_environment(name, surroundings.environment)
    where = f"environment variable {name}"
    return AesGcmProvider(text.encode(), surroundings.random_bytes, where)


_BUILTIN: Final[dict[str, Callable[[Surroundings], Provider]]] = {
    "environment": _environment,
    "local": _local,
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """Wraps and unwraps the keys of rings, whatever the provider does wrong.

    Attributes:
        name: The provider's name.
        provider: The provider.
    """

    name: str
    provider: Provider

    @classmethod
    def of(cls, surroundings: Surroundings) -> Self:
        """Return the one that the configuration names.

        Raises:
            SecretError: As `new_provider`.
        """
        return cls(surroundings.settings.name, new_provider(surroundings))

    def wrap(self, key: bytes | bytearray, tenant: str, version: int) -> str:
        """Return a wrapped key in base64.

        Raises:
            SecretError: If the provider cannot wrap it.
        """
        context = _context(tenant, version)
        try:
            wrapped = bytes(self.provider.wrap(bytes(key), context))
        except SecretError:
            raise
        except Exception as error:  # as in `new_provider`
            raise self._failed("wrap", version, error) from None
        text = base64.b64encode(wrapped).decode("ascii")
        if len(text) > MAX_WRAPPED_CHARS or bytes(key) in wrapped:
            raise SecretError(
                f"cannot be kept: the provider {self.name} returned no wrapped key",
                "see the provider's documentation",
            )
        return text

    def unwrap(self, text: str, tenant: str, version: int) -> bytearray:
        """Return a key.

        Raises:
            SecretError: If the provider cannot unwrap it.
        """
        try:
            wrapped = base64.b64decode(text, validate=True)
        except binascii.Error:
            raise SecretError(
                f"is damaged: the key of version {version} is no base64", "restore it from a copy"
            ) from None
        try:
            return bytearray(self.provider.unwrap(wrapped, _context(tenant, version)))
        except SecretError as error:
            raise SecretError(
                f"has a key of version {version} that {error.reason}", error.advice
            ) from None
        except Exception as error:  # as in `new_provider`
            raise self._failed("unwrap", version, error) from None

    def _failed(self, what: str, version: int, error: Exception) -> SecretError:
        return SecretError(
            f"needs the provider {self.name}, which cannot {what} the key of version {version} "
            f"({type(error).__name__})",
            "see the provider's documentation, and whether it can be reached",
        )


def _context(tenant: str, version: int) -> Context:
    return {"purpose": "scrim masking key", "tenant": tenant, "version": str(version)}
