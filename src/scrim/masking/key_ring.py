"""The key ring: every version of the masking key, as its file holds them.

The file is one JSON object:

    {"format": "scrim-key-ring", "format_version": 1, "tenant": "default", "versions": [
      {"version": 1, "created": "...", "status": "retired", "changed": "...",
       "fingerprint": "...", "plain": "<base64>"},
      {"version": 2, "created": "...", "status": "active", "same_key_as": 1}]}

A version has the tenant key `plain`, or `wrapped` by a provider, or none of its own because it is
derived from that of an earlier version, or none at all because it was destroyed. Everything here is
pure: clocks and keys are passed in, and no key ever shows in a representation or a message.
"""

import hmac
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AwareDatetime,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from scrim.config.base import Settings
from scrim.config.masking import ProviderName
from scrim.config.secrets import SecretError

FORMAT: Final = "scrim-key-ring"
FORMAT_VERSION: Final = 1
MAX_VERSIONS: Final = 1000
MAX_WRAPPED_CHARS: Final = 16_384
MAX_VERSION: Final = 2**32 - 1
DEFAULT_TENANT: Final = "default"

Status = Literal["active", "retired", "destroyed"]
VersionNumber = Annotated[int, Field(ge=1, le=MAX_VERSION, strict=True)]
TenantName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@/:-]{0,127}$")]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]

_RESTORE: Final = "restore it from a copy, or correct the path"


class KeyRefusedError(SecretError):
    """A change of keys is refused, though nothing is wrong with the keys."""


class RingVersion(Settings):
    """One version of the key.

    Attributes:
        version: Its number, which goes into every key that is derived.
        created: When it was made; None where a key from before key rings was taken over.
        status: `active` masks, `retired` still reveals, `destroyed` does neither.
        changed: When it was retired or destroyed.
        fingerprint: Tells keys apart and shows damage; it says nothing about the key.
        plain: The tenant key in base64.
        wrapped: The tenant key encrypted by a provider, in base64.
        provider: Which provider that was.
        same_key_as: The version whose tenant key it shares.
    """

    version: VersionNumber
    created: AwareDatetime | None = None
    status: Status
    changed: AwareDatetime | None = None
    fingerprint: Fingerprint | None = None
    plain: SecretStr | None = Field(default=None, max_length=64)
    wrapped: str | None = Field(default=None, max_length=MAX_WRAPPED_CHARS, repr=False)
    provider: ProviderName | None = None
    same_key_as: VersionNumber | None = None

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        keys = [self.plain, self.wrapped, self.same_key_as]
        given = sum(key is not None for key in keys)
        if given != (self.status != "destroyed"):
            raise ValueError("needs one key, and none once it is destroyed")
        if (self.wrapped is None) != (self.provider is None):
            raise ValueError("needs a provider if, and only if, its key is wrapped")
        if self.has_own_key and self.fingerprint is None:
            raise ValueError("needs the fingerprint of its key")
        return self

    @property
    def has_own_key(self) -> bool:
        """Whether its tenant key lies with it, rather than with an earlier version."""
        return self.plain is not None or self.wrapped is not None

    @property
    def storage(self) -> str:
        """How its key lies in the file, for people."""
        if self.status == "destroyed":
            return "none"
        if self.same_key_as is not None:
            return f"key of version {self.same_key_as}"
        return "plain" if self.provider is None else f"wrapped by {self.provider}"


