"""TLS towards clients: the server's certificate, its channel binding, and the transport."""

import asyncio
import re
import socket
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from scrim.config.listeners import ListenerTls
from scrim.kernel import TlsAcceptor, TlsSession
from scrim.upstream.socket_transport import SocketTransport
from scrim.upstream.tls import server_end_point

ALPN = "postgresql"
"""The application protocol that PostgreSQL clients name when they start with TLS directly."""

MAX_FILE_BYTES = 1 << 20
ENCRYPTED: Final = re.compile(
    rb"-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED", re.MULTILINE
)
"""Nobody may be prompted for a passphrase here."""


class TlsError(Exception):
    """A certificate, key or CA file cannot be used. The message names the file and the remedy."""


class ServerTls:
    """The TLS state of one listener; `reload` swaps it without touching open connections.

    TLS 1.2 or later, the protocol `postgresql`, no tickets, as in PostgreSQL's own server.

    Attributes:
        acceptor: Begins the sessions of new connections.
        end_point_hash: The `tls-server-end-point` channel binding of the server's certificate, None
            where RFC 5929 defines none for it (then SCRAM-SHA-256-PLUS must not be offered).
    """

    def __init__(self, files: ListenerTls) -> None:
        """Read the files. Raises TlsError when one of them cannot be used."""
        self.acceptor, self.end_point_hash = _load(files)

    def reload(self, files: ListenerTls) -> None:
        """Read the files anew; on TlsError the old state stays in use."""
        self.acceptor, self.end_point_hash = _load(files)


def _load(files: ListenerTls) -> tuple[TlsAcceptor, bytes | None]:
    """Build acceptor and channel binding from the same reading of the certificate.

    Raises:
        TlsError: A file is missing, unreadable, encrypted, or does not fit the others.
    """
    certificate = _read(files.certificate, "TLS certificate")
    key = _read(files.key, "TLS key")
    if ENCRYPTED.search(key):
        raise TlsError(f"TLS key {files.key}: it is encrypted; store it unencrypted with mode 0600")
    authorities = None
    if files.client_ca is not None:
        authorities = _read(files.client_ca, "client CA")
    _check_pair(files, certificate, key)
    binding = end_point_hash(certificate)
    try:
        acceptor = TlsAcceptor(certificate, key, authorities, ALPN.encode())
    except ValueError as error:
        if str(error).startswith("client CA"):
            raise TlsError(f"client CA {files.client_ca}: not a PEM certificate") from None
        raise TlsError(
            f"TLS certificate {files.certificate}, key {files.key}: cannot be used ({error})"
        ) from None
    return acceptor, binding


def _check_pair(files: ListenerTls, certificate: bytes, key: bytes) -> None:
    """Raise TlsError unless the key is that of the first certificate."""
    try:
        public = x509.load_pem_x509_certificate(certificate).public_key()
        fits = serialization.load_pem_private_key(key, None).public_key() == public
    except (ValueError, TypeError, UnsupportedAlgorithm):
        fits = False
    if not fits:
        raise TlsError(
            f"TLS certificate {files.certificate}, key {files.key}: not a PEM certificate chain "
            "with its own private key; check that both belong together"
        )


class TlsTransport(SocketTransport):
    """A transport over a socket that speaks TLS.

    Its protocol gets plain text only, and nothing before the handshake is done.

    Args:
        loop: The running event loop.
        sock: The socket, which the transport owns from now on.
        protocol: Who takes the plain text.
        tls: The session, whose handshake is still to come.
        peer: The peer's address.
    """

    __slots__ = ("tls",)

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        protocol: asyncio.Protocol,
        tls: TlsSession,
        peer: object = None,
    ) -> None:
        """Wait for the client's first message."""
        self.tls = tls
        super().__init__(loop, sock, protocol, peer, lingers=True)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt bytes and send them."""
        if not self.is_closing():
            super().write(self.tls.send(bytes(data)))

    def close(self) -> None:
        """Say that nothing follows, and close the socket when everything is sent."""
        if not self.is_closing() and not self.tls.handshaking:
            super().write(self.tls.send_close())
        super().close()

    def received(self, data: bytes) -> None:
        """Decrypt what came, and hand it on."""
        if not data:
            super().received(data)
            return
        plain, out, failed = self.tls.receive(data)
        super().write(out)
        if plain:
            super().received(plain)
        if failed:
            self.abort()
        elif not self.is_closing() and self.tls.closed:
            super().received(b"")


def _read(path: Path, what: str) -> bytes:
    """Return a small file's content, or raise TlsError that names it."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise TlsError(f"{what} {path}: {error.strerror or 'cannot be read'}") from None
    if len(content) > MAX_FILE_BYTES:
        raise TlsError(f"{what} {path}: larger than {MAX_FILE_BYTES} bytes")
    return content


def end_point_hash(pem: bytes) -> bytes | None:
    """Return the `tls-server-end-point` channel binding of the first certificate in `pem`.

    Raises:
        TlsError: `pem` holds no certificate.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise TlsError("the TLS certificate file does not start with a PEM certificate") from None
    der = certificate.public_bytes(serialization.Encoding.DER)
    return server_end_point(der) or None
