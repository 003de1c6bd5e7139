"""Loads and makes the masking key, from which every replaced value follows.

The key is 32 random bytes. Whoever has it can test guesses about masked values, and whoever loses
it can no longer make equal values equal; it is therefore never printed and never in a message.
"""

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from scrim.config.masking import Masking
from scrim.config.secrets import SecretError, read_environment, read_secret_file

KEY_BYTES: Final = 32
_MAX_TEXT: Final = 64
_ADVICE: Final = "create one: umask 077; head -c 32 /dev/urandom | base64 > masking.key"


class MaskingKey:
    """The masking key; it shows itself to nobody who prints it."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        """Take exactly 32 bytes.

        Raises:
            SecretError: If there are more or fewer, or if they are plainly not random.
        """
        if len(secret) != KEY_BYTES:
            raise SecretError(f"does not hold a key of {KEY_BYTES} bytes", _ADVICE)
        if len(set(secret)) < KEY_BYTES // 4:
            raise SecretError("holds a key that is not random", "create a new one")
        self._secret = secret

    def reveal(self) -> bytes:
        """Return the bytes, for the kernel only."""
        return self._secret

    def __repr__(self) -> str:
        return "MaskingKey(..)"

    def __reduce__(self) -> str:
        raise TypeError("a masking key is not written anywhere")


def load_key(masking: Masking, environment: Mapping[str, str]) -> MaskingKey:
    """Load the key that scrim.yaml names.

    Args:
        masking: The `masking` block.
        environment: The variables of this process.

    Raises:
        SecretError: If it is absent, accessible to others, or not a key.
    """
    if masking.key_file is not None:
        return decode_key(read_secret_file(masking.key_file))
    return decode_key(read_environment(masking.key_env or "", environment).encode())


def decode_key(content: bytes) -> MaskingKey:
    """Read a key: 32 bytes as they are, or in base64 as `create_key_file` writes them.

    Args:
        content: The content of the file or the variable.

    Raises:
        SecretError: If it is not a key.
    """
    if len(content) == KEY_BYTES:
        return MaskingKey(content)
    try:
        text = content.strip() if len(content) <= _MAX_TEXT else b""
        return MaskingKey(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise SecretError("does not hold a key in base64", _ADVICE) from None


def create_key_file(path: Path, random_bytes: Callable[[int], bytes]) -> None:
    """Make a new key, readable by its owner only. An existing file is never replaced.

    Args:
        path: The file.
        random_bytes: A cryptographic source of randomness, such as `os.urandom`.

    Raises:
        SecretError: If the file exists or cannot be written.
    """
    text = base64.b64encode(MaskingKey(random_bytes(KEY_BYTES)).reveal()) + b"\n"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise SecretError(
            "exists already", "remove it only if nothing was masked with it"
        ) from None
    except OSError as error:
        raise SecretError(f"cannot be written ({error.strerror})", "choose another path") from None
