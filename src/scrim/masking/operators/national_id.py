"""A number that an authority could have issued."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scrim.kernel import national_id_entities
from scrim.masking.declaration import Accepts, Example, Operator

_FORMS = frozenset(national_id_entities())


def _known(name: str) -> str:
    if name not in _FORMS:
        raise ValueError("is not an entity whose layouts are known")
    return name


class NationalIdOptions(BaseModel):
    """Which numbers they are."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    form: Annotated[str, AfterValidator(_known)] | None = Field(
        default=None,
        description="Entity whose layouts the numbers have, such as `br.cpf`; else the column's.",
    )


OPERATOR = Operator(
    name="national_id",
    description=(
        "Replaces a number of persons, companies or things by another of its layout that "
        "passes the same check."
    ),
    accepts=Accepts.NUMERAL,
    reversible=True,
    limits="letters come back as capitals",
    keeps="layout, and fixed parts such as the 784 of an Emirates ID",
    options=NationalIdOptions,
    survives=(
        "Joins, uniqueness and validity: programs that check the number take it. A date in it "
        "stays a date that exists. Numbers that do not pass become others that do not pass, "
        "so the two never meet."
    ),
    lost=(
        "Region, sex and day of birth, and the order of issue. Whether a number passes its "
        "check stays as it was."
    ),
    attack=(
        "A keyed permutation (FF1, or a Feistel network below a million numbers): known pairs "
        "say nothing of other numbers. Another number may belong to somebody, as nearly all "
        "do where a country has issued most of them; only Norway has a range of synthetic "
        "numbers as large as that of issued ones, which is used. For the United States see "
        "`ssn`."
    ),
    examples=(
        Example("390.533.447-05", domain="br.cpf"),
        Example("7503305044089", domain="za.id"),
        Example("MRTMTT91D08F205J", domain="it.codice_fiscale"),
        Example("131052-308T", domain="fi.hetu"),
        Example("943 476 5919", domain="health.gb_nhs"),
        Example("11077941012", domain="no.fodselsnummer"),
        Example("01013099997", {"form": "gr.amka"}),
    ),
)
