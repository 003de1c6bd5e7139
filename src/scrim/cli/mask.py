"""`scrim mask`: replace what is sensitive in a file.

What masking needs is imported when the command runs, so that `scrim --help` and completion do not
wait for it.
"""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import typer

from scrim.cli.failures import EXIT_CONFIGURATION, EXIT_FAILED, EXIT_USAGE, CommandError
from scrim.cli.mask_options import (
    ColumnOption,
    ConnectionOption,
    FileArgument,
    ForceOption,
    KeepOption,
    KeyEnvOption,
    KeyFileOption,
    Late,
    LateOption,
    MaskFormatOption,
    OperatorOption,
    OutputOption,
    ProfileOption,
    TableFormat,
    TableOption,
    TypeOption,
)
from scrim.cli.mask_output import STANDARD_OUTPUT, check_target, whole_file
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption
from scrim.cli.scan_options import Header, HeaderOption

if TYPE_CHECKING:
    from scrim.cli.mask_model import Model
    from scrim.config.root import Config
    from scrim.masking.arrow.masker import ColumnReport, MaskSettings
    from scrim.masking.keys import MaskingKey

STANDARD_INPUT = "-"


def mask(  # noqa: PLR0913 - one parameter for each option of the command
    file: FileArgument,
    *,
    output: OutputOption,
    config: ConfigOption = DEFAULT_CONFIG,
    connection: ConnectionOption = None,
    table: TableOption = None,
    key_file: KeyFileOption = None,
    key_env: KeyEnvOption = None,
    profile: ProfileOption = None,
    column: ColumnOption = None,
    keep: KeepOption = None,
    type_: TypeOption = None,
    operator: OperatorOption = None,
    late: LateOption = Late.REFUSE,
    file_format: MaskFormatOption = TableFormat.AUTO,
    header: HeaderOption = Header.AUTO,
    force: ForceOption = False,
    json_output: JsonOption = False,
) -> None:
    """Write a file like another one, with what is sensitive in it replaced.

    The first rows decide what each column holds, unless you name it; other columns are searched
    cell by cell. Values get the same replacements as from a gateway with the same key. The output
    is there as a whole or not at all, and standard error says what became of each column.
    """
    try:
        import pyarrow  # noqa: F401, ICN001, PLC0415, RUF100 - an extra
    except ModuleNotFoundError:
        raise CommandError(
            "masking files needs pyarrow; install it with `pip install 'scrim-gateway[data]'`",
            EXIT_USAGE,
        ) from None
    from scrim.cli.mask_model import model_of  # noqa: PLC0415
    from scrim.cli.mask_view import json_of, lines  # noqa: PLC0415

    if output != STANDARD_OUTPUT:
        check_target(Path(output), force=force)
    loaded = _config(config, required=connection is not None or not (key_file or key_env))
    key = _key(loaded, key_file, key_env)
    named = {
        "columns": _pairs("--column", column),
        "types": _pairs("--type", type_),
        "operators": _pairs("--operator", operator),
    }
    try:
        model = model_of(loaded, connection, table)
        settings = _settings(model, key, profile, named, keep or (), late)
        reports = _masked(file, output, settings, file_format, header, force=force)
    except Exception as error:
        _explain(file, error)
        raise
    if json_output:
        typer.echo(json_of(file, output, reports), err=output == STANDARD_OUTPUT)
    else:
        for line in lines(reports):
            typer.echo(line, err=True)


def _config(path: Path, *, required: bool) -> "Config | None":
    from scrim.config.load import load_shape  # noqa: PLC0415

    if path.exists():
        return load_shape(path)
    if required or path != DEFAULT_CONFIG:
        raise CommandError(
            f"there is no masking key: {path} does not exist; give --key-file, --key-env or "
            "--config",
            EXIT_CONFIGURATION,
        )
    return None


def _key(config: "Config | None", key_file: Path | None, key_env: str | None) -> "MaskingKey":
    from scrim.config.masking import Masking  # noqa: PLC0415
    from scrim.config.secrets import SecretError  # noqa: PLC0415
    from scrim.masking.keys import load_key  # noqa: PLC0415

    if key_file is not None and key_env is not None:
        raise CommandError("give --key-file or --key-env, not both", EXIT_USAGE)
    if key_file is not None or key_env is not None:
        provider = None if config is None else config.masking.key_provider
        masking = Masking.model_construct(key_file=key_file, key_env=key_env, key_provider=provider)
    elif config is not None:
        masking = config.masking
    else:
        raise CommandError("there is no masking key", EXIT_CONFIGURATION)
    try:
        return load_key(masking, os.environ)
    except SecretError as error:
        raise CommandError(f"masking key: {error}", EXIT_CONFIGURATION) from None


def _pairs(option: str, given: Sequence[str] | None) -> dict[str, str]:
    """Read NAME=WORD; a name may hold the sign itself."""
    pairs: dict[str, str] = {}
    for one in given or ():
        name, sign, word = one.rpartition("=")
        if not sign or not name or not word:
            raise CommandError(f"{option} {one}: write NAME=WORD", EXIT_USAGE)
        if name in pairs:
            raise CommandError(f"{option}: {name} is given twice", EXIT_USAGE)
        pairs[name] = word
    return pairs


