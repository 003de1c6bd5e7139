"""TLS towards data stores; real servers are asked in test_connector.py."""

from __future__ import annotations

import datetime
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from scrim.config.connections import UpstreamTls
from scrim.config.secrets import SecretError
from scrim.upstream.tls import PLAIN, build_policy, server_end_point
from scrim.wire import TlsDemand

if TYPE_CHECKING:
    from pathlib import Path

    from scrim.config.connections import TlsMode
    from tests.support.certificates import Authority

EPOCH = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
NONE, PREFER, REQUIRE = TlsDemand.NONE, TlsDemand.PREFER, TlsDemand.REQUIRE


@pytest.mark.parametrize(
    ("mode", "attempts", "verifies", "checks_name"),
    [
        ("allow", (NONE, REQUIRE), False, False),
        ("prefer", (PREFER, NONE), False, False),
        ("require", (REQUIRE,), False, False),
        ("verify-ca", (REQUIRE,), True, False),
        ("verify-full", (REQUIRE,), True, True),
    ],
)
def test_modes(
    mode: TlsMode,
    attempts: tuple[TlsDemand, ...],
    verifies: bool,
    checks_name: bool,
) -> None:
    policy = build_policy(UpstreamTls(mode=mode))
    assert policy.attempts == attempts
    assert policy.context is not None
    assert (policy.context.verify_mode is ssl.CERT_REQUIRED) == verifies
    assert policy.context.check_hostname == checks_name
    assert policy.context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_no_tls() -> None:
    assert build_policy(UpstreamTls(mode="disable")) is PLAIN


@pytest.mark.parametrize("mode", ["allow", "prefer", "require"])
def test_an_authority_turns_checking_on(mode: TlsMode, authority: Authority) -> None:
    policy = build_policy(UpstreamTls(mode=mode, ca_file=authority.certificate))
    assert policy.context is not None
    assert policy.context.verify_mode is ssl.CERT_REQUIRED


def test_unusable_files_are_refused(tmp_path: Path, authority: Authority) -> None:
    nonsense = tmp_path / "nonsense"
    nonsense.touch(mode=0o600)
    nonsense.write_text("nonsense")
    pair, other = authority.client("one"), authority.client("two")
    for settings in (
        UpstreamTls(mode="require", ca_file=nonsense),
        UpstreamTls(mode="require", ca_file=tmp_path / "absent"),
        UpstreamTls(mode="require", certificate=nonsense, key=pair.key),
        UpstreamTls(mode="require", certificate=pair.certificate, key=nonsense),
        UpstreamTls(mode="require", certificate=pair.certificate, key=other.key),
    ):
        with pytest.raises(SecretError):
            build_policy(settings)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path, authority: Authority) -> None:
    pair = authority.client("one")
    key = tmp_path / "open.key"
    key.write_bytes(pair.key.read_bytes())
    key.chmod(0o644)
    with pytest.raises(SecretError, match="accessible to other users"):
        build_policy(UpstreamTls(mode="require", certificate=pair.certificate, key=key))


def test_the_channel_binding_is_the_hash_of_the_certificate(authority: Authority) -> None:
    der = ssl.PEM_cert_to_DER_cert(authority.certificate.read_text())
    expected = x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256())
    assert server_end_point(der) == expected


def test_some_certificates_have_no_channel_binding() -> None:
    assert server_end_point(None) == b""
    assert server_end_point(b"") == b""
    assert server_end_point(b"garbage") == b""
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([])
    der = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(EPOCH)
        .not_valid_after(EPOCH.replace(year=2030))
        .sign(key, None)
        .public_bytes(serialization.Encoding.DER)
    )
    assert server_end_point(der) == b""
