"""How scrim.yaml names a masking operator and its options."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

OptionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class OperatorChoice(BaseModel):
    """An operator by name, with its options beside the name.

    Which options an operator takes is declared in `scrim.masking.operators`; they are checked
    there, before the gateway starts.
    """

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    name: OptionName = Field(description="Name of the operator, such as `redact` or `partial`.")

    @property
    def options(self) -> dict[str, Any]:
        """The options given beside the name."""
        return dict(self.model_extra or {})


def _from_name(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


Operator = Annotated[OperatorChoice, BeforeValidator(_from_name)]
"""An operator, written as its name or as a mapping of `name` and options."""
