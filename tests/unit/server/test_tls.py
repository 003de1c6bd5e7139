from __future__ import annotations

import datetime
import hashlib
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from scrim.config.listeners import ListenerTls
from scrim.server.tls import (
    ServerTls,
    TlsError,
    build_context,
    client_certificate,
    end_point_hash,
)
from tests.support.certificates import Authority, KeyPair

if TYPE_CHECKING:
    from pathlib import Path


def files(pair: KeyPair, client_ca: Path | None = None) -> ListenerTls:
    return ListenerTls(certificate=pair.certificate, key=pair.key, client_ca=client_ca)


def shake_hands(
    server: ssl.SSLContext, client: ssl.SSLContext
) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """Connect two contexts in memory and return both ends."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    accepting = server.wrap_bio(to_server, to_client, server_side=True)
    connecting = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    done = {accepting: False, connecting: False}
    for _ in range(10):
        for end in done:
            try:
                end.do_handshake()
                done[end] = True
            except ssl.SSLWantReadError:
                pass
        if all(done.values()):
            return accepting, connecting
    raise AssertionError("no handshake")


def client_context(authority: Authority, pair: KeyPair | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.certificate)
    if pair is not None:
        context.load_cert_chain(pair.certificate, pair.key)
    return context


def self_signed(
    key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    name = x509.Name([])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
    )


def test_the_context_speaks_tls_1_2_or_later_and_names_the_protocol(authority: Authority) -> None:
    context = build_context(files(authority.server("plain")))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    client = client_context(authority)
    client.set_alpn_protocols(["postgresql"])
    accepting, connecting = shake_hands(context, client)
    assert accepting.selected_alpn_protocol() == "postgresql"
    assert connecting.version() == "TLSv1.3"


def test_old_tls_is_refused(authority: Authority) -> None:
    client = client_context(authority)
    client.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        client.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        shake_hands(build_context(files(authority.server("old"))), client)


def test_a_certificate_is_given_only_when_the_listener_verified_it(authority: Authority) -> None:
    pair, mine = authority.server("asks"), authority.client("ana@example.com")
    client = client_context(authority, mine)
    deaf, _ = shake_hands(build_context(files(pair)), client)
    assert client_certificate(deaf) is None
    asking = build_context(files(pair, authority.certificate))
    accepting, _ = shake_hands(asking, client)
    der = client_certificate(accepting)
    assert der is not None
    assert x509.load_der_x509_certificate(der).subject.rfc4514_string() == "CN=ana@example.com"
    without, _ = shake_hands(asking, client_context(authority))
    assert client_certificate(without) is None
    assert client_certificate(None) is None


def test_a_certificate_of_strangers_is_refused(authority: Authority, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "somebody else").client("ana@example.com")
    asking = build_context(files(authority.server("strict"), authority.certificate))
    with pytest.raises(ssl.SSLError):
        shake_hands(asking, client_context(authority, stranger))


def test_the_end_point_hash_is_that_of_the_signature(authority: Authority) -> None:
    pem = authority.server("bound").certificate.read_bytes()
    der = ssl.PEM_cert_to_DER_cert(pem.decode())
    assert end_point_hash(pem) == hashlib.sha256(der).digest()


def test_the_end_point_hash_follows_a_longer_signature_hash() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    certificate = self_signed(key).sign(key, hashes.SHA384())
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    der = certificate.public_bytes(serialization.Encoding.DER)
    assert end_point_hash(pem) == hashlib.sha384(der).digest()


def test_a_signature_without_a_hash_has_no_end_point_binding() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    certificate = self_signed(key).sign(key, None)
    assert end_point_hash(certificate.public_bytes(serialization.Encoding.PEM)) is None


def test_reload_takes_the_new_certificate_and_keeps_the_old_one_on_error(
    authority: Authority,
) -> None:
    first, second = authority.server("first"), authority.server("second")
    tls = ServerTls(files(first))
    context, binding = tls.context, tls.end_point_hash
    tls.reload(files(second))
    assert tls.end_point_hash != binding
    assert tls.context is not context
    context, binding = tls.context, tls.end_point_hash
    with pytest.raises(TlsError):
        tls.reload(files(KeyPair(first.certificate, second.key)))
    assert (tls.context, tls.end_point_hash) == (context, binding)


def test_a_missing_file_is_named(authority: Authority, tmp_path: Path) -> None:
    pair = authority.server("lost")
    with pytest.raises(TlsError, match=r"gone\.key: No such file"):
        build_context(files(KeyPair(pair.certificate, tmp_path / "gone.key")))


def test_an_encrypted_key_is_refused_without_a_prompt(authority: Authority, tmp_path: Path) -> None:
    pair = authority.server("sealed")
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    sealed = tmp_path / "sealed.key"
    sealed.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"long enough"),
        )
    )
    with pytest.raises(TlsError, match="it is encrypted"):
        build_context(files(KeyPair(pair.certificate, sealed)))


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused(
    authority: Authority, tmp_path: Path, content: bytes
) -> None:
    wrong = tmp_path / "wrong.crt"
    wrong.write_bytes(content)
    with pytest.raises(TlsError):
        ServerTls(files(KeyPair(wrong, authority.server("right").key)))
    with pytest.raises(TlsError, match="client CA"):
        build_context(files(authority.server("right"), wrong))
