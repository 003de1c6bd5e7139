"""A column that is not there."""

from scrim.masking.declaration import Accepts, Operator

OPERATOR = Operator(
    name="drop_column",
    description=(
        "The column is not in the result: not in its description, its rows, its `COPY` or the "
        "file that is written. A result may have no column left. Inside of another value, such as "
        "a field of a composite or what a search finds in a text, it does what `null` does. Where "
        "a sample shows only after a result was described what its column holds, this result has "
        "NULL there, and the next one has no such column."
    ),
    accepts=Accepts.ANY,
    survives="The rows, and all other columns.",
    lost=(
        "The column, its name included: a program that names it, or counts on its place, fails. "
        "The data store still has it, so that a statement may sort and join by it."
    ),
    attack=(
        "There are no values to look at. What a statement computes of the column has it dropped as "
        "well, unless policy lets the principal compare: then `WHERE` tells as much as it does of "
        "any masked column."
    ),
    inside="null",
)
