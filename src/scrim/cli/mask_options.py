"""The options of `scrim mask`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class TableFormat(StrEnum):
    """What is in a file that can be masked."""

    AUTO = "auto"
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Late(StrEnum):
    """What happens when later rows show what a column holds."""

    REFUSE = "refuse"
    SEARCH = "search"


FileArgument = Annotated[
    str,
    typer.Argument(metavar="FILE|-", help="CSV, JSON lines or Parquet, or - for standard input."),
]
OutputOption = Annotated[
    str,
    typer.Option("--output", "-o", metavar="FILE", help="Where the masked file goes; - to a pipe."),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace the output if it exists already.")
]
ConnectionOption = Annotated[
    str | None,
    typer.Option(
        "--connection",
        metavar="NAME",
        help="Mask as the results of a connection are: with its operators, its profile, its "
        "entities and its tags.",
    ),
]
TableOption = Annotated[
    str | None,
    typer.Option(
        "--table",
        metavar="SCHEMA.TABLE",
        help="The table of the connection that the file is from, whose tags hold for its columns.",
    ),
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--key-file", metavar="FILE", help="The masking key; that of scrim.yaml without it."
    ),
]
KeyEnvOption = Annotated[
    str | None,
    typer.Option("--key-env", metavar="NAME", help="Environment variable with the masking key."),
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help="Operators for a purpose, as `analytics`."),
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column", metavar="NAME=ENTITY", help="What a column holds, as `mail=contact.email`."
    ),
]
KeepOption = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="NAME", help="A column that stays as it is."),
]
TypeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--type", metavar="NAME=TYPE", help="PostgreSQL's type of a column of texts, as `id=uuid`."
    ),
]
OperatorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--operator", metavar="ENTITY=NAME", help="Operator of an entity, as `us.ssn=token`."
    ),
]
LateOption = Annotated[
    Late,
    typer.Option(
        "--late",
        help="When later rows show that a column holds an entity that the first ones did not: "
        "refuse, or go on to search its cells.",
    ),
]
MaskFormatOption = Annotated[
    TableFormat, typer.Option("--format", help="What is in the file; else its name tells.")
]
