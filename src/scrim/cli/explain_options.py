"""The options of `scrim explain`, and what a shell completes."""

import contextlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scrim.cli.options import DEFAULT_CONFIG


class Authentication(StrEnum):
    """How a principal can sign in."""

    PASSWORD = "password"  # noqa: S105 - the word for it
    TOKEN = "token"  # noqa: S105 - the word for it
    CERTIFICATE = "certificate"


def complete_connections(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the connections of the configuration."""
    with contextlib.suppress(Exception):  # a shell that completes wants no message
        from scrim.config.load import load_shape  # noqa: PLC0415 - slow, and only for completion

        names = load_shape(Path(context.params.get("config") or DEFAULT_CONFIG)).connections
        return sorted(name for name in names if name.startswith(incomplete))
    return []


def complete_principals(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the principals of the configuration."""
    with contextlib.suppress(Exception):  # a shell that completes wants no message
        from scrim.config.load import load_shape  # noqa: PLC0415 - slow, and only for completion

        loaded = load_shape(Path(context.params.get("config") or DEFAULT_CONFIG))
        return sorted(name for name in loaded.identity.local.users if name.startswith(incomplete))
    return []


def complete_dialects(incomplete: str) -> list[str]:
    """Offer the dialects."""
    from scrim.statements.dialects.dialect import DIALECTS  # noqa: PLC0415 - for completion alone

    return sorted(name for name in DIALECTS if name.startswith(incomplete))


SqlArgument = Annotated[
    str | None,
    typer.Argument(help="The statement, or - to read it from standard input.", metavar="SQL"),
]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", "-f", help="Read the statement from a file.", metavar="FILE"),
]
ConnectionOption = Annotated[
    str | None,
    typer.Option(
        "--connection",
        help="The connection; the only one where there is only one.",
        metavar="NAME",
        autocompletion=complete_connections,
    ),
]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="Who would send the statement.",
        metavar="PRINCIPAL",
        autocompletion=complete_principals,
    ),
]
AgentOption = Annotated[
    str, typer.Option("--agent", help="The agent that would act for it.", metavar="NAME")
]
PurposeOption = Annotated[str, typer.Option("--purpose", help="The purpose in its token.")]
TicketOption = Annotated[str, typer.Option("--ticket", help="The ticket in its token.")]
TlsOption = Annotated[bool, typer.Option("--tls/--no-tls", help="Whether it would use TLS.")]
AuthenticationOption = Annotated[
    Authentication, typer.Option("--authentication", help="How it would sign in.")
]
AddressOption = Annotated[
    str,
    typer.Option("--client-address", help="The IP address that it would have.", metavar="ADDRESS"),
]
DialectOption = Annotated[
    str | None,
    typer.Option(
        "--dialect",
        help="Read it in the dialect of another data store, without a connection.",
        metavar="DIALECT",
        autocompletion=complete_dialects,
    ),
]
SchemaOption = Annotated[
    Path | None,
    typer.Option("--schema", help="The tables and their columns, for --dialect.", metavar="FILE"),
]
DotOption = Annotated[bool, typer.Option("--dot", help="Write a graph in the text of Graphviz.")]
SvgOption = Annotated[
    Path | None, typer.Option("--svg", help="Draw the graph into a file as well.", metavar="FILE")
]
