"""`scrim explain`: say what the gateway sees in a statement, and what it would do with it.

Ends with 0 when the statement would be forwarded and with 77 (EX_NOPERM) when it would be refused.

What is imported inside functions would slow every other command's start.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scrim.cli.explain_options import (
    AddressOption,
    AgentOption,
    AsOption,
    Authentication,
    AuthenticationOption,
    ConnectionOption,
    DialectOption,
    DotOption,
    FileOption,
    PurposeOption,
    SchemaOption,
    SqlArgument,
    SvgOption,
    TicketOption,
    TlsOption,
)
from scrim.cli.failures import EXIT_REFUSED, EXIT_USAGE, CommandError
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption

if TYPE_CHECKING:
    from scrim.server.explaining import Asker
    from scrim.server.explanation import Explanation

STANDARD_INPUT = "-"
MAX_INPUT_BYTES = 64 << 20


def explain(  # noqa: PLR0913 - one parameter for each option of the command
    sql: SqlArgument = None,
    *,
    file: FileOption = None,
    connection: ConnectionOption = None,
    principal: AsOption = None,
    agent: AgentOption = "",
    purpose: PurposeOption = "",
    ticket: TicketOption = "",
    tls: TlsOption = True,
    authentication: AuthenticationOption = Authentication.PASSWORD,
    client_address: AddressOption = "",
    dialect: DialectOption = None,
    schema: SchemaOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
    dot: DotOption = False,
    svg: SvgOption = None,
) -> None:
    """Say what the gateway sees in a statement, and what a principal would get. It is not run.

    Ends with 0 when the gateway would forward the statement, and with 77 when it would refuse it.
    """
    from scrim.cli.explain_graph import dot_of, svg_of  # noqa: PLC0415
    from scrim.cli.explain_view import show  # noqa: PLC0415

    if json_output and dot:
        raise CommandError("--json and --dot exclude each other; leave one out", EXIT_USAGE)
    text = _statement(sql, file)
    if dialect is not None:
        found = _of_dialect(text, dialect, schema)
    else:
        if schema is not None:
            raise CommandError("--schema is for --dialect; leave it out, or add that", EXIT_USAGE)
        from scrim.policy.questions import SessionFacts  # noqa: PLC0415
        from scrim.server.explaining import Asker  # noqa: PLC0415

        if principal is None:
            raise CommandError("--as is missing; name who would send the statement", EXIT_USAGE)
        claims = (("purpose", purpose), ("ticket", ticket))
        facts = SessionFacts(
            tls=tls, authentication=authentication.value, client_address=client_address
        )
        given = tuple((name, value) for name, value in claims if value)
        found = _of_connection(config, connection, Asker(principal, agent, given, facts), text)
    if svg is not None:
        svg.write_text(svg_of(found), encoding="utf-8")
    if json_output:
        typer.echo(json.dumps(found.document(), indent=2, ensure_ascii=False))
    elif dot:
        typer.echo(dot_of(found), nl=False)
    else:
        show(found)
    if found.refusal is not None:
        raise typer.Exit(EXIT_REFUSED)


def _statement(sql: str | None, file: Path | None) -> bytes:
    """Return the statement that is given in one of three ways."""
    if (sql is None) == (file is None):
        raise CommandError(
            "give the statement as an argument, as - for standard input, or by --file", EXIT_USAGE
        )
    if file is not None:
        with file.open("rb") as opened:
            text = opened.read(MAX_INPUT_BYTES + 1)
    elif sql == STANDARD_INPUT:
        text = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    else:
        text = (sql or "").encode(errors="surrogateescape")
    if len(text) > MAX_INPUT_BYTES:
        raise CommandError(f"the statement is longer than {MAX_INPUT_BYTES >> 20} MiB")
    return text


def _of_connection(
    config: Path, connection: str | None, asker: "Asker", text: bytes
) -> "Explanation":
    from scrim.config.load import load  # noqa: PLC0415
    from scrim.server.explaining import UnknownPrincipalError  # noqa: PLC0415
    from scrim.server.explaining import explain as explain_statement  # noqa: PLC0415
    from scrim.wire import ProtocolError  # noqa: PLC0415

    loaded = load(config).config
    names = sorted(loaded.connections)
    if connection is None and len(names) == 1:
        connection = names[0]
    if connection not in loaded.connections:
        wrong = "is missing" if connection is None else f"{connection}: there is none of that name"
        raise CommandError(
            f"--connection {wrong}; {config} has: {', '.join(names[:10])}", EXIT_USAGE
        )
    try:
        return asyncio.run(explain_statement(loaded, connection, asker, text))
    except UnknownPrincipalError as error:
        raise CommandError(f"--as: {error}", EXIT_USAGE) from None
    except ProtocolError as error:
        raise CommandError(f"{connection}: {error.message} ({error.code})") from None


def _of_dialect(text: bytes, name: str, schema: Path | None) -> "Explanation":
    """Explain a statement of another dialect, by a schema that is written down."""
    import yaml  # noqa: PLC0415

    from scrim.server.explained_dialect import explain_dialect  # noqa: PLC0415
    from scrim.statements.dialects.dialect import DIALECTS  # noqa: PLC0415
    from scrim.statements.dialects.schema import SchemaCatalog, SchemaError  # noqa: PLC0415

    if name not in DIALECTS:
        raise CommandError(f"--dialect {name}: known are {', '.join(DIALECTS)}", EXIT_USAGE)
    document: object = {}
    try:
        if schema is not None:
            with schema.open("rb") as file:
                content = file.read(MAX_INPUT_BYTES + 1)
            if len(content) > MAX_INPUT_BYTES:
                raise CommandError(f"{schema}: is longer than {MAX_INPUT_BYTES >> 20} MiB")
            document = json.loads(content) if schema.suffix == ".json" else yaml.safe_load(content)
        catalog = SchemaCatalog.of(document)
    except SchemaError as error:
        raise CommandError(f"{schema}: {error}", EXIT_USAGE) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise CommandError(f"{schema}: is neither YAML nor JSON; correct it", EXIT_USAGE) from None
    return explain_dialect(text, DIALECTS[name], catalog)
