"""How a person proves to a command who they are."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scrim.cli.failures import CommandError

if TYPE_CHECKING:
    from scrim.reveals.request import SignedIn
    from scrim.server.reveals import Reveals

TOKEN_VARIABLE = "SCRIM_TOKEN"  # noqa: S105 - the name of a variable
PASSWORD_VARIABLE = "SCRIM_PASSWORD"  # noqa: S105

UserOption = Annotated[
    str,
    typer.Option(
        "--user",
        help="Who you are. A token comes from SCRIM_TOKEN, a password from SCRIM_PASSWORD or "
        "the terminal.",
        metavar="NAME",
    ),
]


def sign_in(reveals: "Reveals", user: str) -> "SignedIn":
    """Return who the caller is, by a token or a password that is never on the command line.

    Raises:
        CommandError: If there is neither.
        RevealRefusedError: If it does not fit.
    """
    if token := os.environ.get(TOKEN_VARIABLE):
        return reveals.sign_in(user, token=token)
    if password := os.environ.get(PASSWORD_VARIABLE):
        return reveals.sign_in(user, password=password)
    if not sys.stderr.isatty():
        raise CommandError(
            f"set {TOKEN_VARIABLE} or {PASSWORD_VARIABLE}; there is no terminal to ask at"
        )
    import getpass  # noqa: PLC0415

    return reveals.sign_in(user, password=getpass.getpass(f"Password of {user}: "))
