"""The data stores behind the gateway, and how it signs in to each."""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from scrim.config.base import (
    MAX_PORT,
    EntityName,
    EnvironmentName,
    FilePath,
    Milliseconds,
    ProtocolName,
    Settings,
    refuse_repeats,
)
from scrim.config.masking import OperatorsByEntity, ProfileName
from scrim.config.relation_names import check_name, split_name

Identifier = Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,128}$")]
Tags = Annotated[list[EntityName], BeforeValidator(refuse_repeats), Field(max_length=64)]
TaggedName = Annotated[str, StringConstraints(max_length=400), AfterValidator(check_name)]
TlsMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]


class UpstreamTls(Settings):
    """TLS on the data store's side; the modes are those of libpq's `sslmode`."""

    mode: TlsMode = Field(
        default="verify-full",
        description="How much the connection must prove. Ignored for Unix-domain sockets.",
    )
    ca_file: FilePath | None = Field(
        default=None,
        description="PEM file with the authorities to trust; the system's without it.",
    )
    certificate: FilePath | None = Field(
        default=None, description="PEM file with the gateway's client certificate."
    )
    key: FilePath | None = Field(
        default=None, description="PEM file with its private key; readable by its owner only."
    )

    @model_validator(mode="after")
    def _whole_pair(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("needs both certificate and key, or neither")
        return self


def _from_mode(value: object) -> object:
    return {"mode": value} if isinstance(value, str) else value


class Upstream(Settings):
    """Where a data store is and who the gateway is there."""

    host: str = Field(
        min_length=1,
        max_length=4096,
        description="Host name, address, or the folder of a Unix-domain socket.",
    )
    port: int = Field(default=5432, ge=1, le=MAX_PORT, description="Port.")
    database: Identifier = Field(description="Database to open.")
    user: Identifier = Field(description="The gateway's own user there.")
    password_file: FilePath | None = Field(
        default=None, description="File with the password; readable by its owner only."
    )
    password_env: EnvironmentName | None = Field(
        default=None, description="Environment variable with the password."
    )
    passfile: FilePath | None = Field(
        default=None, description="Password file in the form of `.pgpass`."
    )
    tls: Annotated[UpstreamTls, BeforeValidator(_from_mode)] = Field(
        default_factory=UpstreamTls, description="A TLS mode, or a mapping of the settings below."
    )
    connect_timeout_ms: Milliseconds = Field(
        default=10_000, ge=1, description="Time to connect and sign in."
    )

    @property
    def unix_socket(self) -> bool:
        """Whether the host is the folder of a Unix-domain socket."""
        return self.host.startswith("/")

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if sum(x is not None for x in (self.password_file, self.password_env, self.passfile)) > 1:
            raise ValueError("takes only one of password_file, password_env and passfile")
        return self


class Pool(Settings):
    """Upstream sessions that one worker keeps for one connection."""

    max_connections: int = Field(
        default=50, ge=1, le=100_000, description="Upstream sessions at one time, in each worker."
    )
    max_per_principal: int = Field(
        default=50, ge=1, le=100_000, description="The same for one principal."
    )
    wait_timeout_ms: Milliseconds = Field(
        default=10_000, ge=1, description="Time that a client waits for a session before an error."
    )
    idle_timeout_ms: Milliseconds = Field(
        default=300_000,
        description="Time after which an unused session is closed; 0 means never.",
    )
    max_lifetime_ms: Milliseconds = Field(
        default=3_600_000, description="Age at which a session is not used again; 0 means any."
    )
    min_idle: int = Field(
        default=0, ge=0, le=100_000, description="Unused sessions that are kept ready."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.min_idle > self.max_connections:
            raise ValueError("has min_idle above max_connections; lower the former")
        return self


class Detection(Settings):
    """What values are searched for."""

    enabled: bool = Field(
        default=True,
        description="Whether values are scanned. When false, a column that would be scanned is "
        "masked whole instead.",
    )
    entities: Annotated[list[EntityName], BeforeValidator(refuse_repeats)] | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Entities that values are searched for; without it all that are not "
        "informational, and those that an operator or the profile names. Tags and names of columns "
        "count whatever it says.",
    )


class FilterBudget(Settings):
    """How much a principal may find out by conditions on one column that it does not see raw."""

    values: int = Field(
        default=100,
        ge=0,
        le=1_000_000,
        description="Distinct values that one principal may compare one column with in an hour.",
    )
    rows: int = Field(
        default=100,
        ge=0,
        le=1_000_000,
        description="Distinct statements with a condition on one column that may tell one "
        "principal of a single row, or of none, in an hour.",
    )


class Connection(Settings):
    """One data store; clients give the connection's key as their database."""

    protocol: ProtocolName = Field(description="Protocol of the data store, such as `postgres`.")
    upstream: Upstream = Field(description="Where the data store is.")
    pool: Pool = Field(default_factory=Pool, description="Upstream sessions.")
    tags: Annotated[dict[TaggedName, Tags], Field(max_length=100_000)] = Field(
        default_factory=dict,
        description="Tags of columns (`schema.relation.column`) and relations "
        "(`schema.relation`). A tag that is an entity's name says what the column holds.",
    )
    operators: OperatorsByEntity = Field(
        default_factory=dict, description="Operators that differ from `masking.operators` here."
    )
    profile: ProfileName | None = Field(
        default=None,
        description="Profile in place of `masking.profile`; operators that are named, here or in "
        "`masking.operators`, go before it.",
    )
    masked_writes: Literal["turn_back", "as_written", "refuse"] = Field(
        default="turn_back",
        description="What becomes of a value that a principal writes to a column that it sees "
        "masked: it is a masked one and `turn_back` writes the real one, or it is a new one that "
        "is stored `as_written`, or the statement is refused.",
    )
    filtering: Literal["budget", "refuse", "allow"] = Field(
        default="budget",
        description="What becomes of conditions on columns that a principal neither sees raw nor "
        "has a `filter` permit for: what is asked is counted against `filter_budget`, the "
        "statement is refused, or it is allowed.",
    )
    filter_budget: FilterBudget = Field(
        default_factory=FilterBudget,
        description="How much a principal may ask of a protected column in an hour.",
    )
    detection: Detection = Field(
        default_factory=Detection, description="What values are searched for."
    )

    @cached_property
    def column_tags(self) -> dict[tuple[str, str, str], frozenset[str]]:
        """Tags by schema, relation and column name, unquoted."""
        names = ((split_name(name), tags) for name, tags in self.tags.items())
        return {(n[0], n[1], n[2]): frozenset(tags) for n, tags in names if len(n) == 3}

    @cached_property
    def relation_tags(self) -> dict[tuple[str, str], frozenset[str]]:
        """Tags by schema and relation name, unquoted; they hold for each of its columns."""
        names = ((split_name(name), tags) for name, tags in self.tags.items())
        return {(n[0], n[1]): frozenset(tags) for n, tags in names if len(n) == 2}
