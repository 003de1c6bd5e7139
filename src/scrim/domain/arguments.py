"""Checks the types of what programs give to the public functions, so that a slip is told by name.

Messages name the argument, what it takes and the type that was given, and never the value.
"""

from collections.abc import Collection, Mapping
from numbers import Integral, Real
from os import PathLike
from types import UnionType


def check_text(name: str, value: object, *, optional: bool = False) -> None:
    """Check that an argument is a text.

    Args:
        name: The argument.
        value: What was given.
        optional: Whether None is taken as well.

    Raises:
        TypeError: If it is not.
    """
    if not isinstance(value, str) and not (optional and value is None):
        raise wrong_type(name, value, "a text")


def check_path(name: str, value: object) -> None:
    """Check that an argument is the path of a file; parameters and errors are as above."""
    if not isinstance(value, str | PathLike):
        raise wrong_type(name, value, "a path, as a text or of pathlib")


def check_number(name: str, value: object) -> None:
    """Check that an argument is a number, which a truth value is not."""
    if type(value) is bool or not isinstance(value, Real):
        raise wrong_type(name, value, "a number")


def check_whole(name: str, value: object) -> None:
    """Check that an argument is a whole number."""
    if type(value) is bool or not isinstance(value, Integral):
        raise wrong_type(name, value, "a whole number")


def check_names(name: str, value: object) -> None:
    """Check that an argument is a collection of texts; a single text is none."""
    for one in check_list(name, value, "a list or tuple of names"):
        if not isinstance(one, str):
            raise wrong_type(f"{name}: one of them", one, "a text")


def check_list(name: str, value: object, wanted: str) -> Collection[object]:
    """Check that an argument is a collection, which a text and bytes are not, and return it.

    Args:
        name: The argument.
        value: What was given.
        wanted: What it takes, such as `a tuple of numbers`.

    Raises:
        TypeError: If it is not.
    """
    if isinstance(value, str | bytes) or not isinstance(value, Collection):
        raise wrong_type(name, value, wanted)
    return value


def check_mapping(name: str, value: object, wanted: str) -> None:
    """Check that an argument is a mapping whose keys are texts.

    Args:
        name: The argument.
        value: What was given.
        wanted: What it takes, such as `a mapping of columns to entities`.

    Raises:
        TypeError: If it is not.
    """
    if not isinstance(value, Mapping):
        raise wrong_type(name, value, wanted)
    for key in value:
        if not isinstance(key, str):
            raise wrong_type(f"{name}: one of its keys", key, "a text")


def check_kind(name: str, value: object, kind: type | UnionType, wanted: str) -> None:
    """Check that an argument is of a type of scrim.

    Args:
        name: The argument.
        value: What was given.
        kind: The type.
        wanted: What it takes, such as `a Loss`.

    Raises:
        TypeError: If it is not.
    """
    if not isinstance(value, kind):
        raise wrong_type(name, value, wanted)


def wrong_type(name: str, value: object, wanted: str) -> TypeError:
    """Return the error for an argument of a wrong type, which shows the type alone."""
    return TypeError(f"{name} takes {wanted}, not {type(value).__name__}")
