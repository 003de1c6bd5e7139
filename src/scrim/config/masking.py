"""The masking key, and which operator masks which entity."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from scrim.config.base import EntityName, EnvironmentName, FilePath, Settings
from scrim.config.operators import Operator

ProfileName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
OperatorsByEntity = Annotated[dict[EntityName, Operator], Field(max_length=1000)]


class Masking(Settings):
    """Where the masking key comes from, and the operators that differ from the defaults."""

    key_file: FilePath | None = Field(
        default=None,
        description="File with the 32-byte masking key; readable by its owner only.",
    )
    key_env: EnvironmentName | None = Field(
        default=None, description="Environment variable with the masking key in base64."
    )
    operators: OperatorsByEntity = Field(
        default_factory=dict,
        description="Operator per entity, where it differs from the default: a name, or a mapping "
        "of `name` and options.",
    )

    profile: ProfileName | None = Field(
        default=None,
        description="Ready operators for a purpose, such as `analytics`; `operators` go before "
        "them. docs/reference/profiles.md lists them.",
    )

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if (self.key_file is None) == (self.key_env is None):
            raise ValueError("needs exactly one of key_file and key_env")
        return self
