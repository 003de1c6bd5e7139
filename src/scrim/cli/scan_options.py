"""The options of `scrim scan`, and what a shell completes."""

import contextlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scrim.cli.options import DEFAULT_CONFIG

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


def complete(incomplete: str) -> list[str]:
    """Offer connections of scrim.yaml, and files."""
    names: list[str] = []
    with contextlib.suppress(Exception):  # a shell that completes wants no message
        from scrim.config.load import load_shape  # noqa: PLC0415 - slow, and only for completion

        names += load_shape(DEFAULT_CONFIG).connections
    base = Path(incomplete)
    folder = base if incomplete.endswith("/") or not incomplete else base.parent
    try:
        listed = sorted(folder.iterdir())[:MAX_COMPLETED] if folder.is_dir() else []
    except OSError:
        listed = []
    files = [f"{path}/" if path.is_dir() else str(path) for path in listed]
    return [name for name in (*names, *files) if name.startswith(incomplete)]


TargetArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME|FILE|-",
        help="A connection of scrim.yaml, a file, or - for standard input.",
        autocompletion=complete,
    ),
]

HtmlOption = Annotated[
    Path | None,
    typer.Option("--html", help="Also write a report for people.", metavar="FILE"),
]

TagsOption = Annotated[
    bool,
    typer.Option("--tags", help="Print the `tags` block for scrim.yaml in place of a table."),
]

TagsInformationalOption = Annotated[
    bool,
    typer.Option(
        "--tags-informational",
        help="Print that block with informational entities too, which a tag has masked.",
    ),
]

OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", help="Tables to look at, such as `public.cust*`.", metavar="NAME"),
]

SchemaOption = Annotated[
    list[str] | None,
    typer.Option("--schema", help="Schemas to look at.", metavar="NAME"),
]

ConfidenceOption = Annotated[
    float, typer.Option("--min-confidence", min=0, max=1, help="Leave out what is less sure.")
]

SampleOption = Annotated[
    int, typer.Option("--sample", min=1, max=MAX_SAMPLE, help="Rows of each table.")
]

FormatOption = Annotated[
    FileFormat, typer.Option("--format", help="What is in the file; else its name tells.")
]

HeaderOption = Annotated[
    Header, typer.Option("--header", help="Whether the first row of CSV names the columns.")
]

EntitiesOption = Annotated[
    Path | None,
    typer.Option("--entities", help="TOML file of entities to look for as well.", metavar="FILE"),
]

TransformerOption = Annotated[
    Path | None,
    typer.Option(
        "--transformer",
        help="Folder of a model that reads texts as well; needs the extra `transformer`.",
        metavar="FOLDER",
    ),
]

AllOption = Annotated[
    bool, typer.Option("--all", help="Show columns in which nothing was found as well.")
]

ExitZeroOption = Annotated[
    bool, typer.Option("--exit-zero", help="End with 0 even when something was found.")
]
