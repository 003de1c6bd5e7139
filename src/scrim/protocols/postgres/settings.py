"""The settings that a client asks for in its startup packet, and how they reach its session.

An upstream session is taken from the pool only when the client sends its first statement. What the
client asked for is then set by one statement before that.
"""

import re
import shlex
from collections.abc import Collection, Mapping
from typing import Final

from scrim.domain.decision import Refusal

NOT_SETTINGS: Final = frozenset({"user", "database", "options", "replication"})
PROTOCOL_PREFIX: Final = "_pq_."
MAX_SETTINGS: Final = 100
MAX_VALUE_CHARACTERS: Final = 1000

UTF8_NAMES: Final = frozenset({"utf8", "utf-8", "unicode"})
IDENTITY_SETTINGS: Final = frozenset({"role", "session_authorization"})
"""Settings by which a session would become somebody else."""

REPORTED: Final = {
    "application_name": "application_name",
    "client_encoding": "client_encoding",
    "timezone": "TimeZone",
}
"""Settings whose reported value is the one that was asked for, by their lower-case name."""

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*")


PURPOSE: Final = "scrim.purpose"
"""The startup option by which a client says what it is for."""


class SettingError(Exception):
    """A setting cannot be granted.

    Attributes:
        refusal: What to tell the client.
    """

    def __init__(self, refusal: Refusal) -> None:
        """Keep the refusal."""
        super().__init__(refusal.message)
        self.refusal = refusal


def client_settings(parameters: Mapping[str, str], *, raw: bool) -> dict[str, str]:
    """Return the settings of a startup packet, those in `options` among them.

    What the gateway alone is told, the purpose, is not among them.

    Args:
        parameters: The packet's parameters.
        raw: Whether the principal has raw access, so that nothing depends on how text is read.

    Raises:
        SettingError: If one of them is malformed or would undermine masking.
    """
    requested = _requested(parameters)
    settings = {name: value for name, value in requested.items() if name.lower() != PURPOSE}
    if len(settings) > MAX_SETTINGS:
        raise _refused("54000", f"more than {MAX_SETTINGS} settings in the startup packet")
    for name, value in settings.items():
        _check(name, value, raw=raw)
    return settings


def stated_purpose(parameters: Mapping[str, str], known: Collection[str]) -> str:
    """Return the purpose that a client states in its startup packet; empty when it states none.

    Args:
        parameters: The packet's parameters.
        known: The purposes that may be stated.

    Raises:
        SettingError: If it is another one, or `options` cannot be read.
    """
    requested = _requested(parameters)
    stated = {value for name, value in requested.items() if name.lower() == PURPOSE}
    if not stated:
        return ""
    purpose = stated.pop()
    if stated or purpose not in known:
        raise _refused(
            "22023",
            f"the startup parameter {PURPOSE} names no purpose that may be stated here",
            "Leave it out, or have the operator add the purpose to identity.stated_purposes.",
        )
    return purpose


def _requested(parameters: Mapping[str, str]) -> dict[str, str]:
    return dict(_options(parameters.get("options", ""))) | {
        name: value
        for name, value in parameters.items()
        if name not in NOT_SETTINGS and not name.startswith(PROTOCOL_PREFIX)
    }


def _options(text: str) -> list[tuple[str, str]]:
    """Return the settings of the `options` parameter: `-c name=value` and `--name=value`."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise _refused("22023", "the startup parameter options cannot be read") from None
    found: list[tuple[str, str]] = []
    pending = False
    for word in words:
        if pending:
            setting, pending = word, False
        elif word == "-c":
            pending = True
            continue
        elif word.startswith("-c"):
            setting = word[2:]
        elif word.startswith("--"):
            setting = word[2:].replace("-", "_")
        else:
            raise _refused("22023", "the startup parameter options has a switch other than -c")
        name, separator, value = setting.partition("=")
        if not separator:
            raise _refused("22023", "the startup parameter options has a setting without a value")
        found.append((name, value))
    if pending:
        raise _refused("22023", "the startup parameter options ends after -c")
    return found


def _check(name: str, value: str, *, raw: bool) -> None:
    if not _NAME.fullmatch(name) or len(name) > MAX_VALUE_CHARACTERS:
        raise _refused("22023", "a startup parameter has a name that no setting can have")
    if len(value) > MAX_VALUE_CHARACTERS:
        raise _refused("22023", f"the startup parameter {name} is too long")
    lower = name.lower()
    if lower in IDENTITY_SETTINGS:
        raise _refused(
            "42501",
            f"the startup parameter {name} is not permitted",
            "Sign in as who you are, and leave it out of the connection's options.",
        )
    if raw:
        return
    if lower == "client_encoding" and value.lower().strip("'\"") not in UTF8_NAMES:
        raise _refused(
            "0A000",
            "only the client encoding UTF8 is served where values are masked",
            "Set client_encoding to UTF8, for example by PGCLIENTENCODING=UTF8.",
        )
    if lower == "standard_conforming_strings" and value.lower() not in {"on", "true", "yes", "1"}:
        raise _refused(
            "0A000",
            "standard_conforming_strings cannot be turned off",
            "Leave it on, and write E'...' for strings with escapes.",
        )

    if lower == "extra_float_digits" and value.strip() not in {"0", "1", "2", "3"}:
        raise _refused(
            "0A000",
            "extra_float_digits has to be 0 to 3 where values are masked",
            "Leave it out: with fewer digits, numbers that are masked would look alike.",
        )


def _refused(code: str, message: str, hint: str = "") -> SettingError:
    return SettingError(Refusal(code, message, hint=hint))


def settings_statement(settings: Mapping[str, str]) -> bytes:
    """Return the statement that makes `settings`, empty without any.

    `set_config` reads a list such as `search_path` as the startup packet does; SET would take it
    for one name.
    """
    if not settings:
        return b""
    calls = (
        b"pg_catalog.set_config(%s, %s, false)" % (_quoted(name), _quoted(value))
        for name, value in settings.items()
    )
    return b"SELECT " + b", ".join(calls)


def _quoted(value: str) -> bytes:
    """Quote a value so that it reads the same whatever standard_conforming_strings says."""
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return b"E'%s'" % escaped.encode()


def reported_settings(
    parameters: Mapping[str, str], settings: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return what a session reports at its start: the store's values, and the client's own.

    Args:
        parameters: What a fresh session of the store reported.
        settings: What the client asked for.
    """
    reported = dict(parameters)
    for name, value in settings.items():
        canonical = REPORTED.get(name.lower())
        if canonical is not None:
            utf8 = canonical == "client_encoding" and value.lower().strip("'\"") in UTF8_NAMES
            reported[canonical] = "UTF8" if utf8 else value
    reported.setdefault("application_name", "")
    return tuple(reported.items())
