"""What an operator says about itself."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from pydantic import BaseModel, ConfigDict

TEXT_KINDS: Final = frozenset({"text", "name"})
"""Types whose values are free text."""

CONTAINER_KINDS: Final = frozenset(
    {"array", "composite", "json", "jsonb", "hstore", "xml", "range", "multirange"}
)
"""Types whose values contain others; an operator meets those and not the whole."""


class NoOptions(BaseModel):
    """The options of an operator that has none."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Accepts(Enum):
    """The types whose values an operator replaces; others get their type's own operator."""

    ANY = "any type"
    TEXT = "text"
    NETWORK = "text and network addresses"

    def includes(self, kind: str) -> bool:
        """Say whether a type is among them; types that contain others always are.

        Args:
            kind: The `kind` of a type as the kernel names it.
        """
        if self is Accepts.ANY or kind in CONTAINER_KINDS or kind in TEXT_KINDS:
            return True
        return self is Accepts.NETWORK and kind in {"inet", "cidr"}


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to replace a value.

    Attributes:
        name: The name in scrim.yaml and in policies.
        description: What it makes of a value, in one sentence.
        accepts: The types that it accepts; what it returns is of the same type.
        keeps: What of the raw value stays visible; empty when nothing does.
        options: The options that it takes.
        reversible: Whether the key turns its values back: what comes back is the raw value as
            normalised, or nothing where the type cannot be turned back.
        limits: Which values are not turned back, or not exactly; empty when all are.
    """

    name: str
    description: str
    accepts: Accepts = Accepts.TEXT
    keeps: str = ""
    options: type[BaseModel] = NoOptions
    reversible: bool = False
    limits: str = ""
