"""Another operator for each value of another column."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.config.operators import Operator as Chosen
from scrim.masking.declaration import Accepts, Example, Operator
from scrim.masking.neighbours import Cases, ColumnNames


class ByRowOptions(BaseModel):
    """Which column chooses, and what."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    column: ColumnNames = Field(
        description="The column of the same row that chooses; of several names the first that "
        "there is."
    )
    cases: Cases = Field(
        description="The operator for each of its values: a name, or a mapping of `name` and "
        "options. Case and blanks around a value do not count."
    )
    otherwise: Chosen = Field(
        description="The operator for every other value, for NULL, and where there is no such "
        "column."
    )


_OPTIONS = {
    "column": ("kind",),
    "cases": {"person": {"name": "name"}, "company": {"name": "company"}},
    "otherwise": {"name": "redact"},
}

OPERATOR = Operator(
    name="by_row",
    description="Lets another column of the row choose the operator.",
    accepts=Accepts.ANY,
    keeps="what the chosen operator keeps",
    options=ByRowOptions,
    survives="What survives the chosen operator, among the rows that it is chosen for.",
    lost=(
        "Equal values of two kinds differ. A value is masked by `otherwise` in a result that "
        "leaves the other column out, and so differs from what it is beside that column."
    ),
    attack=(
        "The look of a replacement tells which operator made it, and with it something of the "
        "other column. Who leaves the column out gets `otherwise`, so that should be the "
        "strictest of them. A column that is computed, or of another row, chooses nothing."
    ),
    beside="column",
    without=(
        "`otherwise` masks it, as it masks what a search finds inside texts. The operators inside "
        "are none that look at a column themselves."
    ),
    examples=(
        Example("Ada Lovelace", _OPTIONS, domain="person.full", beside="person"),
        Example("Ada Lovelace", _OPTIONS, domain="person.full", beside="company"),
        Example("Ada Lovelace", _OPTIONS, domain="person.full"),
    ),
)
