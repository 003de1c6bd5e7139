"""Generating, rotating and destroying: what the file holds then, and what happens when it fails."""

from __future__ import annotations

import base64
import fcntl
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scrim.config.masking import KeyProvider, Masking
from scrim.config.secrets import SecretError
from scrim.masking.key_changes import KeyKeeper
from scrim.masking.key_files import create_private_file, replace_private_file
from scrim.masking.key_ring import KeyRefusedError, KeyRing, parse_ring
from scrim.masking.keys import MaskingKey, create_key_file, load_key
from tests.unit.masking.keyed import masked

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 1, 31, 12, 0, 0, 999, tzinfo=UTC)


class Records:
    """Records of changes, as pairs of rings."""

    def __init__(self) -> None:
        self.changes: list[tuple[int, int]] = []

    def __call__(self, former: KeyRing, ring: KeyRing) -> None:
        self.changes.append((former.active.version, ring.active.version))


def refuse(_former: KeyRing, _ring: KeyRing) -> None:
    raise OSError("the audit log is full")


@pytest.fixture
def keeper(tmp_path: Path) -> KeyKeeper:
    masking = Masking(key_file=tmp_path / "masking.key")
    return KeyKeeper(masking, {}, os.urandom, lambda: NOW)


@pytest.fixture
def wrapping(tmp_path: Path) -> KeyKeeper:
    provider = KeyProvider(name="local", file=tmp_path / "kek.key")
    masking = Masking(key_file=tmp_path / "masking.key", key_provider=provider)
    made = KeyKeeper(masking, {}, os.urandom, lambda: NOW)
    made.generate_kek()
    return made


def loaded(keeper: KeyKeeper) -> MaskingKey:
    return load_key(keeper.masking, keeper.environment)


def plain_secret(ring: KeyRing, version: int) -> bytes:
    plain = next(one.plain for one in ring.versions if one.version == version)
    assert plain is not None
    return base64.b64decode(plain.get_secret_value())


def test_a_new_ring_is_readable_by_its_owner_only_and_loads(keeper: KeyKeeper) -> None:
    ring = keeper.generate("shop")
    assert stat.S_IMODE(keeper.path.stat().st_mode) == 0o600
    assert (ring.tenant, ring.active.version) == ("shop", 1)
    assert keeper.read() == ring
    assert masked(loaded(keeper).ring) == masked(plain_secret(ring, 1))


def test_a_file_that_exists_is_never_replaced(keeper: KeyKeeper, tmp_path: Path) -> None:
    keeper.generate("shop")
    before = keeper.path.read_bytes()
    with pytest.raises(KeyRefusedError, match="exists already; to get a new version"):
        keeper.generate("shop")
    assert keeper.path.read_bytes() == before
    dangling = tmp_path / "link.key"
    dangling.symlink_to(tmp_path / "nothing")
    with pytest.raises(KeyRefusedError, match="exists already"):
        replace(keeper, masking=Masking(key_file=dangling)).generate("shop")
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("derive", [False, True])
def test_a_rotation_changes_values_and_former_versions_mask_as_before(
    keeper: KeyKeeper, derive: bool
) -> None:
    keeper.generate("shop")
    before = masked(loaded(keeper).ring)
    records = Records()
    ring = keeper.rotate(records, derive=derive)
    key = loaded(keeper)
    assert (key.version, key.versions) == (2, [2, 1])
    assert masked(key.ring) != before
    assert masked(key.ring.at(1)) == before
    assert ring.active.same_key_as == (1 if derive else None)
    assert records.changes == [(1, 2)]


def test_both_kinds_of_rotation_go_together(keeper: KeyKeeper) -> None:
    keeper.generate("shop")
    seen = [masked(loaded(keeper).ring)]
    for derive in (True, True, False, True):
        keeper.rotate(Records(), derive=derive)
        seen.append(masked(loaded(keeper).ring))
    assert len(set(seen)) == 5
    assert [one.same_key_as for one in keeper.read().versions] == [None, 1, 1, None, 4]
    key = loaded(keeper)
    assert [masked(key.ring.at(version)) for version in range(1, 6)] == seen


def test_a_single_key_becomes_version_1_of_a_ring(keeper: KeyKeeper) -> None:
    create_key_file(keeper.path, os.urandom)
    before = masked(loaded(keeper).ring)
    assert keeper.read().active.created is None
    keeper.rotate(Records())
    assert masked(loaded(keeper).ring.at(1)) == before
    assert [one.status for one in keeper.read().versions] == ["retired", "active"]


