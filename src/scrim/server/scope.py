"""What is decided once for all sessions that must get the same answers.

Sessions whose principals have the same rights in the same data store, under the same policies and
the same catalog, share their decided statements. Anything of this that changes makes a new scope.
"""

from typing import TYPE_CHECKING, Final

from scrim.enforcement import Enforcement
from scrim.protocols.postgres import codec
from scrim.protocols.postgres.codec import AuditLog, Relay, ShapeHasher

if TYPE_CHECKING:
    from scrim.config.limits import Limits
    from scrim.domain.principal import Principal
    from scrim.server.store import Store

MAX_SHAPES: Final = 10_000
"""Decided statements that one scope keeps."""


class Scope:
    """Decisions that sessions share.

    Attributes:
        store: The data store.
        principal: Who asks.
        enforcement: Who decides.
    """

    def __init__(
        self,
        store: "Store",
        enforcement: Enforcement,
        audit: AuditLog,
        hasher: ShapeHasher,
        limits: "Limits",
    ) -> None:
        """Have decided nothing yet."""
        self.store = store
        self.enforcement = enforcement
        self.principal: Principal = enforcement.principal
        self.shapes = codec.new_shapes(MAX_SHAPES, store.verdicts.epoch)
        self._audit = audit
        self._hasher = hasher
        self._limits = limits

    def new_relay(self, label: str) -> Relay:
        """Return the relay of a session.

        Args:
            label: The session's name in the audit log.
        """
        return codec.new_relay(
            label,
            raw=self.enforcement.raw,
            shapes=self.shapes,
            audit=self._audit,
            hasher=self._hasher,
            limits=self._limits,
        )

    def adopt(self, relay: Relay) -> None:
        """Have a running session's next statement decided here."""
        relay.set_shapes(self.shapes, self.enforcement.raw)
