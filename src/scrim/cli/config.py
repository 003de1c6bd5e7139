"""`scrim config`: look at a configuration before it is used."""

import json

import typer

from scrim.cli.failures import EXIT_CONFIGURATION
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption

app = typer.Typer(help="The configuration.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The configuration."""


@app.command()
def check(config: ConfigOption = DEFAULT_CONFIG, json_output: JsonOption = False) -> None:
    """Say everything that is wrong with a configuration, its policies, keys and certificates.

    Nothing is connected to. Ends with 78 when the gateway would refuse to start or reload.
    """
    from scrim.config.errors import ConfigError  # noqa: PLC0415
    from scrim.server.reload import check as check_file  # noqa: PLC0415

    problems: list[str] = []
    warnings: list[str] = []
    try:
        warnings += check_file(config).warnings
    except ConfigError as error:
        problems += map(str, error.problems)
    if json_output:
        report = {"valid": not problems, "problems": problems, "warnings": warnings}
        typer.echo(json.dumps(report))
    else:
        for line in problems:
            typer.echo(f"scrim: {line}", err=True)
        for line in warnings:
            typer.echo(f"scrim: warning: {config}: {line}", err=True)
        if not problems:
            typer.echo(f"{config}: valid")
    if problems:
        raise typer.Exit(EXIT_CONFIGURATION)
