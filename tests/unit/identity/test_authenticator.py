"""Sign-ins from the first challenge to the principal or the one refusal."""

from __future__ import annotations

import secrets
import statistics
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scrim.domain.principal import Principal, PrincipalKind
from scrim.identity.authenticator import (
    Authenticator,
    Granted,
    Methods,
    SignIn,
    SignInRefused,
    Step,
    TlsFacts,
)
from scrim.identity.local import LocalDirectory
from scrim.protocols.postgres.scram_client import ScramClient, choose_mechanism
from scrim.wire import (
    Password,
    PasswordPrompt,
    ProtocolError,
    SaslBegin,
    SaslContinue,
    SaslMechanisms,
    SaslResponse,
)
from tests.unit.identity.conftest import CONNECTION, PASSWORD, authenticator_of
from tests.unit.identity.test_certificates import certificate

if TYPE_CHECKING:
    from scrim.identity.tokens import TokenIssuer, TokenVerifier

PLAIN: TlsFacts | None = None
TLS = TlsFacts(b"hash of the certificate")
HOUR = timedelta(hours=1)
ALICE = Principal(PrincipalKind.USER, "alice", frozenset({"analysts"}))


def sign_in(authenticator: Authenticator, who: SignIn, secret: str) -> Granted:
    """Answer every challenge with one secret, as clients do."""
    exchange = authenticator.begin(who)
    end_point = who.tls.end_point if who.tls else b""
    client: ScramClient | None = None
    step: Step = exchange.first
    while not isinstance(step, Granted):
        match step:
            case SaslMechanisms(names):
                mechanism = choose_mechanism(names, end_point)
                client = ScramClient(
                    secret, mechanism, secrets.token_bytes(18),
                    end_point=end_point, binding_offered=len(names) > 1,
                )  # fmt: skip
                step = exchange.receive(SaslBegin(mechanism, client.first()))
            case SaslContinue(data):
                assert client is not None
                step = exchange.receive(SaslResponse(client.respond(data)))
            case _:
                step = exchange.receive(Password(secret))
    if step.last is not None:
        assert client is not None
        client.verify(step.last.data)
    return step


@pytest.mark.parametrize("tls", [PLAIN, TLS, TlsFacts()])
def test_a_password(tls: TlsFacts | None, authenticator: Authenticator) -> None:
    granted = sign_in(authenticator, SignIn("alice", CONNECTION, tls), PASSWORD)
    assert (granted.principal, granted.method) == (ALICE, "scram")


