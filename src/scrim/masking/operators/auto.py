"""Whatever suits the type."""

from scrim.masking.declaration import Accepts, Example, Operator

OPERATOR = Operator(
    name="auto",
    description=(
        "Replaces a value of unknown meaning by its type's own operator: numbers and dates become "
        "others of their size, also dates that stand in a text, and those in their layout; other "
        "codes keep their layout, and other texts become words. A text that is a date, such as "
        "`2024-02-29`, `29.02.2024`, `02/29/2024` or `2024-02-29T10:30:00Z`, gets the day and the "
        "time that a date or timestamp of the same domain gets. Where `03/04/2024` can be read "
        "in two ways, so can the new date; where only one way is a date, the new one is read in "
        "that way too."
    ),
    accepts=Accepts.ANY,
    keeps="layout of short codes and of dates, and a date within some three years",
    reversible=True,
    limits="texts that are neither dates nor codes of at most 24 characters stay masked",
    survives="Joins, and uniqueness of codes and numbers.",
    lost="Meaning, and the order of values.",
    attack=(
        "A keyed permutation (FF1, or a Feistel network below a million values): known pairs "
        "say nothing of other values. Texts are hashed. Numbers keep their sign and count of "
        "digits, which tells a salary of five digits from one of six. Dates stay within some "
        "three years, which tells an old person from a young one, and keep their zone; midnight "
        "and whole seconds stay. Where that is too near, use `date_trunc`, `redact` or `token`."
    ),
    examples=(
        Example("INV-2024"),
        Example("a sentence with words in it"),
        Example("1980-03-12"),
        Example("12/03/1980"),
        Example("3/15/1980"),
        Example("1980-03-12T10:30:00.250Z"),
        Example("42", type_spec={"kind": "int4"}),
        Example("1980-03-12", type_spec={"kind": "date"}),
    ),
)
