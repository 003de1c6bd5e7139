"""Values that change places."""

from scrim.masking.declaration import Accepts, Operator

OPERATOR = Operator(
    name="shuffle",
    description=(
        "In `scrim.mask` and `scrim mask`, the values of the column change places among the rows "
        "of a batch that have one: each goes to another row, by an order that the key and the "
        "values of the batch decide, so that the same batch is shuffled the same again. A batch "
        "whose rows all have the same value, or of which only one has a value, gets what `auto` "
        "makes of it. In the gateway, which sends rows before it has seen all of them, and inside "
        "of another value, it does what `auto` does."
    ),
    accepts=Accepts.ANY,
    keeps="every value, in another row",
    survives=(
        "Every value, and how often it occurs in the batch: sums, means, histograms and other "
        "figures of the one column are exact. Where NULL is."
    ),
    lost="Which row a value belongs to, so all relations to other columns, joins and equality.",
    attack=(
        "The values are real: who may not know that a value occurs at all must not have them "
        "shuffled. A row has its own value no more often than by chance: of two rows, each shows "
        "the other's, and of few different values a row often has an equal one. Who knows the "
        "values of all rows but one knows that one. Without the key the places tell nothing."
    ),
    inside="auto",
)
