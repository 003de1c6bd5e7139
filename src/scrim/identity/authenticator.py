"""Decides whether a client is who it says it is.

    a certificate names the user            -> granted
    otherwise SCRAM, and the proof fits     -> granted
    it does not, and tokens are taken here  -> prompt, and the token fits -> granted
    otherwise                               -> refused

What is asked for depends on the connection and the configuration, never on the user, and every
refusal is the same: an unknown user, a wrong password and an unknown connection look alike.

A token comes after SCRAM because PostgreSQL clients answer whatever they are asked with the one
password that they were given, and only the server can choose the question.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from scrim.domain.principal import Principal
from scrim.identity.certificates import CertificateNames
from scrim.identity.local import LocalDirectory
from scrim.identity.scram import NONCE_BYTES, ScramServer, mechanisms, mock_verifier
from scrim.identity.tokens import TokenClaims, TokenError, TokenVerifier
from scrim.session.scram import derive_keys
from scrim.wire import (
    Challenge,
    Credential,
    Password,
    PasswordPrompt,
    ProtocolError,
    SaslBegin,
    SaslContinue,
    SaslFinal,
    SaslMechanisms,
    SaslResponse,
)

AUTHENTICATION_FAILED: Final = "28P01"


class SignInRefused(ProtocolError):  # noqa: N818 - the outcome of a sign-in, like Granted
    """The one refusal that every failed sign-in ends with."""

    def __init__(self, user: str) -> None:
        """Name the user as it was given; nothing else may differ between two refusals."""
        super().__init__(f'password authentication failed for user "{user}"', AUTHENTICATION_FAILED)


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What is known of a client's TLS.

    Attributes:
        end_point: The `tls-server-end-point` binding of the listener's certificate, empty where
            it has none.
        certificate: The client's verified certificate in DER form, None when it showed none.
    """

    end_point: bytes = b""
    certificate: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who wants to sign in, to what, and over which transport.

    Attributes:
        user: The user name that the client gave.
        connection: The connection that the client asked for.
        tls: What is known of its TLS, None in plain text.
    """

    user: str
    connection: str
    tls: TlsFacts | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """The sign-in succeeded.

    Attributes:
        principal: Who the client is.
        method: How it was proven: `certificate`, `scram` or `token`.
        last: A message to send before the success, None where the method has none.
    """

    principal: Principal
    method: str
    last: SaslFinal | None = None


Step = Challenge | Granted


@dataclass(frozen=True, slots=True)
class Methods:
    """The configured ways to sign in.

    Attributes:
        directory: The principals, with passwords where they have any.
        tokens: Checks tokens, None when none are accepted.
        certificates: Maps certificates, None when none are accepted.
    """

    directory: LocalDirectory
    tokens: TokenVerifier | None = None
    certificates: CertificateNames | None = None


class Authenticator:
    """Begins sign-ins.

    Args:
        methods: The configured ways to sign in.
        is_connection: Says whether a connection of a name exists.
        mock_secret: At least 32 bytes, known to the gateway alone and the same in all its
            processes; makes up what unknown users are shown.
        random_bytes: Source of nonces.
    """

    def __init__(
        self,
        methods: Methods,
        is_connection: Callable[[str], bool],
        mock_secret: bytes,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Keep the parts."""
        self.directory = methods.directory
        self.tokens = methods.tokens
        self.certificates = methods.certificates
        self.is_connection = is_connection
        self.random_bytes = random_bytes
        self._mock_secret = mock_secret

    def begin(self, sign_in: SignIn) -> "SignInExchange":
        """Begin the sign-in of one client; its `first` says what to ask."""
        return SignInExchange(self, sign_in)

    def scram(self, sign_in: SignIn) -> ScramServer:
        """Return the SCRAM exchange of a sign-in, against a made-up verifier where needed."""
        made_up = mock_verifier(sign_in.user, self._mock_secret, self.directory.verifiers)
        verifier = self.directory.verifier(sign_in.user) or made_up
        end_point = sign_in.tls.end_point if sign_in.tls else b""
        return ScramServer(verifier, self.random_bytes(NONCE_BYTES), end_point)

    def by_certificate(self, sign_in: SignIn) -> Principal | None:
        """Return the principal that the client's certificate proves, None when it proves none."""
        certificate = sign_in.tls.certificate if sign_in.tls else None
        if certificate is None or self.certificates is None:
            return None
        if sign_in.user not in self.certificates.principals(certificate):
            return None
        return self.directory.principal(sign_in.user)

    def by_password(self, user: str, password: str) -> Principal | None:
        """Return the principal that a password proves, None when it proves none.

        For commands, which have the password itself; it takes as long for an unknown user.

        Args:
            user: The user name.
            password: The password as typed.
        """
        made_up = mock_verifier(user, self._mock_secret, self.directory.verifiers)
        verifier = self.directory.verifier(user) or made_up
        keys = derive_keys(password, verifier.salt, verifier.iterations)
        proven = hmac.compare_digest(keys.stored, verifier.keys.stored)
        return self.directory.principal(user) if proven else None

    def by_token(self, user: str, token: str) -> Principal | None:
        """Return the principal that a token proves, None when it proves none.

        Args:
            user: The user name that the client gave: the token's user or its agent.
            token: The token.
        """
        claims = self._claims(token)
        if claims is None or user not in {claims.subject, claims.agent}:
            return None
        return self._named(claims)

    def by_bearer(self, token: str) -> Principal | None:
        """Return the principal that a token proves where no user name goes with it.

        Args:
            token: The token.
        """
        claims = self._claims(token)
        return None if claims is None else self._named(claims)

    def _claims(self, token: str) -> TokenClaims | None:
        if self.tokens is None:
            return None
        try:
            return self.tokens.verify(token)
        except TokenError:
            return None

    def _named(self, claims: TokenClaims) -> Principal | None:
        """Return whom a token names: its agent where it has one, else its user."""
        subject = self.directory.principal(claims.subject)
        if subject is None:
            return None
        facts = (*claims.facts, ("token_id", claims.token_id))
        if claims.agent is not None:
            return self.directory.agent(claims.agent, subject, facts)
        return replace(subject, session_claims=facts)


