"""Who is connected, from where and how: what stays the same for a whole session."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from scrim.domain.principal import Principal

MAX_PARAMETERS: Final = 100
MAX_PARAMETER_CHARACTERS: Final = 1_024
_DISPLAYED: Final = 63


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """How the client's side is encrypted.

    Attributes:
        version: Protocol version, such as `TLSv1.3`.
        cipher: Cipher suite.
        certificate_name: The name in the client's certificate; empty when it showed none.
    """

    version: str
    cipher: str
    certificate_name: str = ""


@dataclass(frozen=True, slots=True)
class ClientSession:
    """One signed-in client.

    Attributes:
        id: Its name in records and logs: ASCII letters, digits and hyphens, never used again.
        principal: Who signed in.
        connection: Name of the connection that the client chose.
        protocol: Protocol that the client speaks.
        authentication: How it signed in: `password`, `token` or `certificate`.
        client_address: Its IP address; empty for Unix-domain sockets.
        started_at: When it signed in.
        tls: How it is encrypted; None when it is not.
        parameters: Its startup parameters, as the client gave them.
    """

    id: str
    principal: Principal
    connection: str
    protocol: str
    authentication: str
    client_address: str
    started_at: datetime
    tls: TlsFacts | None = None
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def application_name(self) -> str:
        """What the client calls itself, without control characters and cut to a display length.

        It is the client's own claim: good for reading, never for deciding.
        """
        name = dict(self.parameters).get("application_name", "")
        return "".join(c if c.isprintable() else "?" for c in name[:_DISPLAYED])

    def record_facts(self) -> dict[str, str | int | bool]:
        """Return what the audit log keeps of a session, beside its principal."""
        facts: dict[str, str | int | bool] = {
            "connection": self.connection,
            "protocol": self.protocol,
            "authentication": self.authentication,
            "client_address": self.client_address,
            "application_name": self.application_name,
            "tls": self.tls is not None,
        }
        if self.tls is not None:
            facts |= {"tls_version": self.tls.version, "tls_cipher": self.tls.cipher}
        return facts


def bounded_parameters(parameters: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return startup parameters in a bounded form.

    Args:
        parameters: What the client sent.

    Raises:
        ValueError: If there are too many, or one is too long. The message names no value.
    """
    if len(parameters) > MAX_PARAMETERS:
        raise ValueError(f"more than {MAX_PARAMETERS} startup parameters")
    for name, value in parameters.items():
        if len(name) > MAX_PARAMETER_CHARACTERS or len(value) > MAX_PARAMETER_CHARACTERS:
            raise ValueError(f"a startup parameter of over {MAX_PARAMETER_CHARACTERS} characters")
    return tuple(parameters.items())
