"""The analyst's connection, which shows every byte that arrives."""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING, Final

from tests.evasion.modes import query
from tests.support.raw_client import RawClient

if TYPE_CHECKING:
    from tests.evasion.places import Vault

END: Final = "the end of the test"


class Wire:
    """The connection, opened again when a session was ended."""

    def __init__(self, vault: Vault) -> None:
        """Connect.

        Args:
            vault: Where to.
        """
        self._vault = vault
        self._client = RawClient(vault.analyst, timeout_s=30)
        self._client.open()

    def exchange(self, sent: bytes) -> tuple[bytes, bool]:
        """Send bytes inside a transaction; return all that came, and whether the session lives.

        Args:
            sent: Whole messages.
        """
        client = self._client
        client.forget()
        client.send(query("BEGIN") + sent + query(f"ROLLBACK; SELECT '{END}'"))
        received = bytearray()
        alive = True
        try:
            while not _ended(received):
                data = _read(client)
                if not data:
                    alive = False
                    break
                received += data
        except OSError:
            alive = False
        if not alive:
            client.close()
            self._client = RawClient(self._vault.analyst, timeout_s=30)
            self._client.open()
        return bytes(received), alive

    def close(self) -> None:
        """Say goodbye."""
        self._client.close()


def _read(client: RawClient) -> bytes:
    return client._connected().recv(1 << 16)  # noqa: SLF001 - the bytes as they are


def _ended(received: bytearray) -> bool:
    at = received.rfind(END.encode())
    return at >= 0 and received[-6:-1] == b"Z\0\0\0\x05"


def messages(received: bytes) -> list[tuple[str, bytes]]:
    """Split what was received into messages, each its type and its body.

    Args:
        received: Whole messages.
    """
    found, at = [], 0
    while at + 5 <= len(received):
        (length,) = struct.unpack_from("!i", received, at + 1)
        found.append((chr(received[at]), received[at + 5 : at + 1 + length]))
        at += 1 + length
    return found


def drained(client: RawClient, quiet_s: float = 0.15) -> bytes:
    """Return what arrives until nothing does for a while.

    Args:
        client: The connection.
        quiet_s: How long nothing must arrive, in seconds.
    """
    sock = client._connected()  # noqa: SLF001 - the bytes as they are
    sock.settimeout(quiet_s)
    received = bytearray()
    with contextlib.suppress(OSError):
        while data := sock.recv(1 << 16):
            received += data
    return bytes(received)
