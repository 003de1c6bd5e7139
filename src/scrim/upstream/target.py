"""Where a data store is and what the gateway shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scrim.config.connections import Upstream
from scrim.config.secrets import read_environment, read_password_file
from scrim.upstream.passfile import Place, read_passfile
from scrim.upstream.tls import PLAIN, TlsPolicy, build_policy
from scrim.wire import UpstreamLogin

APPLICATION_NAME = "scrim"


@dataclass(frozen=True, slots=True)
class Target:
    """A data store.

    Attributes:
        host: Host name, address, or the folder of a Unix-domain socket.
        port: Port.
        login: Who the gateway is there.
        tls: What the connection must prove.
        connect_timeout: Seconds for connecting and signing in.
    """

    host: str
    port: int
    login: UpstreamLogin = field(repr=False)
    tls: TlsPolicy = PLAIN
    connect_timeout: float = 10.0

    @property
    def unix_socket(self) -> bool:
        """Whether the host is the folder of a Unix-domain socket."""
        return self.host.startswith("/")


def read_password(settings: Upstream, environment: Mapping[str, str]) -> str:
    """Return the gateway's password in a data store, empty where none is configured.

    Raises:
        SecretError: If the configured file or variable cannot be used.
    """
    if settings.password_file is not None:
        return read_password_file(settings.password_file)
    if settings.password_env is not None:
        return read_environment(settings.password_env, environment)
    if settings.passfile is not None:
        place = Place(settings.host, settings.port, settings.database, settings.user)
        return read_passfile(settings.passfile, place)
    return ""


def build_target(
    settings: Upstream,
    environment: Mapping[str, str],
    parameters: tuple[tuple[str, str], ...] = (("application_name", APPLICATION_NAME),),
) -> Target:
    """Return the data store that settings describe, with its secrets read.

    Args:
        settings: The `upstream` block of a connection.
        environment: The variables of this process.
        parameters: Startup parameters of every session.

    Raises:
        SecretError: If a secret or a certificate cannot be used.
    """
    password = read_password(settings, environment)
    # Nobody can listen in on a Unix-domain socket.
    login = UpstreamLogin(
        settings.user, settings.database, password, parameters, settings.unix_socket
    )
    tls = PLAIN if settings.unix_socket else build_policy(settings.tls)
    return Target(settings.host, settings.port, login, tls, settings.connect_timeout_ms / 1000)
