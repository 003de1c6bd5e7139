"""Signed short-lived tokens (JWT) that clients give as their password over TLS.

Claims: `sub` the user, `act` the agent that acts for it (RFC 8693), `aud`, `iat`, `exp`, `jti`, and
facts for policies under `purpose` and `ticket`. Groups are never taken from a token.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey

from scrim.config.secrets import SecretError, read_secret_file

Algorithm = Literal["EdDSA", "ES256", "HS256"]

MAX_TOKEN_CHARACTERS = 8192
MAX_CLAIM_CHARACTERS = 256
MIN_SECRET_BYTES = 32
CLOCK_LEEWAY_SECONDS = 30
ID_BYTES = 16
_FACTS: Final = ("purpose", "ticket")
# RFC 9864 names the algorithm after its curve; the configuration keeps the better known name.
_HEADER: Final[Mapping[Algorithm, str]] = {"EdDSA": "Ed25519", "ES256": "ES256", "HS256": "HS256"}
_CURVE: Final = {"EdDSA": "Ed25519", "ES256": "P-256"}


class TokenError(Exception):
    """A token is not accepted. The message never contains a part of it."""


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What an accepted token says.

    Attributes:
        subject: The user.
        agent: The agent that acts for the user, None when the user acts alone.
        token_id: The token's own identifier.
        facts: Further claims that policy may read.
    """

    subject: str
    agent: str | None
    token_id: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key for one algorithm.

    Attributes:
        algorithm: The algorithm as the configuration names it.
        key: The key; a public one can only check.
    """

    algorithm: Algorithm
    key: OctKey | OKPKey | ECKey = field(repr=False)

    @classmethod
    def load(cls, path: Path, algorithm: Algorithm) -> "TokenKey":
        """Read a key file.

        Raises:
            SecretError: If it cannot be read, others can read it, or it is of another kind.
        """
        return cls.parse(read_secret_file(path), algorithm)

    @classmethod
    def parse(cls, content: bytes, algorithm: Algorithm) -> "TokenKey":
        """Read the content of a key file.

        Raises:
            SecretError: If it is not a key of the algorithm.
        """
        if algorithm == "HS256":
            secret = content.strip()
            if secret.startswith(b"-----BEGIN"):
                raise SecretError("is a PEM key", "set algorithm to EdDSA or ES256")
            if len(secret) < MIN_SECRET_BYTES:
                raise SecretError(
                    f"is shorter than {MIN_SECRET_BYTES} bytes", "write 32 random bytes into it"
                )
            return cls(algorithm, OctKey.import_key(secret))
        kind = OKPKey if algorithm == "EdDSA" else ECKey
        try:
            key = kind.import_key(content)
            curve = key.curve_name
        # The library and OpenSSL raise many kinds of error for a malformed key.
        except Exception:  # noqa: BLE001, RUF100
            curve = None
        if curve != _CURVE[algorithm]:
            raise SecretError(
                f"is not a PEM key for {algorithm}",
                f"create one with: openssl genpkey -algorithm "
                f"{'ed25519' if algorithm == 'EdDSA' else 'EC -pkeyopt ec_paramgen_curve:P-256'}",
            )
        return cls(algorithm, key)

    @property
    def header(self) -> str:
        """The algorithm as a token's header names it."""
        return _HEADER[self.algorithm]


class TokenIssuer:
    """Signs tokens.

    Args:
        key: A private key or a shared secret.
        audience: The audience that is named.
        clock: Returns the seconds since the epoch.
        random_bytes: Source of token identifiers.
    """

    def __init__(
        self,
        key: TokenKey,
        audience: str,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Keep the parts."""
        if not key.key.is_private:
            raise SecretError("is a public key", "use the private key to issue tokens")
        self._key = key
        self._audience = audience
        self._clock = clock
        self._random_bytes = random_bytes

    def issue(
        self,
        subject: str,
        ttl: timedelta,
        agent: str | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> str:
        """Return a new token.

        Args:
            subject: The user.
            ttl: How long it is valid.
            agent: The agent that acts for the user.
            facts: `purpose` and `ticket`, where policy asks for them.

        Raises:
            ValueError: If the lifetime is not positive or a fact has another name.
        """
        if ttl <= timedelta(0):
            raise ValueError("a token's lifetime must be positive")
        if unknown := set(facts or ()) - set(_FACTS):
            raise ValueError(f"tokens have no claim {min(unknown)}")
        now = int(self._clock())
        claims: dict[str, object] = {
            **(facts or {}),
            "sub": subject,
            "aud": self._audience,
            "iat": now,
            "exp": now + max(1, int(ttl.total_seconds())),
            "jti": self._random_bytes(ID_BYTES).hex(),
        }
        if agent is not None:
            claims["act"] = {"sub": agent}
        header = {"alg": self._key.header}
        return jwt.encode(header, claims, self._key.key, algorithms=[self._key.header])


class TokenVerifier:
    """Checks tokens.

    Args:
        key: The key that signed them.
        audience: The audience that they must name.
        max_ttl: Longest life from issue to expiry.
        clock: Returns the seconds since the epoch.
        revoked: Says whether a token's identifier is on the revocation list.
    """

    def __init__(
        self,
        key: TokenKey,
        audience: str,
        max_ttl: timedelta,
        clock: Callable[[], float],
        revoked: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Keep the parts."""
        self._key = key
        self._audience = audience
        self._max_ttl = max_ttl.total_seconds()
        self._clock = clock
        self._revoked = revoked

    def verify(self, token: str) -> TokenClaims:
        """Return what a token says.

        Raises:
            TokenError: If it is not one of ours, not for us, expired, or revoked.
        """
        if len(token) > MAX_TOKEN_CHARACTERS or token.count(".") != 2 or not token.isascii():
            raise TokenError("not a signed token")
        try:
            claims = jwt.decode(token, self._key.key, algorithms=[self._key.header]).claims
        # Whatever the library makes of bytes from a stranger, the answer is the same.
        except Exception:  # noqa: BLE001, RUF100
            raise TokenError("the token's signature is not valid") from None
        self._check_audience(claims.get("aud"))
        self._check_times(claims)
        token_id = _claim(claims, "jti")
        if self._revoked(token_id):
            raise TokenError("the token is revoked")
        facts = tuple((name, _claim(claims, name)) for name in _FACTS if name in claims)
        return TokenClaims(_claim(claims, "sub"), _actor(claims), token_id, facts)

    def _check_audience(self, audience: object) -> None:
        named = audience if isinstance(audience, list) else [audience]
        if self._audience not in named:
            raise TokenError("the token is for another audience")

    def _check_times(self, claims: Mapping[str, object]) -> None:
        now = self._clock()
        issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
        if now >= expires:
            raise TokenError("the token has expired")
        begins = max(issued, _seconds(claims, "nbf") if "nbf" in claims else issued)
        if begins > now + CLOCK_LEEWAY_SECONDS:
            raise TokenError("the token is not valid yet")
        if expires - issued > self._max_ttl:
            raise TokenError("the token's life is longer than max_ttl allows")


def _claim(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CLAIM_CHARACTERS:
        raise TokenError(f"the token's claim {name} is missing or malformed")
    return value


def _seconds(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**53:
        raise TokenError(f"the token's claim {name} is missing or malformed")
    return value


def _actor(claims: Mapping[str, object]) -> str | None:
    """Return the acting agent; a chain of agents is refused, because nothing here bounds it."""
    if "act" not in claims:
        return None
    actor = claims["act"]
    if not isinstance(actor, dict) or "act" in actor:
        raise TokenError("the token's claim act is malformed")
    return _claim(actor, "sub")
