"""`scrim reveal`: turn masked values back, for whom policy permits it."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scrim.cli.credentials import UserOption, sign_in
from scrim.cli.failures import EXIT_FAILED, EXIT_USAGE, EXIT_WAITING, CommandError, printable
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption

if TYPE_CHECKING:
    from scrim.domain.column import Column
    from scrim.reveals.request import Pending, Revealed, RevealRequest


def reveal(  # noqa: PLR0913 - one parameter for each option of the command
    connection: Annotated[
        str, typer.Argument(metavar="CONNECTION", help="The connection they were seen in.")
    ],
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VALUE", help="Masked values; without any, the lines of standard input."
        ),
    ] = None,
    *,
    user: UserOption,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    column: Annotated[
        str | None,
        typer.Option("--column", help="Where they were seen: schema.table.column.", metavar="NAME"),
    ] = None,
    entity: Annotated[
        str,
        typer.Option(
            "--entity",
            help="What they are, where no column is named; needs `reveal` on the whole connection.",
            metavar="NAME",
        ),
    ] = "",
    type_name: Annotated[
        str, typer.Option("--type", help="The column's type, such as varchar(40), int8 or date.")
    ] = "text",
    operator: Annotated[
        str,
        typer.Option("--operator", help="The operator that a policy's @operator named, if one."),
    ] = "",
    key_version: Annotated[
        int | None,
        typer.Option(
            "--key-version",
            min=1,
            help="Version of the masking key, where it is not the one in use; tokens of siv tell "
            "it themselves.",
        ),
    ] = None,
    approved: Annotated[
        str,
        typer.Option("--approved", help="The approved request, asked once more.", metavar="ID"),
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Turn masked values back. Each is written to the audit log before it is shown.

    Ends with 0 when every value came back, 1 when one did not or none may, and 75 when somebody
    has to approve it first.
    """
    from scrim.reveals.request import Pending, RevealRequest  # noqa: PLC0415
    from scrim.reveals.types import parse_type  # noqa: PLC0415
    from scrim.server.reveals import open_reveals  # noqa: PLC0415

    request = RevealRequest(
        connection=connection,
        values=tuple(values) if values else _read_values(),
        reason=reason,
        column=None if column is None else _column(column),
        entity=entity,
        type_spec=parse_type(type_name),
        operator=operator,
        version=key_version,
    )
    # Before anybody is asked for a password.
    request.check()
    with open_reveals(config) as reveals:
        answer = reveals.reveal(sign_in(reveals, user), request, approved)
    if isinstance(answer, Pending):
        _show_pending(answer, json_output=json_output)
        raise typer.Exit(EXIT_WAITING)
    _show(request, answer, json_output=json_output)
    if None in answer.values:
        raise typer.Exit(EXIT_FAILED)


def _read_values() -> tuple[str, ...]:
    """Return the lines of standard input, as many as a request may have and one more."""
    from scrim.reveals.request import MAX_VALUE_BYTES, MAX_VALUES  # noqa: PLC0415

    lines: list[str] = []
    try:
        while len(lines) <= MAX_VALUES and (line := sys.stdin.readline(MAX_VALUE_BYTES + 2)):
            lines.append(line.removesuffix("\n").removesuffix("\r"))
    except UnicodeDecodeError:
        raise CommandError("standard input is not UTF-8 text", EXIT_USAGE) from None
    return tuple(lines)


def _column(name: str) -> "Column":
    from scrim.config.relation_names import split_name  # noqa: PLC0415
    from scrim.domain.column import Column  # noqa: PLC0415

    try:
        schema, relation, column = split_name(name)
    except ValueError:
        raise CommandError("--column must be schema.table.column", EXIT_USAGE) from None
    return Column(schema, relation, column)


def _show(request: "RevealRequest", answer: "Revealed", *, json_output: bool) -> None:
    if json_output:
        typer.echo(json.dumps(answer.document(request), ensure_ascii=False))
        return
    if note := answer.note(request):
        typer.echo(f"scrim: {printable(note)}", err=True)
    for number, value in enumerate(answer.values, 1):
        typer.echo("" if value is None else printable(value))
        if value is None:
            typer.echo(
                f"scrim: value {number} was not masked by {answer.operator} as {answer.domain}",
                err=True,
            )


def _show_pending(answer: "Pending", *, json_output: bool) -> None:
    expires = answer.expires.isoformat(timespec="seconds")
    if json_output:
        waits = {"request": answer.request, "groups": answer.groups, "expires": expires}
        typer.echo(json.dumps({"waits": waits}))
        return
    groups = " and of ".join(answer.groups)
    typer.echo(f"waits for an approval by somebody of {printable(groups)}, until {expires}")
    typer.echo(f"then ask once more with --approved {answer.request}")
