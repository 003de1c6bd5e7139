"""Scans a data store for `scrim scan`, with a progress bar where someone watches."""

import asyncio
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scrim.detection.columns import ColumnJudge
from scrim.detection.inventory import Inventory, TableTally
from scrim.server.sampling import Selection, sample_tables

if TYPE_CHECKING:
    from scrim.config.connections import Connection
    from scrim.detection.scan import Scanner


def scan_store(
    name: str, settings: "Connection", scanner: "Scanner", selection: Selection
) -> Inventory:
    """Return what a data store holds.

    Args:
        name: The connection in scrim.yaml.
        settings: Its settings there.
        scanner: Searches values.
        selection: What is looked at.

    Raises:
        ProtocolError: If the data store cannot be reached.
    """
    return asyncio.run(_scan(name, settings, scanner, selection))


async def _scan(
    name: str, settings: "Connection", scanner: "Scanner", selection: Selection
) -> Inventory:
    judge = ColumnJudge(scanner.catalogue)
    inventory = Inventory(name)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("catalog", total=None)

        def count(tables: int) -> None:
            progress.update(task, total=tables)
            if tables == 0:
                inventory.notes.append("there is no table that the options let through")

        async for sample in sample_tables(settings, selection, count):
            if not sample.places:
                continue
            column = sample.places[0].column
            table = f"{column.schema}.{column.relation}"
            progress.update(task, description=table, advance=1)
            tally = TableTally(scanner, judge, sample.places)
            tally.add(sample.rows)
            inventory.columns += tally.reports()
            if sample.problem:
                inventory.notes.append(
                    f"{table}: could not be read and is judged by its names: {sample.problem}"
                )
    return inventory
