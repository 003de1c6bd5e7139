"""`scrim demo`: a database, a gateway before it, and three people who ask the same.

What is imported inside functions would slow every other command's start, and comes when the
database and the gateway are starting anyway.
"""

import asyncio
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrim.cli.failures import CommandError
from scrim.cli.options import JsonOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrim.cli.demo_compare import Answer
    from scrim.cli.demo_scene import Actor, Query
    from scrim.cli.demo_view import Scene
    from scrim.cli.demo_work import Step
    from scrim.cli.embedded import EmbeddedPostgres
    from scrim.server.supervisor import Supervisor

QUERY_TIMEOUT_SECONDS = 20


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End after the tables.")] = False,
    json_output: JsonOption = False,
) -> None:
    """See it work: a sample shop, and what an analyst, her AI agent and an investigator get of it.

    Then what masked values are good for: joins, searches, reveals on record, and coarser views.
    Starts a throw-away PostgreSQL with invented people in it and a gateway before it. Serves until
    Ctrl-C, so that psql can be tried, and leaves nothing behind.
    """
    if find_spec("psycopg") is None:
        raise CommandError("the demo needs a client: pip install 'scrim-gateway[demo]'")
    from scrim.cli.embedded import EmbeddedPostgres  # noqa: PLC0415

    directory = Path(tempfile.mkdtemp(prefix="scrim-demo-"))
    try:
        with EmbeddedPostgres() as server:
            _Demo(directory, server, once=once, json_output=json_output).run()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class _Demo:
    """One run of the demo."""

    def __init__(
        self, directory: Path, server: "EmbeddedPostgres", *, once: bool, json_output: bool
    ) -> None:
        from scrim.cli.demo_scene import actors  # noqa: PLC0415

        self._directory = directory
        self._server = server
        self._once = once
        self._json = json_output
        self._actors = actors()
        self._port = 0

    def run(self) -> None:
        """Fill the database, then serve and ask."""
        from scrim.cli.demo_scene import fill, write_configuration  # noqa: PLC0415

        password = fill(self._server)
        config = write_configuration(self._directory, self._server.port, password, self._actors)
        code = asyncio.run(self._serve_and_ask(config))
        if code:
            raise CommandError("the gateway of the demo did not start; its log is above")

    async def _serve_and_ask(self, config: Path) -> int:
        from scrim.server.supervisor import Supervisor  # noqa: PLC0415

        ready = asyncio.Event()
        supervisor = Supervisor(config, on_ready=ready.set)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(supervisor.run())
            asking = tasks.create_task(self._ask_when_ready(supervisor, ready, config))
            code = await serving
            asking.cancel()
        return code

    async def _ask_when_ready(
        self, supervisor: "Supervisor", ready: asyncio.Event, config: Path
    ) -> None:
        await ready.wait()
        self._port = supervisor.addresses["postgres"][1]
        scene = await asyncio.to_thread(self._ask_everyone)
        self._show_scene(scene)
        steps = await asyncio.to_thread(self._work, config)
        self._show_work(scene, steps)
        self._check(scene, steps)
        if self._once:
            supervisor.stop()
        elif not self._json:
            self._invite(config)

    def _ask_everyone(self) -> "Scene":
        """Run every query as every actor, each with a client of its own, and once without scrim."""
        from scrim.cli.demo_compare import shade  # noqa: PLC0415
        from scrim.cli.demo_data import TAGS  # noqa: PLC0415
        from scrim.cli.demo_scene import QUERIES  # noqa: PLC0415
        from scrim.cli.demo_view import Scene  # noqa: PLC0415

        truth = self._ask(None, QUERIES)
        received = {actor.name: self._ask(actor, QUERIES) for actor in self._actors}
        tagged = {name.rpartition(".")[2] for name in TAGS}
        answers = [
            shade(truth[number], {name: given[number] for name, given in received.items()}, tagged)
            for number in range(len(QUERIES))
        ]
        return Scene(self._actors, QUERIES, answers)

    def _work(self, config: Path) -> list["Step"]:
        """Do with masked values what they are good for."""
        from scrim.cli.demo_work import work  # noqa: PLC0415

        return work(self._ask, self._actors, config)

    def _ask(self, actor: "Actor | None", queries: "Sequence[Query]") -> list["Answer"]:
        """Run queries as somebody through the gateway, or without anybody in the database."""
        return _ask(self._conninfo(actor), queries)

    def _conninfo(self, actor: "Actor | None") -> str:
        from scrim.cli.demo_scene import CONNECTION  # noqa: PLC0415

        if actor is None:
            return self._server.dsn(CONNECTION)
        return (
            f"host=127.0.0.1 port={self._port} dbname={CONNECTION} user={actor.name} "
            f"password={actor.password} sslmode=disable gssencmode=disable"
        )

    def _show_scene(self, scene: "Scene") -> None:
        """Show people what was answered before anything else is asked."""
        from rich.console import Console  # noqa: PLC0415

        from scrim.cli.demo_view import show  # noqa: PLC0415

        if not self._json:
            show(scene, Console())

    def _show_work(self, scene: "Scene", steps: list["Step"]) -> None:
        from rich.console import Console  # noqa: PLC0415

        from scrim.cli.demo_view import as_json  # noqa: PLC0415
        from scrim.cli.demo_work_view import show_work  # noqa: PLC0415

        if self._json:
            typer.echo(as_json(scene, steps))
        else:
            show_work(steps, Console())

    def _check(self, scene: "Scene", steps: list["Step"]) -> None:
        """Fail when a claim does not hold, or somebody without any right to it saw a raw value."""
        from scrim.cli.demo_compare import Shade  # noqa: PLC0415

        for actor in self._actors:
            if actor.acts_for is not None and scene.count(actor, Shade.RAW):
                raise CommandError(f"{actor.name} received a protected value; please report it")
        for step in steps:
            if not step.holds:
                raise CommandError(f"this does not hold: {step.claim}; please report it")

    def _invite(self, config: Path) -> None:
        """Print what to try next."""
        from scrim.cli.demo_scene import write_services  # noqa: PLC0415

        services = write_services(self._directory, self._port, self._actors)
        typer.echo("\nTry it yourself, from another terminal:")
        for actor in self._actors:
            typer.echo(f"  PGSERVICEFILE={services} psql service={actor.service}")
        typer.echo(f"  scrim audit tail --follow --config {config}")
        typer.echo("Ctrl-C ends the demo and removes everything.")


def _ask(conninfo: str, queries: "Sequence[Query]") -> list["Answer"]:
    """Run queries over one connection of an ordinary client."""
    import psycopg  # noqa: PLC0415

    from scrim.cli.demo_compare import Answer, as_text  # noqa: PLC0415

    answers = []
    timeout = f"{conninfo} connect_timeout={QUERY_TIMEOUT_SECONDS}"
    with psycopg.connect(timeout, autocommit=True) as connection:
        for query in queries:
            try:
                cursor = connection.execute(query.sql.encode())
            except psycopg.errors.InsufficientPrivilege as error:
                answers.append(Answer(refusal=error.diag.message_primary or "not permitted"))
                continue
            columns = tuple(column.name for column in cursor.description or ())
            rows = tuple(tuple(map(as_text, row)) for row in cursor.fetchall())
            answers.append(Answer(columns, rows))
    return answers
