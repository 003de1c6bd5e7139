"""What an operator says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

TEXT_KINDS: Final = frozenset({"text", "name"})
"""Types whose values are free text."""

CONTAINER_KINDS: Final = frozenset(
    {"array", "composite", "json", "jsonb", "hstore", "xml", "range", "multirange"}
)
"""Types whose values contain others; an operator meets those and not the whole."""


_INTEGERS: Final = frozenset({"int2", "int4", "int8"})
_REALS: Final = frozenset({"numeric", "float4", "float8"})
_DATES: Final = frozenset({"date", "timestamp", "timestamptz"})


class NoOptions(BaseModel):
    """The options of an operator that has none."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Accepts(Enum):
    """The types whose values an operator replaces; others get their type's own operator."""

    ANY = "any type"
    TEXT = "text"
    AGE = "text, numbers, intervals, dates and timestamps"
    CATEGORY = "text, enums and integers"
    COORDINATE = "text, numeric and floating point numbers"
    DATE = "text, dates and timestamps"
    NETWORK = "text and network addresses"
    NUMBER = "text, numbers and money"
    NUMERAL = "text, integers and numeric"
    TIME = "text, dates, timestamps and times of day"

    def includes(self, kind: str) -> bool:
        """Say whether a type is among them; types that contain others always are.

        Args:
            kind: The `kind` of a type as the kernel names it.
        """
        if self is Accepts.ANY or kind in CONTAINER_KINDS or kind in TEXT_KINDS:
            return True
        return kind in _KINDS.get(self, ())


_KINDS: Final[Mapping[Accepts, frozenset[str]]] = {
    Accepts.AGE: _INTEGERS | _REALS | _DATES | {"interval"},
    Accepts.CATEGORY: _INTEGERS | {"enum"},
    Accepts.COORDINATE: _REALS,
    Accepts.DATE: _DATES,
    Accepts.NETWORK: frozenset({"inet", "cidr"}),
    Accepts.NUMBER: _INTEGERS | _REALS | {"money"},
    Accepts.NUMERAL: _INTEGERS | {"numeric"},
    Accepts.TIME: _DATES | {"time", "timetz"},
}
"""Types that an operator takes beside text."""


def _text() -> Mapping[str, Any]:
    return {"kind": "text"}


@dataclass(frozen=True, slots=True)
class Example:
    """A value whose replacement the operator's page shows; the kernel computes it.

    Attributes:
        value: The raw value in PostgreSQL's text format.
        options: Options of the operator that differ from the defaults.
        type_spec: The value's type, as `scrim.masking.types` describes it.
        domain: The entity whose key is used.
        beside: The value of the column of the same row that the operator looks at.
    """

    value: str
    options: Mapping[str, Any] = field(default_factory=dict)
    type_spec: Mapping[str, Any] = field(default_factory=_text)
    domain: str = "example.value"
    beside: str = ""


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
        survives: What still works with the replacements, such as joins; a sentence or more.
        lost: What no longer works; a sentence or more.
        attack: What somebody can learn who has many replacements, or pairs; a sentence or more.
        beside: The option that names a column of the same row, whose raw value it looks at; empty
            when it looks at the value alone.
        without: What becomes of a value for which there is no such column; a sentence or more.
        examples: Values whose replacements its page shows.
        made: Whether it also replaces texts that a statement made of values: what it keeps is
            nothing that a statement could choose.
        inside: The operator that stands for it inside of other values, where it acts on whole
            results; empty when it replaces values.
    """

    name: str
    description: str
    accepts: Accepts = Accepts.TEXT
    keeps: str = ""
    options: type[BaseModel] = NoOptions
    reversible: bool = False
    limits: str = ""
    survives: str = ""
    lost: str = ""
    attack: str = ""
    beside: str = ""
    without: str = ""
    examples: tuple[Example, ...] = ()
    made: bool = False
    inside: str = ""
