"""Client certificates: which principals a verified certificate may sign in as."""

from collections.abc import Mapping
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import NameOID

NamePart = Literal["common_name", "email", "dns", "uri"]

MAX_NAMES = 100


class CertificateNames:
    """Maps certificates to principals.

    Args:
        name_from: The part of the certificate that names the principal.
        users: Principal by certificate name, where the two differ.
    """

    def __init__(self, name_from: NamePart, users: Mapping[str, str] | None = None) -> None:
        """Keep the rules."""
        self._name_from = name_from
        self._users = dict(users or {})

    def principals(self, certificate: bytes) -> frozenset[str]:
        """Return the names of the principals that a certificate may sign in as.

        Args:
            certificate: The certificate in DER form. The TLS layer must have verified it.
        """
        try:
            names = self._names(x509.load_der_x509_certificate(certificate))
        except ValueError:
            return frozenset()
        return frozenset(self._users.get(name, name) for name in names if name.isprintable())

    def _names(self, certificate: x509.Certificate) -> tuple[str, ...]:
        if self._name_from == "common_name":
            common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            # With two common names it would be a guess which one the authority meant.
            if len(common) != 1 or not isinstance(common[0].value, str):
                return ()
            return (common[0].value,)
        try:
            extension = x509.SubjectAlternativeName
            names = certificate.extensions.get_extension_for_class(extension).value
        except x509.ExtensionNotFound:
            return ()
        if self._name_from == "email":
            found = names.get_values_for_type(x509.RFC822Name)
        elif self._name_from == "dns":
            found = names.get_values_for_type(x509.DNSName)
        else:
            found = names.get_values_for_type(x509.UniformResourceIdentifier)
        return tuple(found[:MAX_NAMES])
