"""Which of the system's own functions were reviewed, by their identifiers.

The names are in `pure_functions`; a name alone would let in whatever a later server adds under it.
The identifiers of the system's functions are the same in every database, and a new function gets a
new one. `scripts/review_functions.py` keeps the list.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

FILE: Final = "reviewed_functions.toml"


def is_reviewed(identifier: int, name: str) -> bool:
    """Say whether a function of `pg_catalog` was reviewed.

    Args:
        identifier: Its identifier.
        name: Its name.
    """
    return identifier in reviewed().get(name, ())


@cache
def reviewed() -> Mapping[str, Mapping[int, str]]:
    """Return the types of arguments of the reviewed functions, by name and identifier."""
    text = (resources.files(__package__) / FILE).read_text(encoding="utf-8")
    names = tomllib.loads(text)["functions"]
    return {
        name: {int(identifier): arguments for identifier, arguments in overloads.items()}
        for name, overloads in names.items()
    }
