"""`scrim key`: make, rotate, wrap, list and destroy versions of the masking key, never show it."""

import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption

if TYPE_CHECKING:
    from scrim.masking.key_changes import KeyKeeper

app = typer.Typer(help="The masking key and its versions.", no_args_is_help=True)

FileArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="The key file, in place of the configuration's."),
]


@app.callback()
def group() -> None:
    """The masking key and its versions."""


@app.command()
def generate(
    file: FileArgument = None,
    *,
    tenant: Annotated[
        str, typer.Option("--tenant", help="Whose key it is; wrapped keys are bound to it.")
    ] = "default",
    kek: Annotated[
        bool,
        typer.Option("--kek", help="Make the key-encryption key of the provider `local` instead."),
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Make a new masking key, version 1, in a file that its owner alone can read.

    A file that exists is never replaced. With FILE no configuration is read, nothing is recorded,
    and the key lies in the file as it is, without a provider.
    """
    from scrim.cli.key_view import show_kek, show_ring  # noqa: PLC0415

    _check_tenant(tenant)
    if file is not None and kek:
        raise CommandError("FILE and --kek cannot be given together", EXIT_USAGE)
    keeper = _keeper(config, file)
    if kek:
        show_kek(keeper.generate_kek(), json_output=json_output)
        return
    if file is not None:
        ring = keeper.generate(tenant)
    else:
        from scrim.cli.key_record import recorded  # noqa: PLC0415

        with recorded(config, "generated") as record:
            ring = keeper.generate(tenant, record)
    show_ring(keeper.path, ring, json_output=json_output)


@app.command()
def rotate(
    *,
    derive: Annotated[
        bool,
        typer.Option(
            "--derive",
            help="Derive the new version from the same tenant key, in place of a new random one.",
        ),
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Add a version that masks from now on. Former ones still reveal what they have masked.

    Masked values change with it, once the gateway has been reloaded. A file with a single key
    becomes a ring, with that key as version 1. The rotation is recorded in the audit log first.
    """
    from scrim.cli.key_record import recorded  # noqa: PLC0415
    from scrim.cli.key_view import show_ring  # noqa: PLC0415

    keeper = _keeper(config, None)
    with recorded(config, "rotated") as record:
        ring = keeper.rotate(record, derive=derive)
    show_ring(keeper.path, ring, json_output=json_output)
    if not json_output:
        typer.echo("Reload the gateway to use it: send SIGHUP to scrim serve.", err=True)


@app.command()
def rewrap(
    *,
    former: Annotated[
        Path,
        typer.Option(
            "--former",
            metavar="FILE",
            help="A configuration whose masking.key_provider has wrapped the keys so far.",
        ),
    ] = DEFAULT_CONFIG,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Wrap the keys anew, for another provider or key-encryption key. No masked value changes.

    Recorded in the audit log first.
    """
    from scrim.cli.key_record import recorded  # noqa: PLC0415
    from scrim.cli.key_view import show_ring  # noqa: PLC0415
    from scrim.config.load import load_shape  # noqa: PLC0415

    keeper = _keeper(config, None)
    with recorded(config, "rewrapped") as record:
        ring = keeper.rewrap(load_shape(former).masking, record)
    show_ring(keeper.path, ring, json_output=json_output)


@app.command("list")
def list_versions(
    file: FileArgument = None,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Show every version: its status, when it was made, and how its key lies in the file."""
    from scrim.cli.key_view import show_ring  # noqa: PLC0415

    keeper = _keeper(config, file)
    show_ring(keeper.path, keeper.read(), json_output=json_output)


@app.command()
def destroy(
    versions: Annotated[
        list[int], typer.Argument(metavar="VERSION", help="The versions, as `list` shows them.")
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Destroy the keys of versions: nobody can reveal what they masked ever again.

    The version in use cannot be destroyed; nor can one that shares its key with a version that
    stays. Copies of the file are yours to destroy. Recorded in the audit log first.
    """
    from scrim.cli.key_record import recorded  # noqa: PLC0415
    from scrim.cli.key_view import show_ring  # noqa: PLC0415

    keeper = _keeper(config, None)
    if not yes:
        _ask(keeper.path, versions)
    with recorded(config, "destroyed") as record:
        ring = keeper.destroy(set(versions), record)
    show_ring(keeper.path, ring, json_output=json_output)


def _ask(path: Path, versions: list[int]) -> None:
    """Have a person confirm, or refuse where there is none."""
    if not sys.stdin.isatty():
        raise CommandError("--yes is needed where nobody can be asked", EXIT_USAGE)
    named = ", ".join(map(str, sorted(set(versions))))
    if not typer.confirm(
        f"{path}: destroy the key of version {named}? What it masked can never be revealed again",
        err=True,
    ):
        raise CommandError("nothing was destroyed")


def _check_tenant(tenant: str) -> None:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    from scrim.masking.key_ring import TenantName  # noqa: PLC0415

    try:
        TypeAdapter(TenantName).validate_python(tenant)
    except ValidationError:
        raise CommandError(
            "--tenant takes up to 128 letters, digits and any of . _ @ / : -", EXIT_USAGE
        ) from None


def _keeper(config: Path, file: Path | None) -> "KeyKeeper":
    from scrim.config.load import load_shape  # noqa: PLC0415
    from scrim.config.masking import Masking  # noqa: PLC0415
    from scrim.masking.key_changes import KeyKeeper  # noqa: PLC0415

    masking = Masking(key_file=file) if file is not None else load_shape(config).masking
    return KeyKeeper(masking, os.environ, secrets.token_bytes, lambda: datetime.now(UTC))
