"""`scrim serve`: run the gateway."""

import asyncio

import typer

from scrim.cli.options import DEFAULT_CONFIG, ConfigOption


def serve(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the gateway until it is stopped.

    SIGHUP reloads the configuration without dropping connections. SIGTERM or Ctrl-C lets running
    transactions end first; a second one ends at once.
    """
    from scrim.server.supervisor import Supervisor  # noqa: PLC0415

    async def run() -> int:
        return await Supervisor(config).run()

    raise typer.Exit(asyncio.run(run()))
