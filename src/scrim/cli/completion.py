"""`scrim completion`: make the shell complete commands and options."""

from enum import StrEnum
from typing import Annotated

import typer
from typer._completion_classes import completion_init
from typer._completion_shared import get_completion_script

PROGRAM = "scrim"
VARIABLE = "_SCRIM_COMPLETE"


class Shell(StrEnum):
    """The shells that can be taught."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Annotated[Shell, typer.Argument(help="The shell to write for.")]) -> None:
    """Print a script that completes scrim's commands; for bash: eval "$(scrim completion bash)"."""
    script = get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=shell.value)
    typer.echo(script)


def prepare() -> None:
    """Get ready to answer a shell that asks what a word may become."""
    completion_init()
