"""`scrim version`: which release this is."""

import json
import platform
from importlib.metadata import version as installed_version

import typer

from scrim.cli.options import JsonOption

DISTRIBUTION = "scrim-gateway"


def version(json_output: JsonOption = False) -> None:
    """Show the release, and the Python that runs it."""
    release = installed_version(DISTRIBUTION)
    if json_output:
        typer.echo(json.dumps({"scrim": release, "python": platform.python_version()}))
    else:
        typer.echo(f"scrim {release} (Python {platform.python_version()})")
