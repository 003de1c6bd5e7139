"""The kernel's keyring: each version masks in its own way, and older ones stay at hand."""

import pytest

from scrim import kernel
from tests.unit.masking.keyed import masked, masker

FIRST, SECOND = bytes(range(32)), bytes(range(32, 64))


def test_a_version_masks_in_its_own_way_with_or_without_a_key_of_its_own() -> None:
    derived = kernel.Keyring([(1, FIRST), (2, FIRST)], 2)
    renewed = kernel.Keyring([(1, FIRST), (2, SECOND)], 2)
    assert len({masked(FIRST), masked(derived), masked(renewed)}) == 3
    assert masked(derived) == masked(FIRST, 2)
    assert masked(renewed) == masked(SECOND, 2)


def test_older_versions_mask_as_they_did() -> None:
    ring = kernel.Keyring([(1, FIRST), (3, SECOND), (2, FIRST)], 3)
    assert masked(ring.at(1)) == masked(FIRST)
    assert masked(ring.at(2)) == masked(FIRST, 2)
    assert ring.versions == masker(ring).versions == [3, 2, 1]
    assert ring.at(2).version == masker(ring.at(2)).version == 2
    with pytest.raises(ValueError, match="no version 4"):
        ring.at(4)


def test_a_key_that_was_handed_over_can_be_overwritten() -> None:
    secret = bytearray(FIRST)
    ring = kernel.Keyring([(1, secret)], 1)
    secret[:] = bytes(32)
    assert masked(ring) == masked(FIRST)


@pytest.mark.parametrize(
    ("keys", "active"),
    [([], 1), ([(1, FIRST)], 2), ([(1, FIRST), (1, SECOND)], 1), ([(1, FIRST[:31])], 1)],
)
def test_what_is_no_keyring_is_refused(keys: list[tuple[int, bytes]], active: int) -> None:
    with pytest.raises(ValueError, match="masking key"):
        kernel.Keyring(keys, active)


def test_a_keyring_shows_no_key() -> None:
    assert repr(kernel.Keyring([(1, FIRST)], 1)) == "Keyring(..)"
