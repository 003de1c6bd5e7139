"""The page of scrim.yaml, from the settings models."""

from __future__ import annotations

import types
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from scrim.config.base import Address, format_duration
from scrim.config.limits import Limits
from scrim.config.operators import OperatorChoice
from scrim.config.root import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

HEAD = """\
# scrim.yaml

<!-- Written by scripts/reference.py from src/scrim/config; change the descriptions there. -->

Every setting of the configuration file. It holds facts about an installation, never decisions:
those stand in [policies](policies.md). Unknown keys are errors, so a slip is never a silent
default. Relative paths begin at the folder of the file, and secrets are named by file or by
environment variable, never written here. `scrim serve` says everything that is wrong with a file
at once, with line, key and what to do.

Lengths of time in `_ms` settings are whole milliseconds; a duration is written with its unit, such
as `30s`, `15m`, `12h` or `7d`. An address is written `host:port`, or `[::1]:port`.
"""

# The key that stands for an entry of a mapping, by the path of the mapping.
ENTRIES = {
    "listeners": "<protocol>",
    "connections": "<name>",
    "identity.local.users": "<name>",
}
# Sections that repeat another one are only pointed to.
REPEATED = {Limits: "limits"}
WORDS: dict[object, str] = {
    bool: "true or false",
    int: "whole number",
    str: "text",
    Path: "path",
    timedelta: "duration",
    Address: "address",
    OperatorChoice: "operator",
    SecretStr: "verifier",
}


def strip(annotation: Any) -> tuple[Any, list[Any]]:  # noqa: ANN401 -- annotations have no type
    """Return an annotation without Annotated and None, and the metadata met on the way.

    Args:
        annotation: The annotation.
    """
    metadata: list[Any] = []
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            metadata += more
        elif origin in {Union, types.UnionType}:
            annotation = next(part for part in get_args(annotation) if part is not type(None))
        else:
            return annotation, metadata


def type_words(annotation: Any) -> str:  # noqa: ANN401
    """Say in words what a setting takes.

    Args:
        annotation: The setting's annotation.
    """
    plain, _ = strip(annotation)
    if get_origin(plain) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(plain))
    if get_origin(plain) is list:
        return "list"
    if get_origin(plain) is dict:
        _, value = get_args(plain)
        inner = strip(value)[0]
        return "mapping" if section_model(inner) else f"mapping to {type_words(value)}"
    if section_model(plain):
        return "mapping"
    return WORDS.get(plain, "text")


def bounds(field: FieldInfo) -> str:
    """Say between which numbers a setting may lie, nothing where it has no bounds.

    Args:
        field: The setting.
    """
    metadata = [*field.metadata, *strip(field.annotation)[1]]
    low = max((int(str(item.ge)) for item in metadata if isinstance(item, Ge)), default=None)
    high = min((int(str(item.le)) for item in metadata if isinstance(item, Le)), default=None)
    if low is None and high is None:
        return ""
    return f", {low:,} to {high:,}" if high is not None else f", at least {low:,}"


def default_words(field: FieldInfo) -> str:
    """Say what a setting is when it is not given.

    Args:
        field: The setting.
    """
    default = field.default
    if field.default_factory is not None:
        return ""
    if default is PydanticUndefined:
        return "required"
    if default is None:
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, timedelta):
        return f"`{format_duration(default)}`"
    return f"`{default}`"


def section_model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    """Return the model when a setting is a section of its own.

    Args:
        annotation: The setting's annotation.
    """
    plain, _ = strip(annotation)
    is_model = isinstance(plain, type) and issubclass(plain, BaseModel)
    return plain if is_model and plain not in WORDS else None


def children(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the sections below a section, with their paths.

    Args:
        model: The section's model.
        path: Its path.
    """
    for name, field in model.model_fields.items():
        below = f"{path}.{name}" if path else name
        plain, _ = strip(field.annotation)
        if get_origin(plain) is dict:
            inner = section_model(get_args(plain)[1])
            if inner is not None:
                yield f"{below}.{ENTRIES[below]}", inner
        elif (inner := section_model(plain)) is not None:
            yield below, inner


def section(model: type[BaseModel], path: str) -> Iterator[str]:
    """Yield the lines of a section and of those below it.

    Args:
        model: The section's model.
        path: Its path, empty for the whole file.
    """
    if model in REPEATED and path != REPEATED[model]:
        return
    yield ""
    yield f"## `{path}`" if path else "## The whole file"
    yield ""
    yield (model.__doc__ or "").strip().replace("\n    ", "\n")
    yield ""
    yield "| setting | takes | default | |"
    yield "|---|---|---|---|"
    for name, field in model.model_fields.items():
        if not field.description:
            raise SystemExit(f"{model.__name__}.{name} has no description")
        takes = type_words(field.annotation) + bounds(field)
        description = field.description.replace("|", "\\|")
        yield f"| `{name}` | {takes} | {default_words(field)} | {description} |"
    for below, inner in children(model, path):
        yield from section(inner, below)


def settings_page() -> str:
    """Return the page."""
    return HEAD + "\n".join(section(Config, "")) + "\n"
