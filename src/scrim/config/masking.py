"""The masking key, and which operator masks which entity."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from scrim.config.base import EntityName, EnvironmentName, FilePath, Settings
from scrim.config.operators import Operator

ProfileName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
OperatorsByEntity = Annotated[dict[EntityName, Operator], Field(max_length=1000)]

PolicyOperatorName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
OperatorsByName = Annotated[dict[PolicyOperatorName, Operator], Field(max_length=1000)]

ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
ProviderOptions = Annotated[dict[str, str], Field(max_length=100)]


class KeyProvider(Settings):
    """What encrypts the keys that lie in the key file, so that the file alone is worth nothing."""

    name: ProviderName = Field(
        description="`local`, `environment`, or the name that a plug-in gives its own."
    )
    file: FilePath | None = Field(
        default=None,
        description="File with the key-encryption key of `local`; readable by its owner only.",
    )
    variable: EnvironmentName | None = Field(
        default=None,
        description="Environment variable with the key-encryption key of `environment`, in base64.",
    )
    options: ProviderOptions = Field(
        default_factory=dict,
        description="What the provider of a plug-in is told, such as a region.",
    )

    @model_validator(mode="after")
    def _names_its_key(self) -> Self:
        if (self.name == "local") != (self.file is not None):
            raise ValueError("needs file if, and only if, its name is local")
        if (self.name == "environment") != (self.variable is not None):
            raise ValueError("needs variable if, and only if, its name is environment")
        if self.options and self.name in {"local", "environment"}:
            raise ValueError("takes options for the providers of plug-ins only")
        return self


class Masking(Settings):
    """Where the masking key comes from, and the operators that differ from the defaults."""

    key_file: FilePath | None = Field(
        default=None,
        description="File with the masking key, as `scrim key generate` writes it, or 32 bytes; "
        "readable by its owner only.",
    )
    key_env: EnvironmentName | None = Field(
        default=None, description="Environment variable with the masking key in base64."
    )
    key_provider: KeyProvider | None = Field(
        default=None, description="What encrypts the keys in `key_file`; without it they lie plain."
    )
    operators: OperatorsByEntity = Field(
        default_factory=dict,
        description="Operator per entity, where it differs from the default: a name, or a mapping "
        "of `name` and options.",
    )

    named: OperatorsByName = Field(
        default_factory=dict,
        description="Operators with their options by a name of your own, which policies name by "
        "`@operator`: a name, or a mapping of `name` and options.",
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
        if self.key_provider is not None and self.key_file is None:
            raise ValueError("has a key_provider, which needs key_file")
        return self
