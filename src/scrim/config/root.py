"""The whole of scrim.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scrim.config.audit import Audit
from scrim.config.base import ConnectionName, FilePath, ProtocolName, Settings
from scrim.config.connections import Connection
from scrim.config.entities import CustomEntities
from scrim.config.identity import Identity
from scrim.config.limits import Limits
from scrim.config.listeners import Admin, Listener
from scrim.config.masking import Masking
from scrim.config.privacy import Privacy


class Log(Settings):
    """The gateway's own log, which never contains values."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe messages to write."
    )
    format: Literal["json", "text"] = Field(
        default="json", description="One JSON object a line, or text for people."
    )


class Config(Settings):
    """Everything that scrim.yaml can say."""

    workers: int = Field(
        default=1, ge=1, le=256, description="Worker processes that share the listeners' ports."
    )
    masking: Masking = Field(description="Masking key and operators.")
    policies: FilePath = Field(description="Folder of the Cedar policies.")
    audit: Audit = Field(description="The audit log.")
    listeners: Annotated[dict[ProtocolName, Listener], Field(min_length=1, max_length=32)] = Field(
        description="Where clients connect to, by protocol."
    )
    admin: Admin | None = Field(
        default=None, description="HTTP listener for /metrics, /healthz, /readyz and /v1/reveal."
    )
    limits: Limits = Field(default_factory=Limits, description="Bounds of each worker.")
    identity: Identity = Field(default_factory=Identity, description="Who may sign in.")
    connections: Annotated[dict[ConnectionName, Connection], Field(max_length=10_000)] = Field(
        min_length=1, description="The data stores behind the gateway, by name."
    )
    privacy: Privacy | None = Field(
        default=None, description="Privacy budgets, for `scrim privacy` and the Python API."
    )
    detection: CustomEntities = Field(
        default_factory=CustomEntities, description="Entities beside those that come with scrim."
    )
    log: Log = Field(default_factory=Log, description="The gateway's own log.")

    def limits_of(self, listener: str) -> Limits:
        """Return the limits in force on a listener.

        Args:
            listener: Its key in `listeners`.
        """
        return self.limits.overridden_by(self.listeners[listener].limits)

    @model_validator(mode="after")
    def _certificates_need_an_authority(self) -> Self:
        if self.identity.certificates is not None and not any(
            listener.tls is not None and listener.tls.client_ca is not None
            for listener in self.listeners.values()
        ):
            raise ValueError("has identity.certificates, but no listener with tls.client_ca")
        return self
