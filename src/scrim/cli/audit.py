"""`scrim audit`: read the audit log."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrim.cli.failures import CommandError
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrim.audit.records import Record

POLL_SECONDS = 0.25
MAX_TAIL = 100_000

DirectoryOption = Annotated[
    Path | None,
    typer.Option("--directory", help="The audit folder, in place of the configuration's."),
]

app = typer.Typer(help="The audit log.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The audit log."""


@app.command()
def tail(
    config: ConfigOption = DEFAULT_CONFIG,
    directory: DirectoryOption = None,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, max=MAX_TAIL, help="How many records.")
    ] = 20,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")
    ] = False,
    json_output: JsonOption = False,
) -> None:
    """Show the last records, one line each."""
    from scrim.audit.reader import Follower, last_records  # noqa: PLC0415

    folder = _folder(config, directory)
    follower = Follower(folder)
    if follow:
        follower.skip()
    _print(last_records(folder, lines), json_output=json_output)
    while follow:
        time.sleep(POLL_SECONDS)
        _print(follower.poll(), json_output=json_output)


@app.command()
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="SESSION[/STATEMENT]", help="The name that `scrim audit tail` shows."
        ),
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    directory: DirectoryOption = None,
    json_output: JsonOption = False,
) -> None:
    """Show everything about one session or one of its statements."""
    from scrim.audit.reader import find_records  # noqa: PLC0415

    folder = _folder(config, directory)
    found = list(find_records(folder, name))
    if not found:
        raise CommandError(f"{folder}: has no record of {name}; `scrim audit tail` shows names")
    if json_output:
        _print(found, json_output=True)
        return
    from scrim.cli.audit_view import details  # noqa: PLC0415

    for record in found:
        typer.echo(details(record))


def _folder(config: Path, directory: Path | None) -> Path:
    """Return the audit folder that is meant, which must exist."""
    from scrim.config.load import load  # noqa: PLC0415

    folder = load(config).config.audit.directory if directory is None else directory
    if not folder.is_dir():
        raise CommandError(f"{folder}: is not a folder; no gateway has written an audit log there")
    return folder


def _print(records: "Iterable[Record]", *, json_output: bool) -> None:
    from scrim.cli.audit_view import summary  # noqa: PLC0415

    for record in records:
        shown = json.dumps(record, ensure_ascii=False) if json_output else summary(record)
        typer.echo(shown)
