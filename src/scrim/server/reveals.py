"""The desk that turns masked values back, as a configuration describes it."""

import os
import secrets
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from scrim.audit.acts import COMMAND_WORKER
from scrim.audit.log import AuditLog
from scrim.audit.records import GATEWAY_NAME, Origin
from scrim.config.load import load
from scrim.config.root import Config
from scrim.detection.columns import ColumnJudge
from scrim.domain.arguments import check_path
from scrim.identity.configured import Surroundings, build_authenticator
from scrim.masking.choice import OperatorTable
from scrim.masking.keys import MaskingKey, load_key
from scrim.masking.revealing import new_unmasker
from scrim.policy.bundle import commit_of
from scrim.policy.engine import PolicyEngine
from scrim.policy.grants import ConnectionFacts
from scrim.policy.questions import SessionFacts
from scrim.reveals.approvals import ApprovalStore, WaitingRequest
from scrim.reveals.desk import ENFORCED, DeskConnection, DeskTools, RevealDesk
from scrim.reveals.request import (
    Pending,
    Revealed,
    RevealRefusedError,
    RevealRequest,
    SignedIn,
)
from scrim.server.foundation import connection_judge, general_catalogue
from scrim.server.policies import load_policies


class Reveals:
    """The desk of one configuration, with its audit log and its waiting requests.

    A context manager; the audit log is opened with the first record and closed at the end.
    """

    def __init__(self, config: Config) -> None:
        """Build the desk.

        Raises:
            SecretError: If a key cannot be used.
            BundleError: If the policies cannot be used.
            OperatorError: If an operator cannot be used.
        """
        self._config = config
        self._closing = ExitStack()
        self._log: AuditLog | None = None
        self._store: ApprovalStore | None = None
        key = load_key(config.masking, os.environ)
        surroundings = Surroundings(time.time, secrets.token_bytes, key.derive(b"salts of reveals"))
        names = config.connections.keys()
        self._authenticator = build_authenticator(config.identity, names.__contains__, surroundings)
        self._desk = RevealDesk(self._tools(key))

    def sign_in(self, user: str, *, password: str = "", token: str = "") -> SignedIn:
        """Return who somebody is who gives a password or a token.

        Args:
            user: Their name; with a token that of its user or its agent.
            password: Their password; empty when a token is given.
            token: Their token.

        Raises:
            RevealRefusedError: If neither proves it, which is recorded.
            AuditError: If that cannot be recorded.
        """
        if token:
            principal = self._authenticator.by_token(user, token)
        else:
            principal = self._authenticator.by_password(user, password)
        if principal is None:
            self._desk.sign_in_refused(user)
            raise RevealRefusedError("the sign-in failed: the password or the token does not fit")
        authentication = "token" if token else "password"
        facts = SessionFacts(authentication=authentication)
        return SignedIn(principal, facts.at(time.time(), self._config.zone))

    def sign_in_bearer(self, token: str, session: SessionFacts) -> SignedIn:
        """Return who somebody is who sends a token alone.

        Args:
            token: The token; empty when there is none.
            session: How it came.

        Raises:
            RevealRefusedError: If it proves nothing, which is recorded.
            AuditError: If that cannot be recorded.
        """
        principal = self._authenticator.by_bearer(token) if token else None
        if principal is None:
            # Whom a token that does not hold names is not worth writing down.
            self._desk.sign_in_refused("", session.client_address)
            raise RevealRefusedError("the token is not accepted")
        return SignedIn(principal, session.at(time.time(), self._config.zone))

    def reveal(
        self, who: SignedIn, request: RevealRequest, approved: str = ""
    ) -> Revealed | Pending:
        """Turn masked values back, or say what that waits for, as `RevealDesk.reveal`."""
        return self._desk.reveal(who, request, approved)

    def waiting(self) -> list[WaitingRequest]:
        """Return the requests that can be approved or used, as `RevealDesk.waiting`."""
        return self._desk.waiting()

    def approve(self, who: SignedIn, identifier: str) -> WaitingRequest:
        """Approve somebody else's request, as `RevealDesk.approve`."""
        return self._desk.approve(who, identifier)

    def close(self) -> None:
        """Close the audit log and the requests."""
        self._closing.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _tools(self, key: MaskingKey) -> DeskTools:
        config = self._config
        bundle = load_policies(
            config.policies,
            OperatorTable.of(config.masking),
            commit=commit_of(config.policies),
        )
        return DeskTools(
            engine=PolicyEngine(bundle, ENFORCED),
            connections={
                name: DeskConnection(
                    ConnectionFacts.of(name, settings),
                    new_unmasker(key, OperatorTable.of(config.masking, settings, name)),
                )
                for name, settings in config.connections.items()
            },
            judge=self._judge,
            entities=lambda: general_catalogue(config).names,
            recorder=self._recorder,
            approvals=self._approvals,
            origin=Origin(GATEWAY_NAME, COMMAND_WORKER),
            hash_key=key.derive(b"hashes of reveals"),
            clock=_now,
            random_bytes=secrets.token_bytes,
        )

    def _judge(self, connection: str) -> ColumnJudge:
        # Reading the catalogue takes a second, which a column with a tag does not need.
        settings = self._config.connections[connection]
        operators = OperatorTable.of(self._config.masking, settings, connection)
        return connection_judge(self._config, operators)

    def _recorder(self) -> AuditLog:
        if self._log is None:
            # A value that was given out cannot be taken back, so its record must survive.
            settings = self._config.audit.model_copy(update={"fsync": "always"})
            self._log = AuditLog(settings, COMMAND_WORKER, _now)
            self._closing.callback(self._log.close)
        return self._log

    def _approvals(self) -> ApprovalStore:
        if self._store is None:
            self._store = ApprovalStore(self._config.audit.directory)
            self._closing.callback(self._store.close)
        return self._store


def open_reveals(config: Path | str) -> Reveals:
    """Return the desk of a configuration file.

    Args:
        config: The file, such as `scrim.yaml`.

    Raises:
        ConfigError: If the configuration cannot be used.
        SecretError: If a key cannot be used.
        BundleError: If the policies cannot be used.
        OperatorError: If an operator cannot be used.
    """
    check_path("config", config)
    return Reveals(load(Path(config)).config)


def _now() -> datetime:
    return datetime.now(UTC)
