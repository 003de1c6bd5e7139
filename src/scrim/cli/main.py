"""The `scrim` command: what it offers, and how it ends."""

import os
import sys

import typer

from scrim.cli import (
    approve,
    audit,
    completion,
    config,
    demo,
    explain,
    key,
    mask,
    privacy,
    reveal,
    scan,
    serve,
    token,
    user,
    version,
)
from scrim.cli.failures import explain_and_exit

app = typer.Typer(
    name="scrim",
    help="An identity-aware data gateway: everyone keeps their client, and sees only what they may."
    "\n\nExit codes: 0 done, 1 could not be done, 2 wrong command line, 70 a mistake in scrim, "
    "75 waits for an approval, "
    "77 would be refused by the gateway, 78 unusable configuration, 130 "
    "interrupted. `scrim scan` ends with "
    "1 when it found something, `scrim privacy check` when a class of records is too small.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("scan")(scan.scan)
app.command("explain")(explain.explain)
app.command("reveal")(reveal.reveal)
app.command("approve")(approve.approve)
app.command("mask")(mask.mask)
app.add_typer(token.app, name="token")
app.add_typer(user.app, name="user")
app.add_typer(config.app, name="config")
app.add_typer(key.app, name="key")
app.add_typer(audit.app, name="audit")
app.add_typer(privacy.app, name="privacy")
app.command("completion")(completion.completion)
app.command("version")(version.version)


def run() -> None:
    """Run the command that the command line names. Entry point of the `scrim` program."""
    try:
        if completion.VARIABLE in os.environ:
            completion.prepare()
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output has seen enough, as in `scrim audit tail | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (Exception, KeyboardInterrupt) as error:
        explain_and_exit(error)


if __name__ == "__main__":
    run()