def test_channel_binding_is_offered_where_it_can_be(authenticator: Authenticator) -> None:
    for tls, names in (
        (PLAIN, ("SCRAM-SHA-256",)),
        (TlsFacts(), ("SCRAM-SHA-256",)),
        (TLS, ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")),
    ):
        exchange = authenticator.begin(SignIn("alice", CONNECTION, tls))
        assert exchange.first == SaslMechanisms(names)


@pytest.mark.parametrize("user", ["alice", "bob"])
def test_a_token_over_tls(user: str, authenticator: Authenticator, issuer: TokenIssuer) -> None:
    token = issuer.issue(user, HOUR, facts={"purpose": "support"})
    granted = sign_in(authenticator, SignIn(user, CONNECTION, TLS), token)
    assert granted.method == "token"
    assert granted.principal.name == user
    assert granted.principal.groups == (ALICE.groups if user == "alice" else frozenset())
    claims = dict(granted.principal.session_claims)
    assert claims["purpose"] == "support"
    assert len(claims["token_id"]) == 32


@pytest.mark.parametrize("user", ["alice", "bot"])
def test_an_agents_token(user: str, authenticator: Authenticator, issuer: TokenIssuer) -> None:
    token = issuer.issue("alice", HOUR, agent="bot")
    principal = sign_in(authenticator, SignIn(user, CONNECTION, TLS), token).principal
    assert principal.kind is PrincipalKind.AGENT
    assert [link.name for link in principal.chain()] == ["bot", "alice"]
    assert principal.groups == {"bots"}
    assert principal.acts_for == ALICE


def test_a_certificate(authenticator: Authenticator) -> None:
    tls = TlsFacts(b"hash", certificate(["bob"]))
    exchange = authenticator.begin(SignIn("bob", CONNECTION, tls))
    assert exchange.first == Granted(Principal(PrincipalKind.USER, "bob"), "certificate")


def test_a_certificate_for_somebody_else_leads_to_the_password(
    authenticator: Authenticator,
) -> None:
    tls = TlsFacts(b"hash", certificate(["bob"]))
    granted = sign_in(authenticator, SignIn("alice", CONNECTION, tls), PASSWORD)
    assert granted.method == "scram"


def test_a_certificate_means_nothing_where_none_are_accepted(
    passwords_only: Authenticator,
) -> None:
    tls = TlsFacts(b"hash", certificate(["bob"]))
    with pytest.raises(SignInRefused):
        sign_in(passwords_only, SignIn("bob", CONNECTION, tls), PASSWORD)


FAILURES = [
    ("alice", CONNECTION, "wrong"),
    ("alice", CONNECTION, ""),
    ("bob", CONNECTION, PASSWORD),
    ("nobody", CONNECTION, PASSWORD),
    ("alice", "nowhere", PASSWORD),
    ("nobody", "nowhere", "wrong"),
    ("alice", CONNECTION, "{bob}"),
    ("nobody", CONNECTION, "{nobody}"),
    ("alice", "nowhere", "{alice}"),
    ("alice", CONNECTION, "{alice}x"),
]


@pytest.mark.parametrize("tls", [PLAIN, TLS])
@pytest.mark.parametrize(("user", "connection", "secret"), FAILURES)
def test_all_failures_are_alike(
    user: str, connection: str, secret: str, tls: TlsFacts | None, request: pytest.FixtureRequest
) -> None:
    authenticator: Authenticator = request.getfixturevalue("authenticator")
    issuer: TokenIssuer = request.getfixturevalue("issuer")
    given = secret.format(**{name: issuer.issue(name, HOUR) for name in ("alice", "bob", "nobody")})
    with pytest.raises(SignInRefused) as caught:
        sign_in(authenticator, SignIn(user, connection, tls), given)
    assert caught.value.code == "28P01"
    assert caught.value.message == f'password authentication failed for user "{user}"'


def steps_of(authenticator: Authenticator, who: SignIn) -> list[str]:
    """Return the kinds of challenge, with their shapes, that a wrong password meets."""
    exchange = authenticator.begin(who)
    client = ScramClient("wrong", "SCRAM-SHA-256", bytes(18))
    shapes = [repr(exchange.first)]
    step = exchange.receive(SaslBegin("SCRAM-SHA-256", client.first()))
    assert isinstance(step, SaslContinue)
    shapes.append(f"{len(step.data)} {step.data.rpartition(b',')[2]!r}")
    try:
        step = exchange.receive(SaslResponse(client.respond(step.data)))
        shapes.append(repr(step))
        exchange.receive(Password("wrong"))
    except SignInRefused as refused:
        shapes.append(refused.message.replace(who.user, ""))
    return shapes


@pytest.mark.parametrize("tls", [PLAIN, TLS])
def test_what_is_asked_does_not_tell_who_exists(
    tls: TlsFacts | None, authenticator: Authenticator, passwords_only: Authenticator
) -> None:
    for tested in (authenticator, passwords_only):
        transcripts = {
            str(steps_of(tested, SignIn(user, connection, tls)))
            for user in ("alice", "bob", "bot", "nobody")
            for connection in (CONNECTION, "nowhere")
        }
        assert len(transcripts) == 1


def test_the_salt_of_nobody_stays_the_same(authenticator: Authenticator) -> None:
    def salt(user: str) -> bytes:
        exchange = authenticator.begin(SignIn(user, CONNECTION))
        step = exchange.receive(SaslBegin("SCRAM-SHA-256", b"n,,n=,r=x"))
        assert isinstance(step, SaslContinue)
        return step.data.split(b",")[1]

    assert salt("nobody") == salt("nobody")
    assert salt("nobody") != salt("no one")


def test_the_time_does_not_tell_who_exists(authenticator: Authenticator) -> None:
    def seconds(user: str, connection: str) -> float:
        exchange = authenticator.begin(SignIn(user, connection))
        first = exchange.receive(SaslBegin("SCRAM-SHA-256", b"n,,n=,r=x"))
        assert isinstance(first, SaslContinue)
        last = b"c=biws," + first.data.split(b",")[0] + b",p=" + b"A" * 43 + b"="
        begin = time.perf_counter()
        authenticator.begin(SignIn(user, connection))
        with pytest.raises(SignInRefused):
            exchange.receive(SaslResponse(last))
        return time.perf_counter() - begin

    cases = [("alice", CONNECTION), ("nobody", CONNECTION), ("alice", "nowhere")]
    rounds = [[seconds(*case) for case in cases] for _ in range(300)]
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    assert max(medians) < 2 * min(medians)


def test_tokens_are_not_taken_in_plain_text(
    authenticator: Authenticator, issuer: TokenIssuer
) -> None:
    with pytest.raises(SignInRefused):
        sign_in(authenticator, SignIn("bob", CONNECTION), issuer.issue("bob", HOUR))
    exchange = authenticator.begin(SignIn("bob", CONNECTION))
    with pytest.raises(ProtocolError, match="not asked for"):
        exchange.receive(Password("x"))


def test_without_any_password_the_token_is_asked_for_at_once(
    tokens: TokenVerifier, issuer: TokenIssuer, directory: LocalDirectory
) -> None:
    users = {name: user for name, user in directory._users.items() if name == "bob"}  # noqa: SLF001
    authenticator = authenticator_of(Methods(LocalDirectory(users), tokens))
    who = SignIn("bob", CONNECTION, TLS)
    assert authenticator.begin(who).first == PasswordPrompt()
    assert sign_in(authenticator, who, issuer.issue("bob", HOUR)).principal.name == "bob"
    assert isinstance(authenticator.begin(SignIn("bob", CONNECTION)).first, SaslMechanisms)


def test_there_is_one_try(authenticator: Authenticator, issuer: TokenIssuer) -> None:
    exchange = authenticator.begin(SignIn("alice", CONNECTION, TLS))
    client = ScramClient("wrong", "SCRAM-SHA-256", bytes(18))
    step = exchange.receive(SaslBegin("SCRAM-SHA-256", client.first()))
    assert isinstance(step, SaslContinue)
    assert exchange.receive(SaslResponse(client.respond(step.data))) == PasswordPrompt()
    with pytest.raises(ProtocolError):
        exchange.receive(SaslBegin("SCRAM-SHA-256", client.first()))
    with pytest.raises(SignInRefused):
        exchange.receive(Password("wrong"))
    with pytest.raises(ProtocolError):
        exchange.receive(Password(issuer.issue("alice", HOUR)))
