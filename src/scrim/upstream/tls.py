"""TLS towards a data store, with the modes of libpq's `sslmode`.

    disable      plain text
    allow        plain text; TLS if the store insists
    prefer       TLS if the store has it; plain text if not
    require      TLS; the certificate is checked only where `ca_file` is given
    verify-ca    TLS; the certificate must come from a trusted authority
    verify-full  the same, and it must name the host

Only the last one keeps a stranger on the network from standing between gateway and store.
"""

import ssl
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from scrim.config.connections import TlsMode, UpstreamTls
from scrim.config.secrets import SecretError, read_secret_file
from scrim.wire import TlsDemand

_ATTEMPTS: dict[TlsMode, tuple[TlsDemand, ...]] = {
    "disable": (TlsDemand.NONE,),
    "allow": (TlsDemand.NONE, TlsDemand.REQUIRE),
    "prefer": (TlsDemand.PREFER, TlsDemand.NONE),
    "require": (TlsDemand.REQUIRE,),
    "verify-ca": (TlsDemand.REQUIRE,),
    "verify-full": (TlsDemand.REQUIRE,),
}


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """What a connection to a data store must prove.

    Attributes:
        attempts: What to ask of the transport, in the order of preference; the next one is
            tried when the store turns the one before away.
        context: How to check the store, None where TLS is never used.
    """

    attempts: tuple[TlsDemand, ...]
    context: ssl.SSLContext | None = None


PLAIN = TlsPolicy((TlsDemand.NONE,))
"""No TLS at all, as on Unix-domain sockets."""


def build_policy(settings: UpstreamTls) -> TlsPolicy:
    """Return the policy that settings describe.

    Args:
        settings: The `tls` block of a connection.

    Raises:
        SecretError: If one of the files cannot be used.
    """
    attempts = _ATTEMPTS[settings.mode]
    if settings.mode == "disable":
        return PLAIN
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = settings.mode == "verify-full"
    _trust(context, settings)
    _show_certificate(context, settings)
    return TlsPolicy(attempts, context)


def _trust(context: ssl.SSLContext, settings: UpstreamTls) -> None:
    if settings.ca_file is not None:
        authorities = read_secret_file(settings.ca_file, private=False)
        try:
            context.load_verify_locations(cadata=authorities.decode("ascii"))
        except (ssl.SSLError, ValueError):
            raise SecretError("is not a PEM certificate", "correct tls.ca_file") from None
    elif settings.mode in {"verify-ca", "verify-full"}:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        context.verify_mode = ssl.CERT_NONE


def _show_certificate(context: ssl.SSLContext, settings: UpstreamTls) -> None:
    if settings.certificate is None or settings.key is None:
        return
    read_secret_file(settings.certificate, private=False)
    read_secret_file(settings.key)
    try:
        context.load_cert_chain(settings.certificate, settings.key, password=lambda: b"")
    except (ssl.SSLError, ValueError):
        raise SecretError(
            "is not an unencrypted PEM key of the certificate", "correct tls.certificate or tls.key"
        ) from None


def server_end_point(certificate: bytes | None) -> bytes:
    """Return the `tls-server-end-point` channel binding (RFC 5929) of a certificate.

    Args:
        certificate: The server's certificate in DER form.

    Returns:
        Its hash, by the hash function of its own signature but never a weaker one than SHA-256;
        empty where the standard defines none, as for Ed25519.
    """
    if not certificate:
        return b""
    try:
        parsed = x509.load_der_x509_certificate(certificate)
        algorithm = parsed.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return b""
    if algorithm is None:
        return b""
    if isinstance(algorithm, hashes.MD5 | hashes.SHA1):
        algorithm = hashes.SHA256()
    return parsed.fingerprint(algorithm)
