"""Audit records as text for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from scrim.audit.reader import BROKEN, statement_name
from scrim.cli.failures import printable

MAX_STATEMENT_CHARS = 160

_HEAD = {"record", "time", "gateway", "worker", "session", "statement_id", "event"}


def summary(record: Mapping[str, Any]) -> str:
    """Return a record as one line."""
    kind = str(record.get("record", "?"))
    parts = [str(record.get("time", "")), f"{kind:<7}", statement_name(dict(record))]
    match kind:
        case "intent":
            parts += _intent(record)
        case "outcome":
            parts += _figures(record)
        case "columns":
            parts += [_columns(record)]
        case "privacy":
            parts += [str(record.get("event", "")), *_facts(record)]
        case "verdict":
            parts += [f"{record.get('connection')}:", *_verdict(record)]
        case "key":
            versions = _text(record.get("versions", []))
            parts += [str(record.get("event", "")), f"versions={versions}", *_figures(record)]
        case "session" | "gateway" | "reveal":
            parts += [str(record.get("event", "")), *_figures(record)]
        case _ if kind == BROKEN:
            parts += [f"cannot be read: {record.get('segment')} at byte {record.get('position')}"]
    return printable(" ".join(part for part in parts if part))


def _intent(record: Mapping[str, Any]) -> Iterator[str]:
    yield _chain(record)
    yield str(record.get("decision", "")).upper()
    yield f"{record.get('connection')}:"
    refusal = record.get("refusal")
    if isinstance(refusal, Mapping):
        yield f"[{refusal.get('code')}]"
    statement = " ".join(str(record.get("statement", "")).split())
    short = len(statement) <= MAX_STATEMENT_CHARS
    yield statement if short else statement[: MAX_STATEMENT_CHARS - 1] + "…"


def _chain(record: Mapping[str, Any]) -> str:
    chain = record.get("principal")
    links = chain if isinstance(chain, list) else []
    return " for ".join(str(link.get("name")) for link in links if isinstance(link, Mapping))


def _columns(record: Mapping[str, Any]) -> str:
    columns = record.get("columns")
    entries = [entry for entry in columns if isinstance(entry, Mapping)] if columns else []
    return " ".join(f"{entry.get('name')}={entry.get('treatment')}" for entry in entries)


def _verdict(record: Mapping[str, Any]) -> Iterator[str]:
    yield f"{record.get('relation')}.{record.get('column')}"
    yield f"{record.get('former') or 'nothing'} -> {record.get('entity') or 'nothing'}"
    evidence = record.get("evidence")
    yield f"({'; '.join(map(str, evidence))})" if isinstance(evidence, list) else ""


def _figures(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield every plain field that the head of the line does not show."""
    if "principal" in record:
        yield _chain(record)
    for name, value in record.items():
        if name not in _HEAD and isinstance(value, str | int | float) and value != "":
            yield f"{name}={value}"


def _facts(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields of an act that has no chain of principals, by name."""
    for name in ("user", "principal", "dataset", "epsilon", "delta", "query", "reason"):
        if name in record:
            yield f"{name}={record[name]}"


def details(record: Mapping[str, Any]) -> str:
    """Return a record as an indented block."""
    title = f"{record.get('record', '?')} {record.get('event', '')}".rstrip()
    lines = [f"{record.get('time', '')}  {title}"]
    for name, value in record.items():
        if name not in {"record", "time", "event"}:
            lines += _field(name, value)
    return "\n".join(printable(line) for line in lines) + "\n"


def _field(name: str, value: object) -> Iterator[str]:
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        yield f"  {name}:"
        for item in value:
            yield "    - " + ", ".join(f"{key} {_text(part)}" for key, part in item.items())
    elif isinstance(value, Mapping):
        yield f"  {name}: " + ", ".join(f"{key} {_text(part)}" for key, part in value.items())
    elif value not in ("", None, []):
        yield f"  {name}: {_text(value)}"


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())
