"""The base of every settings model, and the value types that several of them share."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
)

MAX_PATH_CHARACTERS = 4096
MAX_PORT = 65535
_DURATION = re.compile(r"([0-9]{1,9})\s*(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Settings(BaseModel):
    """A block of scrim.yaml: immutable, with unknown keys refused and values never echoed."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,
        str_max_length=65536,
    )


def _resolve(path: Path, info: ValidationInfo) -> Path:
    """Anchor a relative path at the folder of the file that names it."""
    if "\0" in str(path) or len(str(path)) > MAX_PATH_CHARACTERS:
        raise ValueError("is not a usable path; give a shorter path without NUL characters")
    folder = (info.context or {}).get("folder")
    return path if folder is None or path.is_absolute() else Path(folder) / path


FilePath = Annotated[Path, AfterValidator(_resolve)]
"""A path; relative ones are resolved against the folder of scrim.yaml."""


def parse_duration(value: object) -> timedelta:
    """Read a duration such as `30s`, `15m`, `12h` or `7d`.

    Args:
        value: The text, or a timedelta that is returned unchanged.

    Raises:
        ValueError: If the value is not a duration.
    """
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(
            "is not a duration; write a number and a unit, such as 30s, 15m, 12h or 7d"
        )
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def format_duration(value: timedelta) -> str:
    """Write a duration in the largest unit that holds it exactly."""
    milliseconds = round(value.total_seconds() * 1000)
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


Duration = Annotated[
    timedelta, BeforeValidator(parse_duration), PlainSerializer(format_duration, return_type=str)
]
"""A duration, written as a number and a unit."""

EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
"""The name of an environment variable."""

EntityName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}(\.[a-z0-9_]{1,32}){0,3}$")
]
"""The name of an entity or a tag, such as `contact.email`."""

ConnectionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.\-]{0,62}$")]
"""The name of a connection, which clients give as their database."""

PrincipalName = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x20\x7f\"\\][^\x00-\x1f\x7f\"\\]{0,127}$")
]
"""The name of a user, an agent or a service."""

GroupName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@:/\-]{0,127}$")]
"""The name of a group."""

ProtocolName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""The name of a protocol folder, such as `postgres`."""

Milliseconds = Annotated[int, Field(ge=0, le=86_400_000 * 7)]
"""A time limit; the description says what 0 means."""


class Address(Settings):
    """Where a listener waits, written as `host:port` or `[::1]:port`."""

    host: str = Field(min_length=1, max_length=253, description="Name or address to listen on.")
    port: int = Field(ge=0, le=MAX_PORT, description="Port; 0 lets the system choose one.")

    def __str__(self) -> str:
        """Return the form that scrim.yaml uses."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the address."""
        return self.host in {"localhost", "::1"} or self.host.startswith("127.")


def parse_address(value: object) -> object:
    """Turn `host:port` into the fields of an Address; leave mappings and models alone."""
    if not isinstance(value, str):
        return value
    host, separator, port = value.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError("has an IPv6 address without brackets; write it as [::1]:6432")
    if not separator or not host or not re.fullmatch(r"[0-9]{1,5}", port):
        raise ValueError('is not an address; write host:port, such as "127.0.0.1:6432"')
    return {"host": host, "port": int(port)}


ListenAddress = Annotated[Address, BeforeValidator(parse_address)]
"""An Address that may be written as one string."""


def refuse_repeats(value: object) -> object:
    """Refuse a list that names something twice, which is nearly always a slip."""
    if isinstance(value, list) and len(value) != len({str(item) for item in value}):
        raise ValueError("names something twice; remove the repetition")
    return value
