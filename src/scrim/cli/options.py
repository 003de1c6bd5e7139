"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_CONFIG = Path("scrim.yaml")

ConfigOption = Annotated[
    Path,
    typer.Option("--config", "-c", help="The configuration file.", metavar="FILE"),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