def test_a_rotation_keeps_the_mode_and_leaves_nothing_else_behind(keeper: KeyKeeper) -> None:
    keeper.generate("shop")
    keeper.path.chmod(0o400)
    keeper.rotate(Records())
    assert stat.S_IMODE(keeper.path.stat().st_mode) == 0o400
    assert [path.name for path in keeper.path.parent.iterdir()] == ["masking.key"]


def test_a_rotation_through_a_link_changes_what_it_leads_to(
    keeper: KeyKeeper, tmp_path: Path
) -> None:
    keeper.generate("shop")
    link = tmp_path / "link.key"
    link.symlink_to(keeper.path)
    replace(keeper, masking=Masking(key_file=link)).rotate(Records())
    assert link.is_symlink()
    assert keeper.read().active.version == 2


def test_what_is_not_recorded_does_not_happen(keeper: KeyKeeper) -> None:
    keeper.generate("shop")
    keeper.rotate(Records())
    before = keeper.path.read_bytes()
    with pytest.raises(OSError, match="full"):
        keeper.rotate(refuse)
    with pytest.raises(OSError, match="full"):
        keeper.destroy({1}, refuse)
    assert keeper.path.read_bytes() == before


def test_a_file_that_cannot_be_written_stays_as_it_is(keeper: KeyKeeper) -> None:
    keeper.generate("shop")
    before = keeper.path.read_bytes()
    (keeper.path.parent / ".masking.key.new").mkdir()
    with pytest.raises(SecretError, match="cannot be written"):
        keeper.rotate(Records())
    assert keeper.path.read_bytes() == before


