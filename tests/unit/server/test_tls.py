from __future__ import annotations

import contextlib
import datetime
import hashlib
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from scrim.config.listeners import ListenerTls
from scrim.server.tls import ServerTls, TlsError, end_point_hash
from tests.support.certificates import Authority, KeyPair

if TYPE_CHECKING:
    from pathlib import Path

    from scrim.kernel import TlsSession


def files(pair: KeyPair, client_ca: Path | None = None) -> ListenerTls:
    return ListenerTls(certificate=pair.certificate, key=pair.key, client_ca=client_ca)


def shake_hands(server: ServerTls, client: ssl.SSLContext) -> tuple[TlsSession, ssl.SSLObject]:
    """Connect a session and a client in memory and return both ends.

    Raises:
        ssl.SSLError: If one of them does not go on.
    """
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    accepting = server.acceptor.session()
    connecting = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    done = False
    for _ in range(10):
        if not done:
            try:
                connecting.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                pass
        _, out, failed = accepting.receive(to_server.read())
        to_client.write(out)
        if failed:
            raise ssl.SSLError("the server refuses")
        if done and not accepting.handshaking:
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


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_later_are_spoken_and_the_protocol_is_named(
    authority: Authority, version: ssl.TLSVersion
) -> None:
    client = client_context(authority)
    client.minimum_version = client.maximum_version = version
    client.set_alpn_protocols(["postgresql"])
    accepting, connecting = shake_hands(ServerTls(files(authority.server("plain"))), client)
    assert accepting.protocol == b"postgresql"
    assert connecting.version() == version.name.replace("_", ".")


def test_old_tls_is_refused(authority: Authority) -> None:
    client = client_context(authority)
    client.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        client.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        shake_hands(ServerTls(files(authority.server("old"))), client)


def test_a_client_with_other_protocols_is_refused(authority: Authority) -> None:
    client = client_context(authority)
    client.set_alpn_protocols(["h2", "http/1.1"])
    with pytest.raises(ssl.SSLError):
        shake_hands(ServerTls(files(authority.server("browser"))), client)


def test_a_certificate_is_given_only_when_the_listener_verified_it(authority: Authority) -> None:
    pair, mine = authority.server("asks"), authority.client("ana@example.com")
    client = client_context(authority, mine)
    deaf, _ = shake_hands(ServerTls(files(pair)), client)
    assert deaf.peer_certificate is None
    asking = ServerTls(files(pair, authority.certificate))
    accepting, _ = shake_hands(asking, client)
    der = accepting.peer_certificate
    assert der is not None
    assert x509.load_der_x509_certificate(der).subject.rfc4514_string() == "CN=ana@example.com"
    without, _ = shake_hands(asking, client_context(authority))
    assert without.peer_certificate is None


def test_a_certificate_of_strangers_is_refused(authority: Authority, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "somebody else").client("ana@example.com")
    asking = ServerTls(files(authority.server("strict"), authority.certificate))
    with pytest.raises(ssl.SSLError):
        shake_hands(asking, client_context(authority, stranger))