class SignInExchange:
    """The sign-in of one client: ask what `first` says, then whatever `receive` returns.

    Args:
        authenticator: What knows the principals.
        sign_in: Who wants to sign in.
    """

    def __init__(self, authenticator: Authenticator, sign_in: SignIn) -> None:
        """Decide what is asked first."""
        self._authenticator = authenticator
        self._sign_in = sign_in
        self._known = authenticator.is_connection(sign_in.connection)
        self._scram: ScramServer | None = None
        self._takes_tokens = sign_in.tls is not None and authenticator.tokens is not None
        self.first: Step = self._first()
        """What to ask the client, or already the success."""

    def _first(self) -> Step:
        principal = self._authenticator.by_certificate(self._sign_in)
        if principal is not None and self._known:
            return Granted(principal, "certificate")
        if self._takes_tokens and not self._authenticator.directory.verifiers:
            return PasswordPrompt()
        self._scram = self._authenticator.scram(self._sign_in)
        return SaslMechanisms(mechanisms(self._sign_in.tls.end_point if self._sign_in.tls else b""))

    def receive(self, credential: Credential) -> Step:
        """Take a credential and return what to ask next, or the success.

        Raises:
            SignInRefused: If the client did not prove who it is.
            ProtocolError: If a message of it is malformed.
        """
        match credential:
            case SaslBegin() if self._scram is not None:
                return SaslContinue(self._scram.first(credential))
            case SaslResponse(data) if self._scram is not None:
                return self._finish_scram(self._scram.final(data))
            case Password(text) if self._takes_tokens:
                return self._finish_token(text)
            case _:
                raise ProtocolError("the client sent a credential that was not asked for")

    def _finish_scram(self, last: bytes | None) -> Step:
        self._scram = None
        principal = self._authenticator.directory.principal(self._sign_in.user)
        if last is not None and principal is not None and self._known:
            return Granted(principal, "scram", SaslFinal(last))
        if self._takes_tokens:
            return PasswordPrompt()
        raise SignInRefused(self._sign_in.user)

    def _finish_token(self, token: str) -> Step:
        self._takes_tokens = False
        principal = self._authenticator.by_token(self._sign_in.user, token)
        if principal is None or not self._known:
            raise SignInRefused(self._sign_in.user)
        return Granted(principal, "token")
