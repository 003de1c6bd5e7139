"""What is asked of the desk, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType, NoneType
from typing import Any, Final

from scrim.domain.arguments import check_kind, check_names, check_text
from scrim.domain.column import Column
from scrim.domain.principal import Principal
from scrim.masking.types import TypeSpec
from scrim.policy.questions import SessionFacts

MAX_VALUES: Final = 1_000
MAX_VALUE_BYTES: Final = 64 * 1024
MAX_BYTES: Final = 8 << 20
MAX_REASON: Final = 500
MAX_VERSION: Final = 0xFFFF_FFFF

TEXT: Final[Mapping[str, object]] = MappingProxyType({"kind": "text"})


class RequestError(Exception):
    """A request is malformed or out of bounds. The message shows no value."""


class RevealRefusedError(Exception):
    """Policy, or whoever had to approve, does not permit what was asked."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has proven who they are.

    Attributes:
        principal: Who.
        session: How, for policies.
    """

    principal: Principal
    session: SessionFacts


@dataclass(frozen=True, slots=True)
class RevealRequest:
    """Masked values that somebody wants turned back.

    Attributes:
        connection: The connection in which they were seen.
        values: The values in PostgreSQL's text format.
        reason: Why, for the record.
        column: The column that they were seen in; None when an entity is named.
        entity: What they are, where no column is named. It needs the permission for the whole
            connection.
        type_spec: The type of the column.
        operator: The operator that a policy demanded for the column; empty for the usual one.
        version: Version of the key that they were masked with; None for the one in use, and for
            tokens of `siv` whichever made them.
    """

    connection: str
    values: tuple[str, ...] = field(repr=False)
    reason: str
    column: Column | None = None
    entity: str = ""
    type_spec: TypeSpec = field(default_factory=lambda: TEXT)
    operator: str = ""
    version: int | None = None

    def check(self) -> None:
        """Check every bound.

        Raises:
            RequestError: If one does not hold.
            TypeError: If something is of another type.
        """
        for name in ("connection", "reason", "entity", "operator"):
            check_text(name, getattr(self, name))
        check_names("values", self.values)
        check_kind("column", self.column, Column | NoneType, "a Column")
        if not self.reason.strip() or len(self.reason) > MAX_REASON:
            raise RequestError(f"a reason of 1 to {MAX_REASON} characters is needed")
        if (self.column is None) == (not self.entity):
            raise RequestError("either a column or an entity must be named")
        if not 1 <= len(self.values) <= MAX_VALUES:
            raise RequestError(f"1 to {MAX_VALUES} values can be asked for at a time")
        if self.version is not None and not 1 <= self.version <= MAX_VERSION:
            raise RequestError("the version of a key is a whole number above 0")
        try:
            sizes = [len(value.encode()) for value in self.values]
        except UnicodeEncodeError:
            raise RequestError("a value is not text") from None
        if max(sizes) > MAX_VALUE_BYTES or sum(sizes) > MAX_BYTES:
            raise RequestError(
                f"a value has at most {MAX_VALUE_BYTES} bytes, and all of them {MAX_BYTES}"
            )


@dataclass(frozen=True, slots=True)
class Revealed:
    """The answer.

    Attributes:
        values: The raw value for each masked one, None for what was not masked in this way.
        versions: The version of the key for each, None where there is no value.
        entity: What they are; empty when that is not known.
        domain: The semantic domain whose key was used.
        operator: The operator that had masked them.
    """

    values: tuple[str | None, ...] = field(repr=False)
    versions: tuple[int | None, ...]
    entity: str
    domain: str
    operator: str

    def note(self, request: RevealRequest) -> str:
        """Return what makes the values doubtful; empty where nothing does.

        Args:
            request: What was asked.
        """
        if self.entity or request.column is None:
            return ""
        return (
            f"neither a tag nor its name says what {request.column.qualified_name()} holds, if "
            f"there is such a column; its values were turned back as {self.domain}"
        )

    def document(self, request: RevealRequest) -> dict[str, Any]:
        """Return it as programs get it, from the command and over HTTP.

        Args:
            request: What was asked.
        """
        answers = zip(request.values, self.values, self.versions, strict=True)
        note = self.note(request)
        return {
            **({"note": note} if note else {}),
            "connection": request.connection,
            "column": request.column.qualified_name() if request.column else None,
            "entity": self.entity,
            "domain": self.domain,
            "operator": self.operator,
            "values": [
                {"masked": masked, "value": value, "key_version": version}
                for masked, value, version in answers
            ],
        }


@dataclass(frozen=True, slots=True)
class Pending:
    """The answer waits for an approval.

    Attributes:
        request: Its identifier, to ask once more with.
        groups: The groups of which somebody has to approve it, each.
        expires: Until when it can be approved and used.
    """

    request: str
    groups: tuple[str, ...]
    expires: datetime
