"""Where clients connect to."""

from typing import Literal

from pydantic import Field

from scrim.config.base import FilePath, ListenAddress, Settings
from scrim.config.limits import Limits


class ListenerTls(Settings):
    """TLS on the client's side."""

    certificate: FilePath = Field(description="PEM file with the certificate and its chain.")
    key: FilePath = Field(description="PEM file with the private key; readable by its owner only.")
    client_ca: FilePath | None = Field(
        default=None,
        description="PEM file with the authorities of client certificates; none are asked for "
        "without it.",
    )
    mode: Literal["off", "optional", "required"] = Field(
        default="required", description="Whether clients may, or must, use TLS."
    )


class Listener(Settings):
    """One listening address; its key in `listeners` is the protocol that it speaks."""

    address: ListenAddress = Field(description="Address and port to listen on, as `host:port`.")
    tls: ListenerTls | None = Field(
        default=None, description="TLS settings; without them the listener speaks plain text only."
    )
    limits: Limits = Field(
        default_factory=Limits, description="Limits that differ from the common ones."
    )

    @property
    def tls_mode(self) -> Literal["off", "optional", "required"]:
        """The mode in force: off when there is no certificate."""
        return "off" if self.tls is None else self.tls.mode

    @property
    def exposed(self) -> bool:
        """Whether passwords and rows can cross a network in plain text."""
        return self.tls_mode != "required" and not self.address.loopback


class AdminTls(Settings):
    """TLS of the HTTP listener for operators."""

    certificate: FilePath = Field(description="PEM file with the certificate and its chain.")
    key: FilePath = Field(description="PEM file with the private key; readable by its owner only.")


class Admin(Settings):
    """The HTTP listener for operators of the gateway: /metrics, /healthz and /readyz."""

    address: ListenAddress = Field(description="Address and port to listen on, as `host:port`.")
    tls: AdminTls | None = Field(
        default=None, description="TLS settings; without them it speaks plain HTTP only."
    )
    reveal: bool = Field(
        default=False,
        description="Whether it turns masked values back at /v1/reveal, for those who show a token "
        "and whom policy permits it. Over plain HTTP only on a loopback address.",
    )
