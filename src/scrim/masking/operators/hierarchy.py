"""What a value belongs to, by a table."""

import unicodedata
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from scrim.masking.declaration import Accepts, Operator

MAX_ENTRIES = 10_000
MAX_LEVEL = 16
MAX_HEIGHT = 64
MAX_BYTES = 200


def _label(value: object) -> object:
    """Return a code that YAML reads as a number as the text that it is."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip() or len(text.encode()) > MAX_BYTES:
        raise ValueError(f"is not a text of 1 to {MAX_BYTES} bytes")
    return text


Label = Annotated[str, BeforeValidator(_label)]


def _folded(text: str) -> str:
    """Return a text as the kernel looks it up, whatever its case."""
    return unicodedata.normalize("NFKC", text.strip()).upper().lower()


def _has_an_end(table: Mapping[str, str], start: str) -> bool:
    """Say whether the way up from a value ends, which it does not in a circle."""
    at = start
    for _ in range(MAX_HEIGHT):
        if at not in table:
            return True
        at = table[at]
    return False


class HierarchyOptions(BaseModel):
    """The table, and how far up the answer stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    parents: dict[Label, Label] = Field(
        default_factory=dict,
        max_length=MAX_ENTRIES,
        description="What each value belongs to, such as `Berlin: Germany`, `Germany: Europe`.",
    )
    level: int = Field(
        default=1,
        ge=1,
        le=MAX_LEVEL,
        description="Steps upwards; a value with fewer above it gets the highest.",
    )
    top: Label = Field(default="*", description="What stands for a value that is not in the table.")

    @model_validator(mode="after")
    def _a_tree(self) -> "HierarchyOptions":
        table = {_folded(child): _folded(parent) for child, parent in self.parents.items()}
        if len(table) != len(self.parents):
            raise ValueError("a value stands in the table twice")
        if not all(_has_an_end(table, child) for child in table):
            raise ValueError(f"the table is circular, or {MAX_HEIGHT} levels high")
        return self


OPERATOR = Operator(
    name="hierarchy",
    description=(
        "Replaces a value by what it belongs to in a table of the options, some levels up, in any "
        "case; one that is not in the table becomes the top. An answer is cut to the column's "
        "length; where it is no label of the enum or no integer of the type, the value becomes "
        "NULL."
    ),
    accepts=Accepts.CATEGORY,
    keeps="the group in the table",
    options=HierarchyOptions,
)
