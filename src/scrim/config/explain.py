"""Turns the validator's findings into words for the person who wrote the file."""

import difflib
from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from scrim.config.document import KeyPath

_REASONS = {
    "missing": ("is missing", "add it"),
    "int_type": ("must be a whole number", "write it without quotes"),
    "int_parsing": ("must be a whole number", "write digits only"),
    "int_from_float": ("must be a whole number", "remove the fraction"),
    "bool_type": ("must be true or false", ""),
    "bool_parsing": ("must be true or false", ""),
    "string_type": ("must be text", "put it in quotes"),
    "path_type": ("must be a path", "put it in quotes"),
    "list_type": ("must be a list", "write it as [first, second]"),
    "dict_type": ("must be a mapping", "write `key: value` lines under it"),
    "model_type": ("must be a mapping", "write `key: value` lines under it"),
    "model_attributes_type": ("must be a mapping", "write `key: value` lines under it"),
    "string_pattern_mismatch": ("has characters or a form that are not allowed here", ""),
    "string_too_long": ("is too long", "shorten it"),
    "string_too_short": ("is empty", "fill it in"),
    "too_short": ("is empty", "fill it in"),
    "too_long": ("has too many entries", "split the installation"),
}


_NOT_YET = frozenset({("state",), ("identity", "oidc")})
"""Settings that are planned: to accept them would be to let somebody rely on them."""


def key_path(location: tuple[str | int, ...]) -> KeyPath:
    """Return a finding's place without the marker that pydantic adds for a mapping's keys."""
    return tuple(part for part in location if part != "[key]")


def key_text(path: KeyPath) -> str:
    """Write a key path as people do: `connections.shop.tags`, with `[2]` for a list's item."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if len(part) <= 64 else part[:61] + "..."
            text += f".{name}" if text else name
    return text


def explain(detail: Mapping[str, Any], root: type[BaseModel]) -> tuple[str, str]:
    """Say what a finding means and what to do about it, without any value from the file.

    Args:
        detail: One entry of `ValidationError.errors()`.
        root: The model that was checked.

    Returns:
        The reason and the advice.
    """
    kind = str(detail["type"])
    context = detail.get("ctx") or {}
    if kind == "extra_forbidden":
        if key_path(detail["loc"]) in _NOT_YET:
            return "is not in this version yet", "remove it"
        return "is not a known setting", _known_settings(key_path(detail["loc"]), root)
    if kind == "value_error":
        return str(context.get("error", "cannot be used")), ""
    if kind == "literal_error":
        return "is not one of the possible values", f"choose {context.get('expected', '')}"
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = context.get("ge", context.get("le"))
        word = "at least" if kind == "greater_than_equal" else "at most"
        return f"must be {word} {bound}", "change the number"
    return _REASONS.get(kind, ("cannot be used here", "see docs/reference/configuration.md"))


def _known_settings(path: KeyPath, root: type[BaseModel]) -> str:
    """Name the setting that was probably meant, or those that exist there."""
    model = _model_at(path[:-1], root)
    if model is None or not isinstance(path[-1], str):
        return "remove it"
    names = sorted(model.model_fields)
    if not names:
        return "remove it: there are no settings here"
    close = difflib.get_close_matches(path[-1], names, n=1)
    return f"did you mean {close[0]}?" if close else f"choose from {', '.join(names)}"


def _model_at(path: KeyPath, root: type[BaseModel]) -> type[BaseModel] | None:
    """Follow a key path through the models' fields."""
    current: Any = root
    for part in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(str(part))
            current = None if field is None else field.annotation
        elif get_origin(current) in {dict, list}:
            current = get_args(current)[-1]
        current = _bare(current)
        if current is None:
            return None
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _bare(annotation: object) -> object:
    """Strip `Annotated` and `| None` from an annotation."""
    while True:
        if hasattr(annotation, "__metadata__"):
            annotation = getattr(annotation, "__origin__", None)
        elif get_origin(annotation) in {Union, UnionType}:
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation
