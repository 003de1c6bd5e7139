"""ErrorResponse and NoticeResponse: reading them, writing them, and the gateway's own errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from scrim.protocols.postgres.framing import frame
from scrim.wire import ProtocolError

if TYPE_CHECKING:
    from scrim.domain.decision import Refusal

ERROR = "E"
NOTICE = "N"
MAX_FIELDS = 64
_UNKNOWN_STATE = "XX000"
_SQLSTATE = re.compile(r"[0-9A-Z]{5}")


@dataclass(frozen=True, slots=True)
class ErrorFields:
    """The fields of an ErrorResponse or a NoticeResponse.

    Attributes:
        fields: Text by field code, such as `C` for the SQLSTATE, in the order of arrival.
    """

    fields: Mapping[str, str] = field(repr=False)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body; text that is not UTF-8 is kept with replacement characters.

        Raises:
            ProtocolError: If it is not exactly one list of fields.
        """
        fields: dict[str, str] = {}
        offset = 0
        while offset < len(body) and body[offset]:
            end = body.find(b"\0", offset + 1)
            if end < 0 or len(fields) >= MAX_FIELDS:
                raise ProtocolError("an ErrorResponse message is malformed")
            fields[chr(body[offset])] = body[offset + 1 : end].decode("utf-8", "replace")
            offset = end + 1
        if offset != len(body) - 1:
            raise ProtocolError("an ErrorResponse message is malformed")
        return cls(fields)

    @classmethod
    def from_refusal(cls, refusal: "Refusal", severity: str = "ERROR") -> Self:
        """Return the fields that say why the gateway refused.

        Args:
            refusal: The reason.
            severity: `ERROR`, or `FATAL` when the session ends.
        """
        fields = {"S": severity, "V": severity, "C": refusal.code, "M": refusal.message}
        if refusal.detail:
            fields["D"] = refusal.detail
        if refusal.hint:
            fields["H"] = refusal.hint
        return cls(fields)

    @property
    def severity(self) -> str:
        """The severity in English."""
        return self.fields.get("V", self.fields.get("S", ""))

    @property
    def code(self) -> str:
        """The SQLSTATE."""
        return self.fields.get("C", _UNKNOWN_STATE)

    @property
    def safe_code(self) -> str:
        """The SQLSTATE for a text of the gateway's own: `unknown` if it is none."""
        return self.code if _SQLSTATE.fullmatch(self.code) else "unknown"

    @property
    def message(self) -> str:
        """The primary message. It may contain values: not for logs."""
        return self.fields.get("M", "")

    def with_fields(self, fields: Mapping[str, str]) -> Self:
        """Return a copy with other fields."""
        return replace(self, fields=fields)

    def encode(self, kind: str = ERROR) -> bytes:
        """Return the message's bytes.

        Args:
            kind: `E` for an ErrorResponse, `N` for a NoticeResponse.
        """
        parts = [
            code.encode("latin-1") + value.encode().replace(b"\0", b"") + b"\0"
            for code, value in self.fields.items()
        ]
        return frame(kind, b"".join(parts) + b"\0")