class KeyRing(Settings):
    """Every version of a tenant's masking key, in ascending order."""

    format: Literal["scrim-key-ring"] = FORMAT
    format_version: Literal[1] = FORMAT_VERSION
    tenant: TenantName = DEFAULT_TENANT
    versions: Annotated[tuple[RingVersion, ...], Field(min_length=1, max_length=MAX_VERSIONS)]

    @model_validator(mode="after")
    def _versions_fit(self) -> Self:
        numbers = [one.version for one in self.versions]
        if numbers != sorted(set(numbers)):
            raise ValueError("has versions out of order, or one twice")
        if [one.status for one in self.versions].count("active") != 1:
            raise ValueError("needs exactly one active version")
        own = {one.version for one in self.versions if one.has_own_key}
        for one in self.versions:
            if one.same_key_as is not None and not (
                one.same_key_as in own and one.same_key_as < one.version
            ):
                raise ValueError(f"has no key for version {one.version}")
        return self

    @property
    def active(self) -> RingVersion:
        """The version that masks."""
        return next(one for one in self.versions if one.status == "active")

    @property
    def usable(self) -> tuple[RingVersion, ...]:
        """Every version that is not destroyed."""
        return tuple(one for one in self.versions if one.status != "destroyed")

    def owner_of_key(self, one: RingVersion) -> int:
        """Return the version that has the key which a version uses, often its own."""
        return one.version if one.same_key_as is None else one.same_key_as

    def with_active(self, added: RingVersion, now: datetime) -> Self:
        """Return the ring with a new version in use, and the former one retired."""
        retired = [
            one.model_copy(update={"status": "retired", "changed": now})
            if one.status == "active"
            else one
            for one in self.versions
        ]
        return self.revised([*retired, added])

    def without_keys(self, numbers: Collection[int], now: datetime) -> Self:
        """Return the ring with versions destroyed: their keys are gone, their entries stay.

        Args:
            numbers: The versions.
            now: The time.

        Raises:
            KeyRefusedError: If one is absent, in use or destroyed already, or if a version that
                stays uses the same key, which would then not be gone at all.
        """
        known = {one.version: one for one in self.versions}
        for number in numbers:
            if number not in known or known[number].status == "destroyed":
                raise KeyRefusedError(f"has no version {number}", "`scrim key list` shows versions")
            if known[number].status == "active":
                raise KeyRefusedError(
                    f"masks with version {number}", "rotate first: scrim key rotate, then reload"
                )
        owners = {self.owner_of_key(known[number]) for number in numbers}
        for one in self.usable:
            if one.version not in numbers and self.owner_of_key(one) in owners:
                first = "rotate first, then " if one.status == "active" else ""
                raise KeyRefusedError(
                    f"has the same key for version {one.version}, which stays",
                    f"{first}destroy version {one.version} together with it",
                )
        destroyed = [
            RingVersion(
                version=one.version, created=one.created, status="destroyed", changed=now,
                fingerprint=one.fingerprint,
            )
            if one.version in numbers
            else one
            for one in self.versions
        ]  # fmt: skip
        return self.revised(destroyed)

    def revised(self, versions: Collection[RingVersion]) -> Self:
        """Return the ring with other versions, checked anew.

        Raises:
            SecretError: If there would be too many.
        """
        if len(versions) > MAX_VERSIONS:
            raise SecretError(f"has {MAX_VERSIONS} versions", "begin a new ring")
        return type(self)(tenant=self.tenant, versions=tuple(versions))


def is_ring(content: bytes) -> bool:
    """Tell a ring from a simple key, which is 32 bytes or their base64."""
    return len(content) != 32 and content.lstrip()[:1] == b"{"


def parse_ring(content: bytes) -> KeyRing:
    """Read the content of a ring's file.

    Args:
        content: The bytes.

    Raises:
        SecretError: If it is cut off, damaged, or of a newer scrim. The message has no key in it.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise SecretError("is cut off or damaged: it is no whole JSON", _RESTORE) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SecretError("is no key ring", _RESTORE)
    found = document.get("format_version")
    if found != FORMAT_VERSION:
        newer = isinstance(found, int) and found > FORMAT_VERSION
        raise SecretError(
            "has a format that this release does not know",
            "use the release of scrim that wrote it" if newer else _RESTORE,
        )
    try:
        return KeyRing.model_validate(document)
    except ValidationError as error:
        first: dict[str, Any] = dict(error.errors(include_input=False, include_url=False)[0])
        place = ".".join(str(part) for part in first["loc"])
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise SecretError(f"is damaged: {place}: {reason}".replace(": :", ":"), _RESTORE) from None


def render_ring(ring: KeyRing) -> bytes:
    """Return the content of a ring's file, the only place where its keys are written."""
    document = ring.model_dump(mode="json", exclude_none=True)
    for entry, one in zip(document["versions"], ring.versions, strict=True):
        if one.plain is not None:
            entry["plain"] = one.plain.get_secret_value()
    return json.dumps(document, indent=2).encode("ascii") + b"\n"


def fingerprint(key: bytes | bytearray, tenant: str, version: int) -> str:
    """Return what tells a key from others: 64 bits of its HMAC-SHA-256 over tenant and version."""
    label = f"scrim key fingerprint\0{tenant}\0{version}".encode()
    return hmac.digest(key, label, "sha256")[:8].hex()


def moment(now: datetime) -> datetime:
    """Return a time as a ring keeps it: UTC, whole seconds."""
    return now.astimezone(UTC).replace(microsecond=0)
