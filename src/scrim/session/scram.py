"""The arithmetic of SCRAM-SHA-256 (RFC 5802, RFC 7677) that client and server share.

The gateway is a SCRAM server to its clients and a SCRAM client to its data stores; the two
exchanges live in `identity` and in the protocols, and this is what both of them compute.
"""

import hashlib
import hmac
import stringprep
import unicodedata
from dataclasses import dataclass, field

MECHANISM = "SCRAM-SHA-256"
MECHANISM_PLUS = "SCRAM-SHA-256-PLUS"
MAX_ITERATIONS = 10_000_000
"""Bound on the work that a server may ask of a client."""
KEY_BYTES = 32

_PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
    stringprep.in_table_a1,
)


@dataclass(frozen=True, slots=True)
class ScramKeys:
    """What a server keeps of a password.

    Attributes:
        stored: Hash of the client key; proves a client without being able to act as it.
        server: Key with which the server proves itself.
    """

    stored: bytes = field(repr=False)
    server: bytes = field(repr=False)


def saslprep(password: str) -> str:
    """Prepare a password by RFC 4013; one that it does not allow is returned unchanged.

    PostgreSQL and libpq do the same, so a password outside the profile still signs in.
    """
    if password.isascii():
        return password
    mapped = "".join(
        " " if stringprep.in_table_c12(char) else char
        for char in password
        if not stringprep.in_table_b1(char)
    )
    prepared = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    if not prepared or any(check(char) for char in prepared for check in _PROHIBITED):
        return password
    return prepared if _direction_is_clear(prepared) else password


def _direction_is_clear(text: str) -> bool:
    """Say whether text obeys the rule of RFC 3454 section 6 on right-to-left characters."""
    if not any(map(stringprep.in_table_d1, text)):
        return True
    if any(map(stringprep.in_table_d2, text)):
        return False
    return stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])


def digest(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA-256."""
    return hmac.digest(key, message, "sha256")


def salted_password(password: str, salt: bytes, iterations: int) -> bytes:
    """Return what the keys are derived from; deliberately slow."""
    return hashlib.pbkdf2_hmac("sha256", saslprep(password).encode(), salt, iterations)


def client_key(salted: bytes) -> bytes:
    """Return the key that the client proves to have."""
    return digest(salted, b"Client Key")


def derive_keys(password: str, salt: bytes, iterations: int) -> ScramKeys:
    """Return what a server keeps of a password.

    Args:
        password: The password as typed.
        salt: Random bytes, new for each password.
        iterations: How often the hash is repeated.
    """
    salted = salted_password(password, salt, iterations)
    stored = hashlib.sha256(client_key(salted)).digest()
    return ScramKeys(stored, digest(salted, b"Server Key"))


def mix(left: bytes, right: bytes) -> bytes:
    """Return the exclusive or of two byte strings of equal length."""
    number = int.from_bytes(left) ^ int.from_bytes(right)
    return number.to_bytes(len(left))
