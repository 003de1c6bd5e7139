"""What the gateway does about each channel of the battery, in words for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.evasion.modes import MODES
from tests.evasion.shapes import ERRORS, QUERIES, REFUSED
from tests.evasion.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

_MASKED: Final = "the result carries the tags of all that flows in, and is masked whole"
_REFUSED: Final = "refused for principals without raw access"

RESPONSES: Final[dict[str, str]] = {
    "column": "masked within its type, in both formats",
    "function": _MASKED,
    "cast": _MASKED,
    "aggregate": _MASKED,
    "row": "every column of the row counts",
    "set": "each column of a set operation carries those of all branches",
    "object": "resolved through the catalog to base columns; users' code gives unknown results",
    "catalog": "columns that hold data of tables, statements or secrets are masked",
    "searched": "whole values are searched; parts and other spellings of them are masked whole",
    "spelling": "read by the server's own grammar",
    "documents": "keys and values of what a query builds are masked",
    "XML": "names, attributes and text are masked",
    "full text": _MASKED,
    "ranges": "bounds are masked in order",
    "networks": _MASKED,
    "numbers": _MASKED,
    "dates": _MASKED,
    "bytes": _MASKED,
    "hashes and ciphers": f"{_MASKED}; a hash is as good as the value to who can guess it",
    "key and value": _MASKED,
    "extensions": "functions of reviewed extensions carry their arguments, others are unknown",
    "geometry": "carries the tags; NULL where the type has no mask",
    "bit strings": _MASKED,
    "identifiers": _MASKED,
    "patterns": _MASKED,
    "text in pieces": _MASKED,
    "sizes and comparisons": (
        "of a tagged column masked like a value where they are numbers; yes or no is answered"
    ),
    "arrays": "element by element, in both formats",
    "LATERAL": "columns of the sources before it count",
    "table expressions": "followed by name, from the inside out",
    "recursion": "repeated until nothing is added",
    "shadowed names": "a name means what it means where it stands",
    "joins": "merged columns carry both sides",
    "windows and groups": _MASKED,
    "conditions": "every branch counts",
    "rows from anywhere": "functions and lists in FROM carry what they are made of",
    "stored rows": "a column of another table's row type carries that table's tags",
    "attribute notation": "`(value).name` counts as the function where one has that name",
    "users' operators": "unreviewed code gives unknown results, which are masked",
    "users' casts": "unreviewed code gives unknown results, which are masked",
    "statistics": "masked",
    "values in the catalog": "masked like the columns that they come from; settings are searched",
    "other sessions": "statements and names of others are masked",
    "ways around": _REFUSED,
    "statements as text": _REFUSED,
    "files and storage": _REFUSED,
    "large objects": _REFUSED,
    "other servers": _REFUSED,
    "replication": _REFUSED,
    "activity functions": _REFUSED,
    "numbers that others see": "refused with a column's value",
    "settings": "those that change meaning are kept; values and names must be constants",
    "identity": _REFUSED,
    "code": _REFUSED,
    "definitions with code": "refused where a default, constraint or index runs unreviewed code",
    "names that move": "refused, since tags belong to names",
    "stored elsewhere": "refused, since what is stored elsewhere loses its tags",
    "server-side COPY": _REFUSED,
    "upkeep that reports": "needs the action `admin`",
    "errors": "reduced to PostgreSQL's template",
    "errors of casts": "reduced to PostgreSQL's template",
    "errors of functions": "reduced to PostgreSQL's template",
    "errors of constraints": "reduced to PostgreSQL's template; keys and rows withheld",
    "notices and logs": "reduced to PostgreSQL's template, or withheld",
    "locale of errors": "reduced to PostgreSQL's template, or withheld",
}
"""Responses by channel of `QUERIES`, `REFUSED` and `ERRORS`."""

SESSIONS: Final = "sessions"
SESSIONS_RESPONSE: Final = "what is derived keeps the tags, or the step is refused"


def channels() -> Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return by channel: the response, the shapes, and the modes that each is run in."""
    all_modes = tuple(MODES)
    some = ("simple", "undescribed", "PREPARE", "EXPLAIN", "COPY text")
    errors = ("simple", "extended text", "extended binary", "many statements", "COPY text")
    found = {name: (RESPONSES[name], shapes, all_modes) for name, shapes in QUERIES.items()}
    found |= {name: (RESPONSES[name], shapes, some) for name, shapes in REFUSED.items()}
    found |= {name: (RESPONSES[name], shapes, errors) for name, shapes in ERRORS.items()}
    steps = tuple("; ".join(steps) for steps in STEPS.values())
    return {**found, SESSIONS: (SESSIONS_RESPONSE, steps, ("simple",))}
