"""Options of operators that look at another column of the row, and the ways to write them."""

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StringConstraints

from scrim.config.operators import Operator

MOST_NAMES: Final = 8
"""Names of columns that an operator looks for."""
MOST_CASES: Final = 1_000
"""Values for which an operator can be chosen."""
_LONGEST_NAME: Final = 256
_LONGEST_VALUE: Final = 1_000


def _as_names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _as_texts(value: object) -> object:
    """Write keys that YAML reads as numbers or booleans as the data store writes them."""
    if not isinstance(value, Mapping):
        return value
    texts = {_as_text(key): one for key, one in value.items()}
    different = {_folded(text) if isinstance(text, str) else text for text in texts}
    if len(texts) < len(value) or len(different) < len(texts):
        raise ValueError("two of the cases are the same value, as case and blanks do not count")
    return texts


def _folded(text: str) -> str:
    """Return a text as the kernel looks it up, whatever its case and composition."""
    folded = unicodedata.normalize("NFKC", text.strip()).upper().lower()
    return unicodedata.normalize("NFKC", folded).strip()


def _as_text(key: object) -> object:
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key) if isinstance(key, int) else key


_Name = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_NAME)]
_Value = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_VALUE)]

ColumnNames = Annotated[
    tuple[_Name, ...], BeforeValidator(_as_names), Field(min_length=1, max_length=MOST_NAMES)
]
"""A column by its name, or several, of which the first counts that the row has."""

NamesOrNone = Annotated[tuple[_Name, ...], BeforeValidator(_as_names), Field(max_length=MOST_NAMES)]
"""The same, or none."""

Cases = Annotated[
    dict[_Value, Operator], BeforeValidator(_as_texts), Field(min_length=1, max_length=MOST_CASES)
]
"""An operator for each value of a column."""
