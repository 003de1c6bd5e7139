"""TLS towards clients: the server's context, its channel binding, and the client's certificate."""

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from scrim.config.listeners import ListenerTls

ALPN = "postgresql"
"""The application protocol that PostgreSQL clients name when they start with TLS directly."""

MAX_FILE_BYTES = 1 << 20


class TlsError(Exception):
    """A certificate, key or CA file cannot be used. The message names the file and the remedy."""


class ServerTls:
    """The TLS state of one listener; `reload` swaps it without touching open connections.

    Attributes:
        context: The context for new connections.
        end_point_hash: The `tls-server-end-point` channel binding of the server's certificate, None
            where RFC 5929 defines none for it (then SCRAM-SHA-256-PLUS must not be offered).
    """

    def __init__(self, files: ListenerTls) -> None:
        """Read the files. Raises TlsError when one of them cannot be used."""
        self.context, self.end_point_hash = _load(files)

    def reload(self, files: ListenerTls) -> None:
        """Read the files anew; on TlsError the old state stays in use."""
        self.context, self.end_point_hash = _load(files)


def _load(files: ListenerTls) -> tuple[ssl.SSLContext, bytes | None]:
    """Build the context and the channel binding from the same reading of the certificate."""
    context = build_context(files)
    certificate = _read(files.certificate, "TLS certificate")
    return context, end_point_hash(certificate)


def build_context(files: ListenerTls) -> ssl.SSLContext:
    """Return a server context: TLS 1.2 or later, ALPN `postgresql`, no tickets.

    Session tickets are off as in PostgreSQL's own server: clients do not resume, so each ticket
    would be a wasted write per connection.

    Raises:
        TlsError: A file is missing, unreadable, encrypted, or does not fit the others.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= (
        ssl.OP_NO_COMPRESSION
        | ssl.OP_NO_RENEGOTIATION
        | ssl.OP_NO_TICKET
        | ssl.OP_CIPHER_SERVER_PREFERENCE
    )
    context.num_tickets = 0
    context.set_alpn_protocols([ALPN])
    _read(files.certificate, "TLS certificate")
    _read(files.key, "TLS key")
    try:
        context.load_cert_chain(files.certificate, files.key, password=_refuse_passphrase)
    except _EncryptedKeyError:
        raise TlsError(
            f"TLS key {files.key}: it is encrypted; store it unencrypted with mode 0600"
        ) from None
    except (ssl.SSLError, ValueError):
        raise TlsError(
            f"TLS certificate {files.certificate}, key {files.key}: not a PEM certificate chain "
            "with its own private key; check that both belong together"
        ) from None
    _ask_for_client_certificates(context, files.client_ca)
    return context


class _EncryptedKeyError(Exception):
    """OpenSSL asked for a passphrase; nobody may be prompted here."""


def _refuse_passphrase() -> bytes:
    raise _EncryptedKeyError


def _ask_for_client_certificates(context: ssl.SSLContext, client_ca: Path | None) -> None:
    """Verify a certificate that a client shows; whether a user needs one is for `identity`."""
    if client_ca is None:
        return
    _read(client_ca, "client CA")
    try:
        context.load_verify_locations(cafile=client_ca)
    except (ssl.SSLError, ValueError):
        raise TlsError(f"client CA {client_ca}: not a PEM certificate") from None
    context.verify_mode = ssl.CERT_OPTIONAL


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

    RFC 5929, section 4.1: the certificate's DER form hashed with the hash of its own signature,
    where MD5 and SHA-1 are replaced by SHA-256. A signature without a single hash (Ed25519) has no
    binding defined.

    Raises:
        TlsError: `pem` holds no certificate.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise TlsError("the TLS certificate file does not start with a PEM certificate") from None
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    if algorithm is None:
        return None
    if isinstance(algorithm, hashes.MD5 | hashes.SHA1):
        algorithm = hashes.SHA256()
    return certificate.fingerprint(algorithm)


def client_certificate(connection: ssl.SSLObject | ssl.SSLSocket | None) -> bytes | None:
    """Return the peer's verified certificate in DER form, None where it showed none.

    Python hands out a certificate only after the context verified it, so a listener without a
    client CA always gives None here.
    """
    return None if connection is None else connection.getpeercert(binary_form=True) or None
