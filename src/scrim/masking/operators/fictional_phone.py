"""A phone number that reaches nobody."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator


class FictionalPhoneOptions(BaseModel):
    """The country of numbers that name none."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    country: str | None = Field(
        default=None,
        pattern="^[1-9][0-9]{0,2}$",
        description=(
            "The country code, such as `44`, of numbers that are written without one. Without it "
            "those are taken for North American ones if they can be, and are replaced by words if "
            "not."
        ),
    )


OPERATOR = Operator(
    name="fictional_phone",
    description=(
        "Replaces a phone number by one of the same country that reaches nobody: of the ranges "
        "that the authorities of the United States and Canada, the United Kingdom, Australia, "
        "France, Germany, Sweden and Ireland keep free for works of fiction, and elsewhere one "
        "that cannot be assigned."
    ),
    keeps="country, and whether it is a mobile number",
    options=FictionalPhoneOptions,
    survives="Country, layout, joins where few numbers are enough; nobody is called by mistake.",
    lost="Uniqueness: a country has from some hundred to 80,000 such numbers.",
    attack=(
        "A keyed hash chooses: known pairs say nothing of other values. Several raw numbers have "
        "the same replacement, so a replacement does not tell which of them it was."
    ),
    examples=(
        Example("+1 415 867 5309", domain="contact.phone"),
        Example("+44 20 7123 4567", domain="contact.phone"),
        Example("+55 11 91234-5678", domain="contact.phone"),
    ),
)
