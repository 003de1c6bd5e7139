"""`scrim scan`: say what a data store or a file holds, and why.

What detection and data stores need is imported when the command runs, so that `scrim --help` and
completion do not wait for it.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption
from scrim.cli.scan_options import (
    AllOption,
    ConfidenceOption,
    EntitiesOption,
    ExitZeroOption,
    FileFormat,
    FormatOption,
    Header,
    HeaderOption,
    HtmlOption,
    OnlyOption,
    SampleOption,
    SchemaOption,
    TagsInformationalOption,
    TagsOption,
    TargetArgument,
    TransformerOption,
)

if TYPE_CHECKING:
    from scrim.config.root import Config
    from scrim.detection.inventory import Inventory
    from scrim.detection.scan import Scanner
    from scrim.server.sampling import Selection

STANDARD_INPUT = "-"
EXIT_FOUND = 1
EXIT_ERROR = EXIT_USAGE


def scan(  # noqa: PLR0913 - one parameter for each option of the command
    target: TargetArgument,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
    html: HtmlOption = None,
    tags: TagsOption = False,
    tags_informational: TagsInformationalOption = False,
    only: OnlyOption = None,
    schema: SchemaOption = None,
    min_confidence: ConfidenceOption = 0.0,
    sample: SampleOption = 1000,
    file_format: FormatOption = FileFormat.AUTO,
    header: HeaderOption = Header.AUTO,
    entities: EntitiesOption = None,
    transformer: TransformerOption = None,
    everything: AllOption = False,
    exit_zero: ExitZeroOption = False,
) -> None:
    """Say which columns of a data store, or places in a file, hold sensitive values, and why.

    A data store is only read: some rows of each table, never a whole one. No value is shown.

    Ends with 0 when nothing was found, 1 when something was, 2 when it could not be done. Entities
    that are informational, such as a date or the name of a country, are shown and do not count.
    """
    from scrim.cli.scan_view import json_of, show, tags_block  # noqa: PLC0415
    from scrim.server.sampling import Selection  # noqa: PLC0415

    loaded = _connections(target, config)
    tags = tags or tags_informational
    try:
        scanner = _with_transformer(_scanner(loaded, entities), transformer)
        if loaded is not None and target in loaded.connections:
            selection = Selection(tuple(schema or ()), tuple(only or ()), sample)
            inventory = _scan_store(target, loaded, scanner, selection)
        else:
            _refuse(tags=tags, only=only, schema=schema)
            inventory = _scan_file(target, scanner, file_format, header)
        inventory = _surer(inventory, min_confidence)
        entries = scanner.catalogue.entries
        inventory.informational = frozenset(one.name for one in entries if one.informational)
        if html is not None:
            from scrim.cli.scan_html import page  # noqa: PLC0415

            html.write_text(page(inventory), encoding="utf-8")
    except Exception as error:
        _explain(target, error)
        raise
    if json_output:
        typer.echo(json_of(inventory))
    elif tags and loaded is not None:
        known = loaded.connections[target].tags
        typer.echo(tags_block(inventory, known, informational=tags_informational), nl=False)
    else:
        show(inventory, everything=everything)
    for note in inventory.notes if tags or json_output else ():
        typer.echo(f"scrim: {note}", err=True)
    if inventory.found and not exit_zero:
        raise typer.Exit(EXIT_FOUND)


def _connections(target: str, config: Path) -> "Config | None":
    """Return the configuration, which a file can be scanned without."""
    from scrim.config.errors import ConfigError  # noqa: PLC0415
    from scrim.config.load import load_shape  # noqa: PLC0415

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
        loaded = load_shape(config)
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


def _scanner(config: "Config | None", entities: Path | None) -> "Scanner":
    """Return what searches values; entities of a file are tried on their own examples first."""
    from scrim.config.entities import CustomEntities  # noqa: PLC0415
    from scrim.config.errors import ConfigError  # noqa: PLC0415
    from scrim.detection.custom import custom_catalogue, example_problems  # noqa: PLC0415
    from scrim.detection.scan import Scanner  # noqa: PLC0415
    from scrim.server.foundation import general_scanner  # noqa: PLC0415

    if entities is None:
        return general_scanner(config)
    own = CustomEntities() if config is None else config.detection
    own = own.model_copy(update={"entities_file": entities.absolute()})
    catalogue = custom_catalogue(own)
    if problems := example_problems(catalogue, own):
        raise ConfigError(*problems)
    return Scanner(catalogue.general())


def _with_transformer(scanner: "Scanner", folder: Path | None) -> "Scanner":
    """Let a model read what is scanned as well, if there is one."""
    if folder is None:
        return scanner
    from scrim.detection.transformer.model import Transformer  # noqa: PLC0415
    from scrim.detection.transformer.scanner import TransformerScanner  # noqa: PLC0415

    try:
        model = Transformer(folder, catalogue=scanner.catalogue)
    except ModuleNotFoundError as error:
        raise CommandError(f"{folder}: {error}", EXIT_ERROR) from None
    return TransformerScanner(scanner, model)


def _scan_store(
    name: str, config: "Config", scanner: "Scanner", selection: "Selection"
) -> "Inventory":
    from scrim.cli.scan_store import scan_store  # noqa: PLC0415

    return scan_store(name, config.connections[name], scanner, selection)


def _scan_file(
    target: str, scanner: "Scanner", file_format: FileFormat, header: Header
) -> "Inventory":
    from scrim.cli.scan_files import FileScan  # noqa: PLC0415

    given = {Header.AUTO: None, Header.YES: True, Header.NO: False}[header]
    chosen = None if file_format is FileFormat.AUTO else file_format.value
    if target == STANDARD_INPUT:
        return FileScan(None, chosen, given, scanner).run(sys.stdin.buffer)
    path = Path(target)
    if path.is_dir():
        raise CommandError(f"{path}: is a folder; name the files in it, one at a time", EXIT_ERROR)
    with path.open("rb") as file:
        return FileScan(path, chosen, given, scanner).run(file)


def _surer(inventory: "Inventory", least: float) -> "Inventory":
    """Leave out what is less sure."""
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
    if type(error).__name__ in {"ConfigError", "BundleError", "TransformerError"}:
        raise CommandError(str(error), EXIT_ERROR) from None
    if type(error).__name__ in {"SecretError", "TlsError", "ProtocolError"}:
        raise CommandError(f"{target}: {error}", EXIT_ERROR) from None
    if isinstance(error, OSError) and error.strerror:
        raise CommandError(f"{error.filename or target}: {error.strerror}", EXIT_ERROR) from None
    if isinstance(error, ValueError):
        raise CommandError(f"{target}: {error}", EXIT_ERROR) from None
