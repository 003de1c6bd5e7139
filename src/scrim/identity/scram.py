"""The server's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677), without I/O.

A user who does not exist gets the same exchange as one who does, with a salt that is made up but
always the same for that name, so that neither the messages nor the time tell the two apart.
"""

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from scrim.session.scram import (
    KEY_BYTES,
    MAX_ITERATIONS,
    MECHANISM,
    MECHANISM_PLUS,
    ScramKeys,
    derive_keys,
    digest,
    mix,
)
from scrim.wire import ProtocolError, SaslBegin

NONCE_BYTES = 18
SALT_BYTES = 16
DEFAULT_ITERATIONS = 4096
MAX_MESSAGE_BYTES = 2048
_VERIFIER = re.compile(
    r"SCRAM-SHA-256\$([1-9][0-9]{0,8}):([A-Za-z0-9+/=]{1,600})\$"
    r"([A-Za-z0-9+/=]{44}):([A-Za-z0-9+/=]{44})"
)
_NONCE = re.compile(r"[\x21-\x2b\x2d-\x7e]{1,256}")
_BINDING_TYPE = "tls-server-end-point"


@dataclass(frozen=True, slots=True)
class ScramVerifier:
    """What is kept of a password, in the parts of PostgreSQL's `pg_authid.rolpassword`.

    Attributes:
        iterations: How often the hash was repeated.
        salt: The password's salt.
        keys: The stored key and the server key.
    """

    iterations: int
    salt: bytes = field(repr=False)
    keys: ScramKeys

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `SCRAM-SHA-256$iterations:salt$stored:server`.

        Raises:
            ValueError: If it is not a verifier. The message does not contain it.
        """
        match = _VERIFIER.fullmatch(text)
        if match is None or int(match[1]) > MAX_ITERATIONS:
            raise ValueError("is not a SCRAM-SHA-256 verifier")
        try:
            salt, stored, server = (b64decode(part, validate=True) for part in match.groups()[1:])
        except binascii.Error:
            raise ValueError("is not a SCRAM-SHA-256 verifier") from None
        if len(stored) != KEY_BYTES or len(server) != KEY_BYTES:
            raise ValueError("is not a SCRAM-SHA-256 verifier")
        return cls(int(match[1]), salt, ScramKeys(stored, server))

    def format(self) -> str:
        """Return the form that PostgreSQL stores."""
        salt, stored, server = (
            b64encode(part).decode("ascii")
            for part in (self.salt, self.keys.stored, self.keys.server)
        )
        return f"{MECHANISM}${self.iterations}:{salt}${stored}:{server}"


def make_verifier(
    password: str, random_bytes: Callable[[int], bytes], iterations: int = DEFAULT_ITERATIONS
) -> ScramVerifier:
    """Return the verifier of a new password.

    Args:
        password: The password as typed.
        random_bytes: Source of salts, such as `secrets.token_bytes`.
        iterations: How often the hash is repeated.

    Raises:
        ValueError: If the password is empty, or contains a NUL character.
    """
    if not password or "\0" in password:
        raise ValueError("a password must not be empty and must not contain a NUL character")
    salt = random_bytes(SALT_BYTES)
    return ScramVerifier(iterations, salt, derive_keys(password, salt, iterations))


def mock_verifier(
    name: str, secret: bytes, examples: Sequence[ScramVerifier] = ()
) -> ScramVerifier:
    """Return the verifier of a user who does not exist; no password fits it.

    Args:
        name: The name that was asked for. The same name always gives the same verifier.
        secret: Known to the gateway alone, and the same in all its processes.
        examples: Real verifiers, whose salt length and iterations the made-up one imitates.
    """
    # Made for every sign-in, so that a name that exists takes as long; hence the fast hash.
    seed = hashlib.blake2b(name.encode(), key=secret[:64], person=b"scrim mock scram").digest()
    example = examples[int.from_bytes(seed[:8]) % len(examples)] if examples else None
    length = len(example.salt) if example else SALT_BYTES
    salt = hashlib.shake_256(seed).digest(length)
    keys = ScramKeys(seed[:KEY_BYTES], seed[KEY_BYTES:])
    return ScramVerifier(example.iterations if example else DEFAULT_ITERATIONS, salt, keys)


def mechanisms(end_point: bytes | None) -> tuple[str, ...]:
    """Return what is offered, strongest first.

    Args:
        end_point: The `tls-server-end-point` channel binding of this connection, None or empty
            without TLS or where the certificate has none.
    """
    return (MECHANISM_PLUS, MECHANISM) if end_point else (MECHANISM,)


def _malformed() -> ProtocolError:
    return ProtocolError("a SCRAM message of the client is malformed")


def _text(data: bytes) -> str:
    if len(data) > MAX_MESSAGE_BYTES:
        raise _malformed()
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _malformed() from None


class ScramServer:
    """One exchange: `first` for the client's first message, then `final` for its last.

    Args:
        verifier: What the proof is checked against, real or made up.
        nonce: Random bytes, new for each exchange.
        end_point: The channel binding of the connection, None or empty without one.
    """

    def __init__(
        self, verifier: ScramVerifier, nonce: bytes, end_point: bytes | None = None
    ) -> None:
        """Wait for the client's first message."""
        self._verifier = verifier
        self._nonce = b64encode(nonce).decode("ascii")
        self._end_point = end_point or b""
        self._transcript = ""
        self._binding = ""

    def first(self, begin: SaslBegin) -> bytes:
        """Return the server's first message.

        Raises:
            ProtocolError: If the client's message is malformed, or its channel binding does
                not fit what was offered.
        """
        if begin.mechanism not in mechanisms(self._end_point):
            raise ProtocolError("the client picked a SASL mechanism that was not offered")
        message = _text(begin.data)
        flag, _, rest = message.partition(",")
        identity, _, bare = rest.partition(",")
        self._check_flag(flag, begin.mechanism)
        if identity:
            raise ProtocolError("SCRAM authorization identities are not supported", "0A000")
        header = f"{flag},,".encode()
        data = self._end_point if begin.mechanism == MECHANISM_PLUS else b""
        self._binding = b64encode(header + data).decode("ascii")
        parts = bare.split(",")
        # The name is ignored, as in PostgreSQL: the startup packet has told it already.
        if len(parts) < 2 or parts[0][:2] != "n=" or parts[1][:2] != "r=":
            raise _malformed()
        if not _NONCE.fullmatch(parts[1][2:]):
            raise _malformed()
        self._nonce = parts[1][2:] + self._nonce
        salt = b64encode(self._verifier.salt).decode("ascii")
        server_first = f"r={self._nonce},s={salt},i={self._verifier.iterations}"
        self._transcript = f"{bare},{server_first}"
        return server_first.encode()

    def _check_flag(self, flag: str, mechanism: str) -> None:
        if mechanism == MECHANISM_PLUS:
            if flag != f"p={_BINDING_TYPE}":
                raise ProtocolError("the client's SCRAM channel binding type is not supported")
        elif flag == "y" and self._end_point:
            # The client would have bound the channel had it seen the offer: somebody removed it.
            raise ProtocolError("the offer of SCRAM channel binding did not reach the client")
        elif flag not in {"n", "y"}:
            raise _malformed()

    def final(self, data: bytes) -> bytes | None:
        """Return the server's last message, None when the proof is wrong.

        Raises:
            ProtocolError: If the client's message is malformed, or was made for another
                channel.
        """
        message = _text(data)
        without_proof, separator, proof_text = message.rpartition(",p=")
        parts = without_proof.split(",")
        if not separator or len(parts) < 2:
            raise _malformed()
        if not hmac.compare_digest(parts[0].encode(), f"c={self._binding}".encode()):
            raise ProtocolError("the client's SCRAM channel binding does not fit this connection")
        if parts[1] != f"r={self._nonce}":
            raise _malformed()
        try:
            proof = b64decode(proof_text, validate=True)
        except (binascii.Error, ValueError):
            raise _malformed() from None
        if len(proof) != KEY_BYTES:
            raise _malformed()
        transcript = f"{self._transcript},{without_proof}".encode()
        keys = self._verifier.keys
        key = mix(proof, digest(keys.stored, transcript))
        # Computed before it is known whether it is needed, so that both answers take as long.
        signature = b64encode(digest(keys.server, transcript))
        proven = hmac.compare_digest(hashlib.sha256(key).digest(), keys.stored)
        return b"v=" + signature if proven else None
