"""Which of the columns that lineage found is which of those that the data store describes."""

from dataclasses import replace

from scrim.domain.column import ResultField
from scrim.statements.origins import Origins, Outputs
from scrim.statements.queries import Query


def without_own_names(outputs: Outputs, query: Query) -> Outputs:
    """Forget the names that a query can give its columns itself, as no decision depends on them.

    Args:
        outputs: The columns of the query.
        query: The query.
    """
    if outputs.exact:
        return outputs
    while query.branches:
        query = query.branches[0]
    own = {target.flow.columns[0].name for target in query.targets if target.kind == "column"}
    columns = ((None if name in own else name, origins) for name, origins in outputs.columns)
    return replace(outputs, columns=tuple(columns))


def placed(outputs: Outputs, place: int, field: ResultField, count: int) -> Origins:
    """Return the origins of a result column by its place, if its name does not contradict it.

    Args:
        outputs: The columns of the result.
        place: Its place, from 0.
        field: How the data store describes it.
        count: How many columns the data store describes.
    """
    name = outputs.name_of(place)
    if not outputs.exact and name not in {None, field.name}:
        return outputs.total()
    return outputs.placed(place, count)
