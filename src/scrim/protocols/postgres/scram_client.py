"""The client's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802), without I/O.

    client-first   n,,n=,r=<client nonce>
    server-first   r=<client nonce><server nonce>,s=<salt>,i=<iterations>
    client-final   c=<channel binding>,r=<nonce>,p=<proof>
    server-final   v=<server signature>

Without the last message the server has proven nothing, so the caller must insist on it.
"""

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence

from scrim.session.scram import (
    KEY_BYTES,
    MAX_ITERATIONS,
    MECHANISM,
    MECHANISM_PLUS,
    client_key,
    digest,
    mix,
    salted_password,
)
from scrim.wire import ProtocolError

NONCE_BYTES = 18
MAX_MESSAGE_BYTES = 4096
_AUTHENTICATION_FAILED = "28P01"


def _malformed() -> ProtocolError:
    return ProtocolError("the data store sent a malformed SCRAM message")


def _decode(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _malformed() from None


def choose_mechanism(offered: Sequence[str], end_point: bytes) -> str:
    """Return the strongest mechanism that both sides can do.

    Args:
        offered: What the server offers.
        end_point: The `tls-server-end-point` channel binding, empty without one.

    Raises:
        ProtocolError: If there is none.
    """
    if end_point and MECHANISM_PLUS in offered:
        return MECHANISM_PLUS
    if MECHANISM in offered:
        return MECHANISM
    raise ProtocolError("the data store offers no SASL mechanism that the gateway knows", "08004")


class ScramClient:
    """One exchange: `first`, then `respond`, then `verify`.

    Args:
        password: The password.
        mechanism: The chosen mechanism.
        nonce: Random bytes, new for each exchange.
        end_point: The channel binding, empty without TLS.
        binding_offered: Whether the server offered SCRAM-SHA-256-PLUS. It tells whether
            someone removed that offer on its way.
    """

    def __init__(
        self,
        password: str,
        mechanism: str,
        nonce: bytes,
        *,
        end_point: bytes = b"",
        binding_offered: bool = False,
    ) -> None:
        """Choose what is said about channel binding."""
        self._password = password
        self._nonce = b64encode(nonce).decode("ascii")
        if mechanism == MECHANISM_PLUS:
            header, binding = "p=tls-server-end-point,,", end_point
        else:
            header, binding = ("y,," if end_point and not binding_offered else "n,,"), b""
        self._header = header
        self._binding = b64encode(header.encode("ascii") + binding).decode("ascii")
        self._signature = b""

    def first(self) -> bytes:
        """Return the client's first message. The name is empty: PostgreSQL has it already."""
        return f"{self._header}{self._bare()}".encode("ascii")

    def _bare(self) -> str:
        return f"n=,r={self._nonce}"

    def respond(self, data: bytes) -> bytes:
        """Return the client's last message for the server's first one.

        Raises:
            ProtocolError: If it is malformed, or asks for an absurd amount of work.
        """
        server_first = self._text(data)
        parts = server_first.split(",")
        if [part[:2] for part in parts[:3]] != ["r=", "s=", "i="]:
            raise _malformed()
        nonce, salt, count = parts[0][2:], _decode(parts[1][2:]), parts[2][2:]
        if not nonce.startswith(self._nonce) or nonce == self._nonce or not salt:
            raise _malformed()
        if not (count.isascii() and count.isdigit() and int(count[:9]) > 0 and len(count) < 9):
            raise _malformed()
        if int(count) > MAX_ITERATIONS:
            raise ProtocolError("the data store asks for too many SCRAM iterations", "08004")
        without_proof = f"c={self._binding},r={nonce}"
        transcript = f"{self._bare()},{server_first},{without_proof}".encode()
        salted = salted_password(self._password, salt, int(count))
        key = client_key(salted)
        proof = mix(key, digest(hashlib.sha256(key).digest(), transcript))
        self._signature = digest(digest(salted, b"Server Key"), transcript)
        return f"{without_proof},p={b64encode(proof).decode('ascii')}".encode()

    def verify(self, data: bytes) -> None:
        """Check that the server knows the password too.

        Raises:
            ProtocolError: If it does not.
        """
        message = self._text(data).split(",")[0]
        if message.startswith("e="):
            raise ProtocolError(
                "the data store refused the gateway's credentials", _AUTHENTICATION_FAILED
            )
        signature = _decode(message[2:]) if message.startswith("v=") else b""
        expected = self._signature
        if len(expected) != KEY_BYTES or not hmac.compare_digest(signature, expected):
            raise ProtocolError(
                "the data store could not prove that it knows the password", "08004"
            )

    @staticmethod
    def _text(data: bytes) -> str:
        if len(data) > MAX_MESSAGE_BYTES:
            raise _malformed()
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise _malformed() from None
