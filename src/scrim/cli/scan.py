"""`scrim scan`: say what a data store or a file holds, and why."""

import contextlib
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption

if TYPE_CHECKING:
    from scrim.config.root import Config
    from scrim.detection.inventory import Inventory

STANDARD_INPUT = "-"
EXIT_FOUND = 1
EXIT_ERROR = EXIT_USAGE
MAX_SAMPLE = 100_000
MAX_COMPLETED = 200


class FileFormat(StrEnum):
    """What is in a file."""

    AUTO = "auto"
    CSV = "csv"
    JSONL = "jsonl"
    JSON = "json"
    PARQUET = "parquet"
    TEXT = "text"


class Header(StrEnum):
    """Whether the first row of CSV names the columns."""

    AUTO = "auto"
    YES = "yes"
    NO = "no"


def _complete(incomplete: str) -> list[str]:
    """Offer connections of scrim.yaml, and files."""
    names: list[str] = []
    with contextlib.suppress(Exception):  # a shell that completes wants no message
        names += _configuration(DEFAULT_CONFIG).connections
    base = Path(incomplete)
    folder = base if incomplete.endswith("/") or not incomplete else base.parent
    try:
        listed = sorted(folder.iterdir())[:MAX_COMPLETED] if folder.is_dir() else []
    except OSError:
        listed = []
    files = [f"{path}/" if path.is_dir() else str(path) for path in listed]
    return [name for name in (*names, *files) if name.startswith(incomplete)]


def scan(  # noqa: PLR0913 - one parameter for each option of the command
    target: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE|-",
            help="A connection of scrim.yaml, a file, or - for standard input.",
            autocompletion=_complete,
        ),
    ],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Also write a report for people.", metavar="FILE"),
    ] = None,
    tags: Annotated[
        bool,
        typer.Option("--tags", help="Print the `tags` block for scrim.yaml in place of a table."),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Tables to look at, such as `public.cust*`.", metavar="NAME"),
    ] = None,
    schema: Annotated[
        list[str] | None,
        typer.Option("--schema", help="Schemas to look at.", metavar="NAME"),
    ] = None,
    min_confidence: Annotated[
        float, typer.Option("--min-confidence", min=0, max=1, help="Leave out what is less sure.")
    ] = 0.0,
    sample: Annotated[
        int, typer.Option("--sample", min=1, max=MAX_SAMPLE, help="Rows of each table.")
    ] = 1000,
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="What is in the file; else its name tells.")
    ] = FileFormat.AUTO,
    header: Annotated[
        Header, typer.Option("--header", help="Whether the first row of CSV names the columns.")
    ] = Header.AUTO,
    everything: Annotated[
        bool, typer.Option("--all", help="Show columns in which nothing was found as well.")
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End with 0 even when something was found.")
    ] = False,
) -> None:
    """Say which columns of a data store, or places in a file, hold sensitive values, and why.

    A data store is only read: some rows of each table, never a whole one. No value is shown.

    Ends with 0 when nothing was found, 1 when something was, 2 when it could not be done.
    """
    from scrim.cli.scan_view import json_of, show, tags_block  # noqa: PLC0415

    loaded = _connections(target, config)
    try:
        if loaded is not None and target in loaded.connections:
            inventory = _scan_store(target, loaded, only, schema, sample)
        else:
            _refuse(tags=tags, only=only, schema=schema)
            inventory = _scan_file(target, loaded, file_format, header)
    except Exception as error:
        _explain(target, error)
        raise
    inventory = _surer(inventory, min_confidence)
    if html is not None:
        from scrim.cli.scan_html import page  # noqa: PLC0415

        html.write_text(page(inventory), encoding="utf-8")
    if json_output:
        typer.echo(json_of(inventory))
    elif tags and loaded is not None:
        typer.echo(tags_block(inventory, loaded.connections[target].tags), nl=False)
    else:
        show(inventory, everything=everything)
    for note in inventory.notes if tags or json_output else ():
        typer.echo(f"scrim: {note}", err=True)
    if inventory.found and not exit_zero:
        raise typer.Exit(EXIT_FOUND)


def _configuration(path: Path) -> "Config":
    from scrim.config.load import load  # noqa: PLC0415

    return load(path).config


def _connections(target: str, config: Path) -> "Config | None":
    """Return the configuration, which a file can be scanned without."""
    from scrim.config.errors import ConfigError  # noqa: PLC0415

    is_file = target == STANDARD_INPUT or Path(target).exists()
    if not config.exists():
        if is_file:
            return None
        raise CommandError(
            f"{target}: there is no such file, and no {config} that could have a connection of "
            "that name; correct the name, or give --config",
            EXIT_ERROR,
        )
    try:
        loaded = _configuration(config)
    except ConfigError as error:
        raise CommandError(str(error), EXIT_ERROR) from None
    if not is_file and target not in loaded.connections:
        listed = ", ".join(sorted(loaded.connections)[:10])
        raise CommandError(
            f"{target}: there is no such file, and {config} has no connection of that name; "
            f"it has: {listed}",
            EXIT_ERROR,
        )
    return loaded


def _refuse(*, tags: bool, only: list[str] | None, schema: list[str] | None) -> None:
    """Refuse options that mean nothing for a file."""
    for given, name in ((tags, "--tags"), (only, "--only"), (schema, "--schema")):
        if given:
            raise CommandError(f"{name} is for connections; leave it out for a file", EXIT_ERROR)


def _scan_store(
    name: str, config: "Config", only: list[str] | None, schema: list[str] | None, rows: int
) -> "Inventory":
    from scrim.cli.scan_store import scan_store  # noqa: PLC0415
    from scrim.server.sampling import Selection  # noqa: PLC0415

    return scan_store(name, config, Selection(tuple(schema or ()), tuple(only or ()), rows))


def _scan_file(
    target: str, config: "Config | None", file_format: FileFormat, header: Header
) -> "Inventory":
    from scrim.cli.scan_files import FileScan  # noqa: PLC0415

    given = {Header.AUTO: None, Header.YES: True, Header.NO: False}[header]
    chosen = None if file_format is FileFormat.AUTO else file_format.value
    if target == STANDARD_INPUT:
        return FileScan(None, chosen, given, config).run(sys.stdin.buffer)
    path = Path(target)
    if path.is_dir():
        raise CommandError(f"{path}: is a folder; name the files in it, one at a time", EXIT_ERROR)
    with path.open("rb") as file:
        return FileScan(path, chosen, given, config).run(file)


def _surer(inventory: "Inventory", least: float) -> "Inventory":
    """Leave out what is less sure."""
    from dataclasses import replace  # noqa: PLC0415

    inventory.columns = [
        one if one.confidence >= least else replace(one, entity=None) for one in inventory.columns
    ]
    if least > 0:
        kept = [finding for finding in inventory.findings if finding.confidence >= least]
        dropped = [finding for finding in inventory.findings if finding.confidence < least]
        inventory.findings = kept
        for finding in dropped:
            inventory.counts[finding.entity] -= 1
        inventory.counts = +inventory.counts
    return inventory


def _explain(target: str, error: Exception) -> None:
    """Turn errors that have a message for people into the exit code of this command."""
    known = {"ConfigError", "SecretError", "TlsError", "ProtocolError"}
    if type(error).__name__ in known:
        raise CommandError(f"{target}: {error}", EXIT_ERROR) from None
    if isinstance(error, OSError) and error.strerror:
        raise CommandError(f"{error.filename or target}: {error.strerror}", EXIT_ERROR) from None
    if isinstance(error, ValueError):
        raise CommandError(f"{target}: {error}", EXIT_ERROR) from None
