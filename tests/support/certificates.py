"""A certificate authority for one test run, and the certificates that it signs."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LIFETIME = datetime.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The files that hold a certificate and its private key, both as PEM."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority whose key lives as long as the object.

    Attributes:
        certificate: The file with the authority's own certificate.
    """

    def __init__(self, directory: Path, name: str = "scrim test authority") -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        self._certificate = (
            self._builder(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )

        self.certificate = directory / "authority.crt"
        self.certificate.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def server(
        self,
        name: str = "server",
        names: Sequence[str] = ("localhost",),
        addresses: Sequence[str] = ("127.0.0.1", "::1"),
        lifetime: datetime.timedelta = _LIFETIME,
    ) -> KeyPair:
        """Sign a certificate for a server and write it.

        Args:
            name: The files' name, without their endings.
            names: The host names that it is for.
            addresses: The addresses that it is for.
            lifetime: How long it is valid; a negative one makes it expired already.
        """
        alternatives: list[x509.GeneralName] = [x509.DNSName(host) for host in names]
        alternatives += [x509.IPAddress(ipaddress.ip_address(text)) for text in addresses]
        usage = ExtendedKeyUsageOID.SERVER_AUTH
        return self._sign(name, names[0], usage, alternatives, lifetime)

    def client(self, name: str, lifetime: datetime.timedelta = _LIFETIME) -> KeyPair:
        """Sign a certificate for a client and write it.

        Args:
            name: The client's common name; the files' name is drawn from it.
            lifetime: How long it is valid; a negative one makes it expired already.
        """
        stem = "".join(letter if letter.isalnum() else "-" for letter in name)
        return self._sign(f"client-{stem}", name, ExtendedKeyUsageOID.CLIENT_AUTH, [], lifetime)

    def _sign(
        self,
        stem: str,
        common_name: str,
        usage: x509.ObjectIdentifier,
        alternatives: Sequence[x509.GeneralName],
        lifetime: datetime.timedelta,
    ) -> KeyPair:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        builder = self._builder(subject, key.public_key(), lifetime)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
            critical=False,
        )
        if alternatives:
            builder = builder.add_extension(
                x509.SubjectAlternativeName(alternatives), critical=False
            )
        pair = KeyPair(self._directory / f"{stem}.crt", self._directory / f"{stem}.key")
        signed = builder.sign(self._key, hashes.SHA256())
        pair.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        pair.key.touch(mode=0o600)
        pair.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return pair

    def _builder(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        lifetime: datetime.timedelta = _LIFETIME,
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        # One that has expired began before it ended, as the library insists.
        start = now - datetime.timedelta(hours=1) + min(lifetime, datetime.timedelta()) * 2
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(now + lifetime)
        )
