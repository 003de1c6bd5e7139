"""Structured logs on standard error: JSON lines, or short lines for people at a terminal.

Logs never hold values, SQL or secrets. Three rules see to that: events of scrim carry a constant
message and named fields; an exception is logged by its type and place, never by its text, which may
quote what it choked on; and a record of any other library shows where it came from and nothing of
what it says, because its message may have data formatted into it.
"""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO

MAX_FIELD_CHARS = 500
MAX_FRAMES = 20
OWN_LOGGERS = "scrim"

_COLOURS = {"debug": "\x1b[2m", "warning": "\x1b[33m", "error": "\x1b[31m", "critical": "\x1b[31m"}
_RESET = "\x1b[0m"

FieldValue = str | int | float | bool | None


def event(logger: logging.Logger, level: int, message: str, **fields: FieldValue) -> None:
    """Log a constant message with named fields.

    Args:
        logger: A logger below `scrim`.
        level: A level of the `logging` module.
        message: What happened, always the same words for the same event.
        **fields: What tells this event from the next one; names, numbers, never values.
    """
    logger.log(level, message, extra={"fields": fields})


def failure(
    logger: logging.Logger, message: str, error: BaseException, **fields: FieldValue
) -> None:
    """Log an unexpected exception by its type and place, at level error."""
    place = (type(error), error, error.__traceback__)
    logger.error(message, exc_info=place, extra={"fields": fields})


def configure(
    level: str = "info",
    style: Literal["json", "text"] = "json",
    worker_index: int | None = None,
    stream: TextIO | None = None,
) -> None:
    """Send all logs of this process to one stream, replacing what was configured before.

    Args:
        level: Least severe level to write, in lower case.
        style: `json` for machines; `text` for people. A terminal always gets text.
        worker_index: The worker that this process is, None in the supervisor.
        stream: Where to write; standard error by default.
    """
    target = stream or sys.stderr
    terminal = target.isatty()
    formatter: logging.Formatter
    if style == "text" or terminal:
        formatter = TextFormatter(worker_index, colours=terminal)
    else:
        formatter = JsonFormatter(worker_index)
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN_LOGGERS).setLevel(level.upper())
    # An interpreter must not print what a formatter failed on: it would show the record's data.
    logging.raiseExceptions = False


class JsonFormatter(logging.Formatter):
    """One JSON object per record."""

    def __init__(self, worker_index: int | None = None) -> None:
        """Keep the worker's index, which every line carries."""
        super().__init__()
        self._worker_index = worker_index

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, Any] = {
            "time": _time(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if self._worker_index is not None:
            line["worker"] = self._worker_index
        line |= {name: value for name, value in _fields(record).items() if name not in line}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__qualname__
            line["frames"] = _frames(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


class TextFormatter(logging.Formatter):
    """`hour:minute:second level message name=value ...`, for people."""

    def __init__(self, worker_index: int | None = None, *, colours: bool = False) -> None:
        """Keep the worker's index, which every line carries, and whether to colour levels."""
        super().__init__()
        self._worker_index = worker_index
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        level = record.levelname.lower()
        shown = f"{level:<7}"
        if self._colours and level in _COLOURS:
            shown = f"{_COLOURS[level]}{shown}{_RESET}"
        parts = [f"{_time(record):%H:%M:%S}", shown, _message(record)]
        fields = _fields(record)
        if self._worker_index is not None:
            fields["worker"] = self._worker_index
        parts += [f"{_one_line(name)}={value}" for name, value in fields.items()]
        if record.exc_info and record.exc_info[0] is not None:
            frames = _frames(record.exc_info[2])
            parts.append(f"exception={record.exc_info[0].__qualname__} at {' < '.join(frames)}")
        return " ".join(parts)


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, tz=UTC)


def _message(record: logging.LogRecord) -> str:
    """Return the message of an own record; of a foreign one only where it came from."""
    if record.name == OWN_LOGGERS or record.name.startswith(f"{OWN_LOGGERS}."):
        return _one_line(record.getMessage())[:MAX_FIELD_CHARS]
    return f"message of {record.name} withheld ({record.module}:{record.lineno})"


def _fields(record: logging.LogRecord) -> dict[str, FieldValue]:
    fields = getattr(record, "fields", None)
    if not isinstance(fields, Mapping):
        return {}
    return {str(name): _bounded(value) for name, value in fields.items()}


def _bounded(value: object) -> FieldValue:
    if value is None or isinstance(value, bool | int | float):
        return value
    return _one_line(str(value))[:MAX_FIELD_CHARS]


def _one_line(text: str) -> str:
    """Escape control characters, so that no field can forge a line or move a cursor."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _frames(trace: TracebackType | None) -> list[str]:
    """Return the innermost frames as `module:line function`, innermost first."""
    frames = traceback.extract_tb(trace)[-MAX_FRAMES:]
    return [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in reversed(frames)]
