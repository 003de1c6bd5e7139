"""Which principals a client certificate may sign in as."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scrim.identity.certificates import CertificateNames

if TYPE_CHECKING:
    from scrim.identity.certificates import NamePart

KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(common: list[str], alternatives: list[x509.GeneralName] | None = None) -> bytes:
    """Return a certificate in DER form with the given names."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text) for text in common])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
    )
    if alternatives is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


ALTERNATIVES: list[x509.GeneralName] = [
    x509.RFC822Name("alice@example.org"),
    x509.RFC822Name("bob@example.org"),
    x509.DNSName("loader.example.org"),
    x509.UniformResourceIdentifier("spiffe://example.org/loader"),
]


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("common_name", {"alice"}),
        ("email", {"alice@example.org", "bob@example.org"}),
        ("dns", {"loader.example.org"}),
        ("uri", {"spiffe://example.org/loader"}),
    ],
)
def test_names_come_from_one_part(part: NamePart, names: set[str]) -> None:
    assert CertificateNames(part).principals(certificate(["alice"], ALTERNATIVES)) == names


def test_names_can_be_mapped() -> None:
    names = CertificateNames("common_name", {"alice": "alice@example.org"})
    assert names.principals(certificate(["alice"])) == {"alice@example.org"}
    assert names.principals(certificate(["bob"])) == {"bob"}


def test_two_common_names_are_none() -> None:
    assert CertificateNames("common_name").principals(certificate(["alice", "bob"])) == set()


@pytest.mark.parametrize("part", ["email", "dns", "uri"])
def test_absent_names_are_none(part: NamePart) -> None:
    assert CertificateNames(part).principals(certificate(["alice"])) == set()
    assert CertificateNames(part).principals(certificate(["alice"], [])) == set()


def test_unprintable_names_are_none() -> None:
    assert CertificateNames("common_name").principals(certificate(["alice\nbob"])) == set()
    assert CertificateNames("common_name").principals(certificate(["alice\u0000"])) == set()


@pytest.mark.parametrize("garbage", [b"", b"\x30\x03\x02\x01\x01", bytes(100)])
def test_garbage_names_nobody(garbage: bytes) -> None:
    assert CertificateNames("common_name").principals(garbage) == set()
