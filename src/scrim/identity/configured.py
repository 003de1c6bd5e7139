"""Builds the authenticator that a configuration describes."""

from collections.abc import Callable
from dataclasses import dataclass

from scrim.config.identity import Identity, Tokens
from scrim.identity.authenticator import Authenticator, Methods
from scrim.identity.certificates import CertificateNames
from scrim.identity.local import LocalDirectory
from scrim.identity.tokens import TokenIssuer, TokenKey, TokenVerifier


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What sign-ins need from outside.

    Attributes:
        clock: Returns the seconds since the epoch.
        random_bytes: Source of nonces and identifiers, such as `secrets.token_bytes`.
        mock_secret: At least 32 bytes, known to the gateway alone and the same in all its
            processes.
        revoked: Says whether a token's identifier is on the revocation list.
    """

    clock: Callable[[], float]
    random_bytes: Callable[[int], bytes]
    mock_secret: bytes
    revoked: Callable[[str], bool] = lambda _: False


def build_authenticator(
    identity: Identity, is_connection: Callable[[str], bool], surroundings: Surroundings
) -> Authenticator:
    """Return the authenticator of a configuration.

    Args:
        identity: The `identity` block of scrim.yaml.
        is_connection: Says whether a connection of a name exists.
        surroundings: Clock, randomness and secrets.

    Raises:
        SecretError: If the key file of the tokens cannot be used.
    """
    tokens = certificates = None
    if identity.tokens is not None:
        settings = identity.tokens
        key = TokenKey.load(settings.key_file, settings.algorithm)
        tokens = TokenVerifier(
            key, settings.audience, settings.max_ttl, surroundings.clock, surroundings.revoked
        )
    if identity.certificates is not None:
        names = identity.certificates
        certificates = CertificateNames(names.name_from, names.users)
    methods = Methods(LocalDirectory(identity.local.users), tokens, certificates)
    return Authenticator(
        methods, is_connection, surroundings.mock_secret, surroundings.random_bytes
    )


def build_issuer(settings: Tokens, surroundings: Surroundings) -> TokenIssuer:
    """Return what signs tokens, for `scrim token issue`.

    Args:
        settings: The `identity.tokens` block of scrim.yaml.
        surroundings: Clock and randomness.

    Raises:
        SecretError: If the key file cannot be used, or holds only a public key.
    """
    key = TokenKey.load(settings.key_file, settings.algorithm)
    return TokenIssuer(key, settings.audience, surroundings.clock, surroundings.random_bytes)
