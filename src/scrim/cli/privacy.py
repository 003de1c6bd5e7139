"""`scrim privacy`: whether a table may be shown, and how much privacy was taken of a dataset."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.cli.mask_options import TableFormat
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from scrim.masking.groups.budget import Budgets

EXIT_BELOW = 1

app = typer.Typer(
    help="Statistics about people: group sizes, and privacy budgets.", no_args_is_help=True
)
budget = typer.Typer(help="Privacy budgets of principals and datasets.", no_args_is_help=True)
app.add_typer(budget, name="budget")


PrincipalArgument = Annotated[
    str, typer.Argument(metavar="PRINCIPAL", help="Who asks; * for all principals together.")
]
DatasetArgument = Annotated[str, typer.Argument(metavar="DATASET", help="What is asked about.")]


@app.callback()
def group() -> None:
    """Statistics about people: group sizes, and privacy budgets."""


@budget.callback()
def budget_group() -> None:
    """Privacy budgets of principals and datasets."""


@app.command()
def check(  # noqa: PLR0913 - one parameter for each option of the command
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON lines or Parquet.")],
    *,
    quasi: Annotated[
        str,
        typer.Option(
            "--quasi", help="Columns that identify together, with commas between.", metavar="NAMES"
        ),
    ],
    k: Annotated[int, typer.Option("--k", min=1, help="Records that must share them.")] = 5,
    sensitive: Annotated[
        str | None,
        typer.Option(
            "--sensitive", help="Columns that are to stay unknown, with commas.", metavar="NAMES"
        ),
    ] = None,
    least: Annotated[
        int, typer.Option("--l", min=1, help="Distinct sensitive values among those records.")
    ] = 1,
    entropy: Annotated[
        bool, typer.Option("--entropy", help="Demand --l of the entropy, not of the number.")
    ] = False,
    subject: Annotated[
        str | None,
        typer.Option(
            "--subject", help="Column that tells persons apart; counts them.", metavar="NAME"
        ),
    ] = None,
    file_format: Annotated[
        TableFormat, typer.Option("--format", help="What is in the file; else its name tells.")
    ] = TableFormat.AUTO,
    json_output: JsonOption = False,
) -> None:
    """Say whether every combination of identifying columns is shared by enough records.

    That is k-anonymity, with `--l` also l-diversity. No value is shown.

    Ends with 0 when it is so, 1 when it is not, 2 when it could not be done.
    """
    from scrim.cli.privacy_files import read_columns  # noqa: PLC0415
    from scrim.cli.privacy_view import show_report  # noqa: PLC0415

    try:
        from scrim.masking.groups.anonymity import check as examine  # noqa: PLC0415
        from scrim.masking.groups.requirements import GroupError, Requirement  # noqa: PLC0415
    except ModuleNotFoundError:
        raise CommandError(
            "this needs pyarrow; install it with `pip install 'scrim-gateway[data]'`", EXIT_USAGE
        ) from None
    try:
        requirement = Requirement(
            _names(quasi), k, _names(sensitive or ""), least, entropy=entropy, subject=subject
        )
        columns = (*requirement.quasi, *requirement.sensitive, *([subject] if subject else []))
        chosen = None if file_format is TableFormat.AUTO else file_format.value
        report = examine(read_columns(file, chosen, columns), requirement)
    except GroupError as error:
        raise CommandError(f"{file}: {error}", EXIT_USAGE) from None
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or error}", EXIT_USAGE) from None
    if json_output:
        typer.echo(json.dumps({**asdict(report), "satisfied": report.satisfied}))
    else:
        show_report(str(file), report)
    if not report.satisfied:
        raise typer.Exit(EXIT_BELOW)


@budget.command()
def show(
    config: ConfigOption = DEFAULT_CONFIG,
    principal: Annotated[
        str | None, typer.Option("--principal", help="Only this one's.", metavar="NAME")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Only of this one.", metavar="NAME")
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Show what each principal may take of each dataset, and what it has taken."""
    from scrim.cli.privacy_view import show_balances  # noqa: PLC0415

    with _budgets(config) as budgets:
        found = budgets.balances(principal, dataset)
    if json_output:
        typer.echo(json.dumps([asdict(one) for one in found]))
    else:
        show_balances(found)


@budget.command("set")
def set_(  # noqa: PLR0913 - one parameter for each option of the command
    principal: PrincipalArgument,
    dataset: DatasetArgument,
    *,
    epsilon: Annotated[float, typer.Option("--epsilon", help="Epsilon that may be taken in all.")],
    delta: Annotated[float, typer.Option("--delta", help="The same of delta.")] = 0.0,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Say what a principal may take of a dataset in all; what it has taken stays taken."""
    with _budgets(config) as budgets:
        budgets.set(principal, dataset, epsilon, delta)
        _confirm(budgets, principal, dataset, json_output=json_output)


@budget.command()
def reset(
    principal: PrincipalArgument,
    dataset: DatasetArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is recorded.", metavar="TEXT")],
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Begin a new period, in which a principal has taken nothing of a dataset.

    What was learnt before stays learnt: do this for new data, not for more answers.
    """
    with _budgets(config) as budgets:
        budgets.reset(principal, dataset, reason)
        _confirm(budgets, principal, dataset, json_output=json_output)


def _confirm(budgets: "Budgets", principal: str, dataset: str, *, json_output: bool) -> None:
    from scrim.cli.privacy_view import show_balances  # noqa: PLC0415

    found = budgets.balances(principal, dataset)
    if json_output:
        typer.echo(json.dumps(asdict(found[0])))
    else:
        show_balances(found)


def _budgets(config: Path) -> "AbstractContextManager[Budgets]":
    from scrim.privacy import open_budgets  # noqa: PLC0415

    return open_budgets(config)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in map(str.strip, text.split(",")) if name)
