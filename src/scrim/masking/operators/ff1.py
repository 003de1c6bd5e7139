"""FF1 over the characters of an alphabet."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Accepts, Operator


class Ff1Options(BaseModel):
    """Which characters are enciphered."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    alphabet: Literal["digits", "lower", "alnum", "hex"] = Field(
        default="digits",
        description="The characters that are enciphered: `digits` (0-9), `lower` (a-z), `alnum` "
        "(0-9, A-Z, a-z) or `hex` (0-9, a-f). Blanks and `- . , / : + ( )` stay where they are; a "
        "text with anything else becomes a code that begins with `_`.",
    )


OPERATOR = Operator(
    name="ff1",
    description=(
        "Enciphers a text by FF1 (NIST SP 800-38G Rev. 1) within its alphabet and length; below a "
        "million values by a keyed permutation."
    ),
    accepts=Accepts.ANY,
    keeps="length, blanks and marks",
    options=Ff1Options,
    reversible=True,
    limits="texts with characters outside the alphabet stay masked",
)
