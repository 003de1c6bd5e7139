"""A row that is not there."""

from scrim.masking.declaration import Accepts, Operator

OPERATOR = Operator(
    name="drop_row",
    description=(
        "A row that has a value in the column is left out; a row with NULL stays. `SELECT`, "
        "`FETCH` and `COPY` count the rows that were sent, and a portal that is read in parts "
        "gives as many rows as were asked for while there are any. A `FETCH` of a number by SQL "
        "counts before rows are left out, and so may give fewer, or none, before the end. "
        "`UPDATE`, `INSERT` and `DELETE` with `RETURNING` say how many rows they changed. Inside "
        "of another value it does what `null` does."
    ),
    accepts=Accepts.ANY,
    survives="Every row that has no value in the column, as it is.",
    lost=(
        "Every other row, and with them counts and sums over what the client gets. What the data "
        "store itself counts has all of them."
    ),
    attack=(
        "That a row is missing tells that it has a value: a count by the data store, or a key "
        "without its row, shows how many and which."
    ),
    inside="null",
)
