"""The page of the command line, from the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from scrim.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
# The command line

<!-- Written by scripts/reference.py from src/scrim/cli; change the descriptions there. -->

"""


def commands_page() -> str:
    """Return the page."""
    root = typer.main.get_group(app)
    return HEAD + plain(root.help) + "\n" + "".join(described(root, "scrim")) + "\n"


def described(command: object, name: str) -> Iterator[str]:
    """Yield a command, or the commands below it.

    Args:
        command: The command.
        name: All words that call it.
    """
    if isinstance(command, TyperGroup):
        for below, inner in command.commands.items():
            yield from described(inner, f"{name} {below}")
        return
    if not isinstance(command, TyperCommand):
        raise SystemExit(f"{name} is not a command that this script understands")
    shown = [item for item in command.params if not getattr(item, "hidden", False)]
    arguments = " ".join(
        (item.metavar or str(item.name)).upper()
        for item in shown
        if isinstance(item, TyperArgument)
    )
    yield f"\n## `{name}{' ' if arguments else ''}{arguments}`\n\n{plain(command.help)}\n"
    options = [item for item in shown if isinstance(item, TyperOption) and item.name != "help"]
    if options:
        yield "\n| option | default | |\n|---|---|---|\n"
    for option in options:
        yield f"| {spelling(option)} | {default(option)} | {option.help or ''} |\n"


def spelling(option: TyperOption) -> str:
    """Say how an option is written.

    Args:
        option: The option.
    """
    value = "" if option.is_flag else f" {option.metavar or str(option.name).upper()}"
    return ", ".join(f"`{form}{value}`" for form in (*option.opts, *option.secondary_opts))


def default(option: TyperOption) -> str:
    """Say what an option is when it is not given.

    Args:
        option: The option.
    """
    if option.required:
        return "required"
    return "" if option.is_flag or option.default in {None, ""} else f"`{option.default}`"


def plain(text: str | None) -> str:
    """Return a help text with its lines joined into paragraphs.

    Args:
        text: The text.
    """
    paragraphs = (text or "").replace("\b", "").strip().split("\n\n")
    return "\n\n".join(" ".join(part.split()) for part in paragraphs)