def test_two_commands_do_not_change_a_file_at_once(keeper: KeyKeeper) -> None:
    keeper.generate("shop")
    folder = os.open(keeper.path.parent, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        with pytest.raises(KeyRefusedError, match="is being changed by another command"):
            keeper.rotate(Records())
    finally:
        os.close(folder)
    assert keeper.rotate(Records()).active.version == 2


def test_a_destroyed_key_is_gone_from_the_file_and_from_the_disk(keeper: KeyKeeper) -> None:
    ring = keeper.generate("shop")
    text = base64.b64encode(plain_secret(ring, 1))
    keeper.rotate(Records())
    with keeper.path.open("rb") as old:
        keeper.destroy({1}, Records())
        assert text not in keeper.path.read_bytes()
        assert set(old.read()) == {0}
    assert loaded(keeper).versions == [2]


def test_a_copy_by_a_hard_link_is_not_overwritten(keeper: KeyKeeper, tmp_path: Path) -> None:
    keeper.generate("shop")
    keeper.rotate(Records())
    (tmp_path / "copy").hardlink_to(keeper.path)
    keeper.destroy({1}, Records())
    assert len(parse_ring((tmp_path / "copy").read_bytes()).usable) == 2


def test_with_a_provider_no_key_lies_plain(wrapping: KeyKeeper) -> None:
    ring = wrapping.generate("shop")
    wrapping.rotate(Records())
    assert ring.active.plain is None
    assert b'"plain"' not in wrapping.path.read_bytes()
    assert loaded(wrapping).versions == [2, 1]


def test_keys_that_lie_plain_are_wrapped_by_the_next_rotation(wrapping: KeyKeeper) -> None:
    provider = wrapping.masking.key_provider
    plain = replace(wrapping, masking=Masking(key_file=wrapping.path))
    plain.generate("shop")
    plain.rotate(Records(), derive=True)
    before = masked(loaded(plain).ring)
    with wrapping.path.open("rb") as old:
        wrapping.rotate(Records())
        assert set(old.read()) == {0}
    assert provider is not None
    storage = [one.storage for one in wrapping.read().versions]
    assert storage == ["wrapped by local", "key of version 1", "wrapped by local"]
    assert masked(loaded(wrapping).ring.at(2)) == before


def test_keys_can_be_wrapped_anew_without_changing_values(
    wrapping: KeyKeeper, tmp_path: Path
) -> None:
    wrapping.generate("shop")
    wrapping.rotate(Records(), derive=True)
    wrapping.rotate(Records())
    before = [masked(loaded(wrapping).ring.at(version)) for version in (1, 2, 3)]
    provider = KeyProvider(name="local", file=tmp_path / "kek-2.key")
    other = replace(wrapping, masking=Masking(key_file=wrapping.path, key_provider=provider))
    other.generate_kek()
    plain = replace(wrapping, masking=Masking(key_file=wrapping.path))
    records = Records()
    storage = []
    for former, keeper in ((wrapping, other), (other, plain), (plain, wrapping)):
        storage.append(keeper.rewrap(former.masking, records).active.storage)
        assert [masked(loaded(keeper).ring.at(version)) for version in (1, 2, 3)] == before
    assert storage == ["wrapped by local", "plain", "wrapped by local"]
    assert records.changes == [(3, 3)] * 3
    with pytest.raises(SecretError, match="has a key of version 1 that was not wrapped"):
        other.rewrap(other.masking, records)


def test_a_rotation_keeps_the_owner_of_the_file(keeper: KeyKeeper) -> None:
    keeper.generate("shop")
    owner = os.geteuid() or 12_345
    os.chown(keeper.path, owner, -1)
    keeper.rotate(Records())
    assert keeper.path.stat().st_uid == owner


def test_the_wrong_provider_or_key_is_named(wrapping: KeyKeeper, tmp_path: Path) -> None:
    wrapping.generate("shop")
    plain = replace(wrapping, masking=Masking(key_file=wrapping.path))
    with pytest.raises(SecretError, match=r"that local wrapped, but .* names nothing; set masking"):
        loaded(plain)
    (tmp_path / "kek.key").unlink()
    wrapping.generate_kek()
    for use in (loaded, lambda keeper: keeper.rotate(Records())):
        with pytest.raises(SecretError, match=r"masking\.key has a key of version 1 that"):
            use(wrapping)


def test_wrapped_keys_cannot_be_swapped(wrapping: KeyKeeper) -> None:
    wrapping.generate("shop")
    ring = wrapping.rotate(Records())
    first, second = (one.wrapped for one in ring.versions)
    assert first is not None
    assert second is not None
    text = wrapping.path.read_text()
    swapped = text.replace(first, "?").replace(second, first).replace("?", second)
    replace_private_file(wrapping.path, swapped.encode())
    with pytest.raises(SecretError, match="has a key of version 1 that was not wrapped"):
        loaded(wrapping)


def test_a_plain_key_that_was_damaged_is_noticed(keeper: KeyKeeper) -> None:
    ring = keeper.generate("shop")
    text = base64.b64encode(plain_secret(ring, 1)).decode()
    other = base64.b64encode(os.urandom(32)).decode()
    keeper.path.write_text(keeper.path.read_text().replace(text, other))
    with pytest.raises(SecretError, match="the key of version 1 is not the one") as caught:
        loaded(keeper)
    assert other not in str(caught.value)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_ring_that_is_cut_off_does_not_load(keeper: KeyKeeper, share: float) -> None:
    keeper.generate("shop")
    content = keeper.path.read_bytes()
    keeper.path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(SecretError, match=r"masking\.key is (cut off|empty)"):
        loaded(keeper)


def test_others_must_not_read_a_ring(keeper: KeyKeeper) -> None:
    keeper.generate("shop")
    keeper.path.chmod(0o640 if os.geteuid() else 0o644)
    for use in (loaded, lambda keeper: keeper.read(), lambda keeper: keeper.rotate(Records())):
        with pytest.raises(SecretError, match="chmod 600"):
            use(keeper)


def test_a_key_in_the_environment_cannot_be_changed(keeper: KeyKeeper) -> None:
    with pytest.raises(SecretError, match=r"set masking\.key_file in place of"):
        replace(keeper, masking=Masking(key_env="KEY")).generate("shop")


def test_a_key_encryption_key_is_made_for_the_local_provider_only(keeper: KeyKeeper) -> None:
    with pytest.raises(SecretError, match="set its name to local"):
        keeper.generate_kek()


def test_a_source_that_is_not_random_is_noticed(keeper: KeyKeeper) -> None:
    with pytest.raises(SecretError, match="not random"):
        replace(keeper, random_bytes=bytes).generate("shop")
    assert not keeper.path.exists()


def test_a_new_file_needs_a_folder_and_a_free_name(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="cannot be written"):
        create_private_file(tmp_path / "nothing" / "key", b"x")
    with pytest.raises(KeyRefusedError):
        create_private_file(tmp_path, b"x")
