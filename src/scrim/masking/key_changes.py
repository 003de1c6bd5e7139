"""What can be done to a key ring: generate, rotate, rewrap and destroy.

Each act reads the file, works out the new content, has the act recorded, and only then replaces the
file. A key is in memory no longer than that takes.
"""

import base64
import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from scrim.config.masking import Masking
from scrim.config.secrets import SecretError, read_secret_file
from scrim.masking.key_files import changing, create_private_file, replace_private_file
from scrim.masking.key_providers import Envelope, Surroundings
from scrim.masking.key_ring import (
    DEFAULT_TENANT,
    MAX_VERSION,
    KeyRefusedError,
    KeyRing,
    RingVersion,
    fingerprint,
    is_ring,
    moment,
    parse_ring,
    render_ring,
)
from scrim.masking.keys import KEY_BYTES, KeyOpener, check_key, decode_secret, open_ring, wipe

FIRST_VERSION: Final = 1

Recorder = Callable[[KeyRing, KeyRing], None]
"""Records a change, from one ring to another, before it happens; what it raises prevents it."""


@dataclass(frozen=True, slots=True)
class KeyKeeper:
    """Changes the key file of one configuration.

    Attributes:
        masking: The `masking` block.
        environment: The variables of this process.
        random_bytes: A cryptographic source of randomness.
        clock: Tells the time.
    """

    masking: Masking
    environment: Mapping[str, str] = field(repr=False)
    random_bytes: Callable[[int], bytes]
    clock: Callable[[], datetime]

    @property
    def path(self) -> Path:
        """The key file.

        Raises:
            SecretError: If the key is not in a file.
        """
        if self.masking.key_file is None:
            raise SecretError(
                "the key comes from an environment variable, which scrim cannot change",
                "set masking.key_file in place of masking.key_env",
            )
        return self.masking.key_file

    def generate(self, tenant: str, record: Recorder | None = None) -> KeyRing:
        """Make a new ring with version 1. An existing file is never replaced.

        Args:
            tenant: Whose keys they are.
            record: Told of the change, with the ring on both sides.

        Raises:
            SecretError: If the file exists or cannot be written, or the provider fails.
        """
        path = self.path
        if path.exists() or path.is_symlink():
            raise KeyRefusedError(
                f"{path} exists already", "to get a new version of its key: scrim key rotate"
            )
        ring = KeyRing(tenant=tenant, versions=(self._new_version(FIRST_VERSION, tenant),))
        if record is not None:
            record(ring, ring)
        create_private_file(path, render_ring(ring))
        return ring

    def generate_kek(self) -> Path:
        """Make the key-encryption key of the provider `local`, and return its file.

        Raises:
            SecretError: If the provider is another, or the file exists or cannot be written.
        """
        settings = self.masking.key_provider
        if settings is None or settings.file is None:
            raise SecretError(
                "masking.key_provider names no file", "set its name to local, and its file"
            )
        secret = bytearray(self.random_bytes(KEY_BYTES))
        try:
            check_key(secret)
            create_private_file(settings.file, base64.b64encode(secret) + b"\n")
        finally:
            wipe(secret)
        return settings.file

    def read(self) -> KeyRing:
        """Return the ring, or a single key as a ring of one version. No key is unwrapped.

        Raises:
            SecretError: If it cannot be read.
        """
        return self._read(self.path)

    def rotate(self, record: Recorder, *, derive: bool = False) -> KeyRing:
        """Add a version that masks from now on; the former one still reveals.

        A single key becomes version 1 of a ring. Keys that lie plain are wrapped when the
        configuration names a provider.

        Args:
            record: Told of the change before it happens.
            derive: Whether the new version comes from the same tenant key, in place of a new one.

        Raises:
            SecretError: If the ring cannot be opened or written.
        """
        with changing(self.path) as path:
            former = self._read(path)
            with _about(path):
                # What cannot be opened must not become what everything else depends on.
                open_ring(former, self.masking, self.environment)
                ring = self._rotated(former, derive=derive)
                open_ring(ring, self.masking, self.environment)
            record(former, ring)
            # Where keys are wrapped from now on, the plain ones shall not stay on the disk.
            sealed = _plain_keys(former) > _plain_keys(ring)
            replace_private_file(path, render_ring(ring), overwrite_old=sealed)
        return ring

    def _rotated(self, former: KeyRing, *, derive: bool) -> KeyRing:
        number = former.versions[-1].version + 1
        if number > MAX_VERSION:
            raise SecretError("has no further version number", "begin a new ring")
        if derive:
            owner = former.owner_of_key(former.active)
            added = RingVersion(
                version=number, created=self._now(), status="active", same_key_as=owner
            )
        else:
            added = self._new_version(number, former.tenant)
        ring = former.with_active(added, self._now())
        return ring.revised([self._sealed(one, ring.tenant) for one in ring.versions])

    def rewrap(self, former: Masking, record: Recorder) -> KeyRing:
        """Wrap every key anew by the provider of this configuration, or by none. No value changes.

        Args:
            former: A `masking` block with the provider that wrapped the keys so far.
            record: Told of the change before it happens.

        Raises:
            SecretError: If the ring cannot be opened or written.
        """
        with changing(self.path) as path:
            old = self._read(path)
            with _about(path):
                opener = KeyOpener(former, self.environment)
                versions = [self._rewrapped(one, old.tenant, opener) for one in old.versions]
                ring = old.revised(versions)
                open_ring(ring, self.masking, self.environment)
            record(old, ring)
            replace_private_file(path, render_ring(ring), overwrite_old=True)
        return ring

    def _rewrapped(self, one: RingVersion, tenant: str, opener: KeyOpener) -> RingVersion:
        if not one.has_own_key:
            return one
        secret = opener.open(one, tenant)
        try:
            plain = SecretStr(base64.b64encode(secret).decode("ascii"))
        finally:
            wipe(secret)
        update = {"plain": plain, "wrapped": None, "provider": None}
        return self._sealed(one.model_copy(update=update), tenant)

    def destroy(self, numbers: Collection[int], record: Recorder) -> KeyRing:
        """Destroy the keys of versions: what they masked can never be revealed again.

        Args:
            numbers: The versions.
            record: Told of the change before it happens.

        Raises:
            SecretError: If one cannot be destroyed, or the file cannot be written.
        """
        with changing(self.path) as path:
            former = self._read(path)
            with _about(path):
                ring = former.without_keys(numbers, self._now())
            record(former, ring)
            replace_private_file(path, render_ring(ring), overwrite_old=True)
        return ring

    def _read(self, path: Path) -> KeyRing:
        with _about(path):
            content = read_secret_file(path)
            if is_ring(content):
                return parse_ring(content)
            return _ring_of(decode_secret(content))

    def _new_version(self, number: int, tenant: str) -> RingVersion:
        secret = bytearray(self.random_bytes(KEY_BYTES))
        try:
            check_key(secret)
            one = _plain_version(number, secret, tenant, self._now())
            return self._sealed(one, tenant)
        finally:
            wipe(secret)

    def _sealed(self, one: RingVersion, tenant: str) -> RingVersion:
        """Return a version with its key wrapped, if it lies plain and there is a provider."""
        settings = self.masking.key_provider
        if settings is None or one.plain is None:
            return one
        envelope = Envelope.of(Surroundings(settings, self.environment, self.random_bytes))
        secret = KeyOpener(self.masking, self.environment).open(one, tenant)
        try:
            wrapped = envelope.wrap(secret, tenant, one.version)
        finally:
            wipe(secret)
        return one.model_copy(update={"plain": None, "wrapped": wrapped, "provider": settings.name})

    def _now(self) -> datetime:
        return moment(self.clock().astimezone(UTC))


@contextlib.contextmanager
def _about(path: Path) -> Iterator[None]:
    """Begin what is said of a file with its name."""
    try:
        yield
    except SecretError as error:
        raise type(error)(f"{path} {error.reason}", error.advice) from None


def _plain_keys(ring: KeyRing) -> int:
    return sum(one.plain is not None for one in ring.versions)


def _ring_of(secret: bytearray) -> KeyRing:
    """Return a single key as the ring that it becomes."""
    try:
        check_key(secret)
        return KeyRing(versions=(_plain_version(FIRST_VERSION, secret, DEFAULT_TENANT, None),))
    finally:
        wipe(secret)


def _plain_version(
    number: int, secret: bytearray, tenant: str, created: datetime | None
) -> RingVersion:
    return RingVersion(
        version=number,
        created=created,
        status="active",
        fingerprint=fingerprint(secret, tenant, number),
        plain=SecretStr(base64.b64encode(secret).decode("ascii")),
    )
