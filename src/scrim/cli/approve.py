"""`scrim approve`: let somebody else's request to turn values back go through."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scrim.cli.credentials import UserOption, sign_in
from scrim.cli.failures import EXIT_USAGE, CommandError, printable
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption

if TYPE_CHECKING:
    from scrim.reveals.approvals import WaitingRequest


def approve(
    request: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The request; without it, all that wait are listed."),
    ] = None,
    *,
    user: UserOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Approve a request of `scrim reveal` as a member of the group that its policy names.

    Nobody can approve their own request, and only people can. An approval holds for exactly the
    values that were asked for, once, and until the request expires.
    """
    from scrim.server.reveals import open_reveals  # noqa: PLC0415

    with open_reveals(config) as reveals:
        if request is None:
            shown = reveals.waiting()
        elif not user:
            raise CommandError("--user: say who approves", EXIT_USAGE)
        else:
            shown = [reveals.approve(sign_in(reveals, user), request)]
    if json_output:
        typer.echo(json.dumps([_fields(waiting) for waiting in shown], ensure_ascii=False))
        return
    for waiting in shown:
        typer.echo(_line(waiting))
    if not shown:
        typer.echo("no request waits")


def _fields(waiting: "WaitingRequest") -> dict[str, Any]:
    expires = datetime.fromtimestamp(waiting.expires, UTC)
    return {
        "request": waiting.request,
        "requesters": waiting.requesters,
        **waiting.summary,
        "approvers": waiting.approvers,
        "missing": waiting.missing(),
        "expires": expires.isoformat(timespec="seconds"),
    }


def _line(waiting: "WaitingRequest") -> str:
    fields = _fields(waiting)
    where = f"{fields['connection']} {fields['column'] or fields['entity']}"
    missing = " and ".join(waiting.missing())
    state = f"waits for {missing}" if missing else "approved"
    who = " for ".join(waiting.requesters)
    return printable(
        f"{waiting.request}  {state}  {who}: {fields['values']} values of {where}, until "
        f"{fields['expires']}: {fields['reason']}"
    )
