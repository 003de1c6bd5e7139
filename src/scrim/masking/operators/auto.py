"""Whatever suits the type."""

from scrim.masking.declaration import Accepts, Operator

OPERATOR = Operator(
    name="auto",
    description=(
        "Replaces a value of unknown meaning by its type's own operator: codes keep their "
        "layout, texts become words, numbers and dates others of their size."
    ),
    accepts=Accepts.ANY,
    keeps="layout of short codes",
    reversible=True,
    limits="texts that are not codes of at most 24 characters stay masked",
)
