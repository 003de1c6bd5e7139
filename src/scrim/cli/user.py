"""`scrim user`: what scrim.yaml needs to know of a local user."""

import json
import secrets
import sys

import typer

from scrim.cli.failures import CommandError
from scrim.cli.options import JsonOption

MAX_PASSWORD_CHARS = 1024

app = typer.Typer(help="Local users.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Local users."""


@app.command()
def password(json_output: JsonOption = False) -> None:
    """Turn a password into the verifier that `identity.local.users.NAME.password` takes.

    The password is asked for twice at a terminal, and read as one line otherwise. The verifier
    cannot be turned back, but guard it: it allows guessing.
    """
    from scrim.identity.scram import make_verifier  # noqa: PLC0415

    try:
        verifier = make_verifier(_read_password(), secrets.token_bytes).format()
    except ValueError as error:
        raise CommandError(str(error)) from None
    typer.echo(json.dumps({"password": verifier}) if json_output else verifier)


def _read_password() -> str:
    if not sys.stdin.isatty():
        line = sys.stdin.readline(MAX_PASSWORD_CHARS + 2).rstrip("\r\n")
        if len(line) > MAX_PASSWORD_CHARS:
            raise CommandError(f"the password is longer than {MAX_PASSWORD_CHARS} characters")
        return line
    import getpass  # noqa: PLC0415

    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise CommandError("the two passwords differ; try again")
    return first
