"""Whatever suits the type."""

from scrim.masking.declaration import Accepts, Example, Operator

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
    survives="Joins, and uniqueness of codes and numbers.",
    lost="Meaning, and the order of values.",
    attack=(
        "A keyed permutation (FF1, or a Feistel network below a million values): known pairs "
        "say nothing of other values. Texts are hashed. Numbers keep their sign and count of "
        "digits, which tells a salary of five digits from one of six."
    ),
    examples=(
        Example("INV-2024"),
        Example("a sentence with words in it"),
        Example("42", type_spec={"kind": "int4"}),
        Example("1980-03-12", type_spec={"kind": "date"}),
    ),
)
