"""SCRAM-SHA-256 verifiers for users of a test gateway, in the form that PostgreSQL stores."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

ITERATIONS = 4096


def scram_verifier(password: str, iterations: int = ITERATIONS) -> str:
    """Return the verifier of a password, with a random salt.

    Args:
        password: The password, ASCII only.
        iterations: How often the password is hashed.
    """
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${iterations}:{encoded[0]}${encoded[1]}:{encoded[2]}"
