"""Binding sockets, with errors that say what is wrong with an address."""

import errno
import socket


class ListenError(Exception):
    """An address cannot be listened on. The message says which, why, and what to do."""


def bind(host: str, port: int, *, shared: bool) -> socket.socket:
    """Return a bound TCP socket that does not listen yet.

    Args:
        host: Name or address; the first address that a name resolves to is taken.
        port: Port; 0 lets the system choose.
        shared: Whether other processes of this user may bind the same port (SO_REUSEPORT).

    Raises:
        ListenError: The address is taken, forbidden or unknown.
    """
    where = f"{host}:{port}"
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise ListenError(f"cannot listen on {where}: the host name is unknown") from None
    sock = socket.socket(family, kind, number)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(address)
    except OSError as error:
        sock.close()
        remedy = {
            errno.EADDRINUSE: "another program uses it; stop that or choose another port",
            errno.EACCES: "not permitted; choose a port above 1023 or grant CAP_NET_BIND_SERVICE",
            errno.EADDRNOTAVAIL: "this machine has no such address; choose one of its own",
        }.get(error.errno or 0, error.strerror)
        raise ListenError(f"cannot listen on {where}: {remedy}") from None
    return sock
