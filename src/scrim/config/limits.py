"""Bounds on what clients and data stores may make the gateway do."""

from pydantic import Field

from scrim.config.base import Milliseconds, Settings

MAX_FIELD_BYTES = 0x7FFF_FFFF
"""The largest length that a message of the PostgreSQL protocol can declare."""


class Limits(Settings):
    """Bounds of one worker process.

    A listener may repeat any of them to override the common value.
    """

    max_client_connections: int = Field(
        default=10_000, ge=1, le=1_000_000, description="Clients that may be connected at one time."
    )
    max_message_bytes: int = Field(
        default=64 << 20,
        ge=1024,
        le=MAX_FIELD_BYTES,
        description="Longest message that a client may send; a longer one ends its session.",
    )
    max_statement_bytes: int = Field(
        default=1 << 20,
        ge=256,
        le=256 << 20,
        description="Longest statement text that is analysed; a longer one is refused.",
    )
    max_row_bytes: int = Field(
        default=64 << 20,
        ge=1024,
        le=MAX_FIELD_BYTES,
        description="Longest row of a result; a longer one ends the statement with an error.",
    )
    max_prepared_statements: int = Field(
        default=1000,
        ge=1,
        le=100_000,
        description="Prepared statements and cursors that one session may keep.",
    )
    write_buffer_bytes: int = Field(
        default=256 << 10,
        ge=4096,
        le=64 << 20,
        description="Bytes held for a slow reader before the other side is paused.",
    )
    startup_timeout_ms: Milliseconds = Field(
        default=10_000, description="Time for a client to connect and sign in; 0 means no limit."
    )
    client_idle_timeout_ms: Milliseconds = Field(
        default=0, description="Time after which a silent client is disconnected; 0 means never."
    )
    idle_in_transaction_timeout_ms: Milliseconds = Field(
        default=0,
        description="The same for a client with an open transaction; 0 means never.",
    )
    shutdown_timeout_ms: Milliseconds = Field(
        default=30_000,
        description="Time that running statements get to end when the gateway is stopped.",
    )

    def overridden_by(self, other: "Limits") -> "Limits":
        """Return these limits with those that `other` sets explicitly put in their place."""
        changes = {name: getattr(other, name) for name in other.model_fields_set}
        return self.model_copy(update=changes)