@pytest.mark.parametrize("size", [1, 100, 16_384, 300_000])
@pytest.mark.parametrize("piece", [1, 1_000, 1 << 20])
def test_what_is_said_arrives_in_whatever_pieces_it_comes(
    authority: Authority, size: int, piece: int
) -> None:
    if size // piece > 20_000:
        piece = 7
    said = bytes(range(256)) * (size // 256 + 1)
    to_server = ssl.MemoryBIO()
    context = client_context(authority)
    incoming = ssl.MemoryBIO()
    connecting = context.wrap_bio(incoming, to_server, server_hostname="localhost")
    accepting = ServerTls(files(authority.server("pieces"))).acceptor.session()
    while accepting.handshaking:
        with contextlib.suppress(ssl.SSLWantReadError):
            connecting.do_handshake()
        _, out, failed = accepting.receive(to_server.read())
        assert not failed
        incoming.write(out)
    with contextlib.suppress(ssl.SSLWantReadError):
        connecting.do_handshake()
    connecting.write(said)
    sent, heard = to_server.read(), b""
    for start in range(0, len(sent), piece):
        plain, _, failed = accepting.receive(sent[start : start + piece])
        assert not failed
        heard += plain
    assert heard == said
    incoming.write(accepting.send(said))
    echoed = b""
    while len(echoed) < len(said):
        echoed += connecting.read(1 << 20)
    assert echoed == said


def test_garbage_ends_the_session_with_an_alert(authority: Authority) -> None:
    session = ServerTls(files(authority.server("noise"))).acceptor.session()
    plain, out, failed = session.receive(b"GET / HTTP/1.1\r\n\r\n")
    assert (plain, failed) == (b"", True)
    assert out[:1] == b"\x15"


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


def test_a_certificate_of_version_1_is_served(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pair = KeyPair(tmp_path / "v1.crt", tmp_path / "v1.key")
    pair.certificate.write_bytes(version_1(key))
    pair.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.load_verify_locations(pair.certificate)
    _, connecting = shake_hands(ServerTls(files(pair)), client)
    assert connecting.version() == "TLSv1.3"
    other = ec.generate_private_key(ec.SECP256R1())
    pair.certificate.write_bytes(version_1(other))
    with pytest.raises(TlsError, match="belong together"):
        ServerTls(files(pair))


def version_1(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a self-signed certificate as `openssl x509 -req` without extensions makes it."""

    def der(tag: int, *parts: bytes) -> bytes:
        body = b"".join(parts)
        size = len(body)
        digits = size.to_bytes((size.bit_length() + 7) // 8)
        length = digits if size < 128 else bytes([0x80 + len(digits)]) + digits
        return bytes([tag]) + length + body

    algorithm = der(0x30, bytes.fromhex("06082a8648ce3d040302"))  # ecdsa-with-SHA256
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]).public_bytes()
    now = datetime.datetime.now(datetime.UTC)
    times = (now - datetime.timedelta(days=1), now + datetime.timedelta(days=1))
    validity = der(0x30, *(der(0x17, f"{time:%y%m%d%H%M%SZ}".encode()) for time in times))
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    told = der(0x30, der(0x02, b"\x01"), algorithm, name, validity, name, public)
    signature = key.sign(told, ec.ECDSA(hashes.SHA256()))
    certificate = der(0x30, told, algorithm, der(0x03, b"\0", signature))
    return ssl.DER_cert_to_PEM_cert(certificate).encode()


def test_reload_takes_the_new_certificate_and_keeps_the_old_one_on_error(
    authority: Authority,
) -> None:
    first, second = authority.server("first"), authority.server("second")
    tls = ServerTls(files(first))
    acceptor, binding = tls.acceptor, tls.end_point_hash
    tls.reload(files(second))
    assert tls.end_point_hash != binding
    assert tls.acceptor is not acceptor
    acceptor, binding = tls.acceptor, tls.end_point_hash
    with pytest.raises(TlsError):
        tls.reload(files(KeyPair(first.certificate, second.key)))
    assert (tls.acceptor, tls.end_point_hash) == (acceptor, binding)


def test_a_missing_file_is_named(authority: Authority, tmp_path: Path) -> None:
    pair = authority.server("lost")
    with pytest.raises(TlsError, match=r"gone\.key: No such file"):
        ServerTls(files(KeyPair(pair.certificate, tmp_path / "gone.key")))


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
        ServerTls(files(KeyPair(pair.certificate, sealed)))


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused(
    authority: Authority, tmp_path: Path, content: bytes
) -> None:
    wrong = tmp_path / "wrong.crt"
    wrong.write_bytes(content)
    with pytest.raises(TlsError):
        ServerTls(files(KeyPair(wrong, authority.server("right").key)))
    with pytest.raises(TlsError, match="client CA"):
        ServerTls(files(authority.server("right"), wrong))