def _settings(  # noqa: PLR0913, PLR0917, RUF100 - all that the command line says
    model: "Model",
    key: "MaskingKey",
    profile: str | None,
    named: dict[str, dict[str, str]],
    keep: Sequence[str],
    late: Late,
) -> "MaskSettings":
    """Return with what is masked; what is wrong with it is a mistake of the command line."""
    from dataclasses import replace  # noqa: PLC0415

    from scrim.masking.arrow.api import (  # noqa: PLC0415
        chosen_operators,
        known_columns,
        settings_of,
    )
    from scrim.masking.arrow.kinds import named_type  # noqa: PLC0415
    from scrim.masking.choice import OperatorError  # noqa: PLC0415
    from scrim.masking.profile import load_profile  # noqa: PLC0415

    operators, catalogue = model.operators, model.judged
    try:
        given = chosen_operators(named["operators"], catalogue, model.today)
        chosen = {**operators.chosen, **given}
        own = operators.profile if profile is None else load_profile(profile, model.today)
        operators = replace(operators, chosen=chosen, profile=own)
        known = model.tagged(known_columns(named["columns"], keep, "", catalogue))
        types = {path: named_type(name) for path, name in named["types"].items()}
        settings = settings_of(
            key,
            operators,
            known,
            types=types,
            late=late.value,
            scanner=model.scanner(operators),
            judge=model.judge(operators),
        )
    except (OperatorError, ValueError) as error:
        raise CommandError(str(error), EXIT_USAGE) from None
    return replace(settings, written=True)


def _masked(  # noqa: PLR0913, RUF100 - the file, and how it is read and written
    file: str,
    output: str,
    settings: "MaskSettings",
    file_format: TableFormat,
    header: Header,
    *,
    force: bool,
) -> "list[ColumnReport]":
    path = None if file == STANDARD_INPUT else Path(file)
    if path is None:
        return _stream(sys.stdin.buffer, path, output, settings, file_format, header, force=force)
    if path.is_dir():
        raise CommandError(f"{path}: is a folder; name the files in it, one at a time", EXIT_USAGE)
    with path.open("rb") as opened:
        return _stream(opened, path, output, settings, file_format, header, force=force)


def _stream(  # noqa: PLR0913, PLR0917, RUF100
    source: IO[bytes],
    path: Path | None,
    output: str,
    settings: "MaskSettings",
    file_format: TableFormat,
    header: Header,
    *,
    force: bool,
) -> "list[ColumnReport]":
    from dataclasses import replace  # noqa: PLC0415

    from scrim.cli import file_reading, mask_files, mask_json  # noqa: PLC0415

    # What detection has loaded stays to the end: the collector need not look at it again and again.
    gc.freeze()
    name = "standard input" if path is None else str(path)
    given = {Header.AUTO: None, Header.YES: True, Header.NO: False}[header]
    if path is not None and not settings.known.table:
        settings = replace(settings, known=replace(settings.known, table=path.stem))
    with file_reading.watched(source, path, name) as (reader, advance):
        found: str = file_format.value
        if file_format is TableFormat.AUTO:
            found = file_reading.sniff(reader, path, settings.scanner, settings.judge)
        if found not in {"csv", "jsonl", "parquet"}:
            raise CommandError(
                f"{name}: is no table that can be masked ({found}); give it as CSV, JSON lines or "
                "Parquet, or say with --format what it is",
                EXIT_USAGE,
            )
        if found == "parquet" and path is None:
            raise CommandError(
                "Parquet cannot be read from standard input, as what it holds is said at its end; "
                "name the file",
                EXIT_USAGE,
            )
        _same_format(found, output)
        with whole_file(output, force=force) as out:
            if found == "csv":
                return mask_files.mask_csv(reader, out, path, header=given, settings=settings)
            if found == "jsonl" or path is None:
                return mask_json.mask_json_lines(reader, out, settings)
            return mask_files.mask_parquet(path, out, settings, advance)


def _same_format(found: str, output: str) -> None:
    from scrim.cli.file_reading import FORMATS  # noqa: PLC0415

    wanted = FORMATS.get(Path(output).suffix.lower(), found)
    if output != STANDARD_OUTPUT and wanted != found:
        raise CommandError(
            f"{output}: the output is {found}, as the input is; choose a name that says so",
            EXIT_USAGE,
        )


def _explain(file: str, error: Any) -> None:  # noqa: ANN401 - any exception
    """Turn errors that have a message for people into those of this command."""
    from scrim.masking.arrow.cells import ArrowError  # noqa: PLC0415
    from scrim.masking.arrow.masker import LateEntityError  # noqa: PLC0415

    if isinstance(error, LateEntityError):
        raise CommandError(
            f"{file}: column {error.path}: its first rows did not show that it holds "
            f"{error.entity}, later ones do; give --column {error.path}={error.entity}, or "
            "--late search to search its cells",
            EXIT_FAILED,
        ) from None
    # Errors of libraries may quote a value, and are of other classes.
    if type(error) is ValueError or isinstance(error, ArrowError):
        raise CommandError(f"{file}: {error}", EXIT_FAILED) from None
