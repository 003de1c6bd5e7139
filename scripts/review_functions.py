"""Compares the reviewed functions with those that servers have, and writes the list of them.

Reviewed are the names in `scrim.statements.pure_functions`, and every function of such a name by
its identifier, in `reviewed_functions.toml`. A server with a function that is not in that file is
safe without it: calls by its name then count as unknown. To review a new server:

    python scripts/review_functions.py            # what is new, by name, with where it is defined
    python scripts/review_functions.py --write    # after reading each: take them into the file

Read a function's source (the third column) before: it may use its arguments, settings, the clock
and the schema, and nothing else.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psycopg

from scrim.cli.embedded import EmbeddedPostgres, embedded_bin_dir
from scrim.statements.functions import is_listed
from scrim.statements.reviewed_functions import FILE, reviewed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "scrim" / "statements" / FILE
INSTALLATIONS = Path("/usr/lib/postgresql")
HEADER = """\
# Functions of pg_catalog that return nothing but what their arguments hold or facts about the
# schema: types of arguments by identifier, by name. Written by scripts/review_functions.py; what is
# here was read by somebody.

"""
QUERY = """
SELECT p.oid::int, p.proname, pg_catalog.oidvectortypes(p.proargtypes), l.lanname, p.prosrc
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.oid < 16384 AND p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace ORDER BY p.oid
"""


class Function(NamedTuple):
    """A function of a server."""

    id: int
    name: str
    arguments: str
    language: str
    source: str


def main() -> int:
    """Print what is new, or write it; return 1 if anything is new and not written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dsn", nargs="*", help="servers; by default those of this machine")
    parser.add_argument("--write", action="store_true", help="take what is new into the file")
    options = parser.parse_args()
    known = {name: dict(found) for name, found in reviewed().items()} if TARGET.exists() else {}
    fresh: list[Function] = []
    with ExitStack() as stack:
        for dsn in options.dsn or local_servers(stack):
            fresh += [
                function
                for function in functions(dsn)
                if is_listed(function.name) and function.id not in known.get(function.name, ())
            ]
            for function in fresh:
                known.setdefault(function.name, {})[function.id] = function.arguments
    for function in fresh:
        print(f"{function.name}({function.arguments})", function.id, function.source, sep="\t")
    if options.write:
        TARGET.write_text(HEADER + spoken(known))
        return 0
    return int(bool(fresh))


def local_servers(stack: ExitStack) -> Iterator[str]:
    """Start the embedded server and those that are installed, one after the other."""
    folders = [embedded_bin_dir(), *sorted(INSTALLATIONS.glob("*/bin"))]
    for folder in folders:
        server = stack.enter_context(EmbeddedPostgres(bin_dir=folder))
        yield server.dsn("postgres")


def functions(dsn: str) -> list[Function]:
    """Return the system's own functions of a server."""
    with psycopg.connect(dsn) as connection:
        return [Function(*row) for row in connection.execute(QUERY).fetchall()]


def spoken(known: Mapping[str, Mapping[int, str]]) -> str:
    """Return the list as TOML."""

    def lines() -> Iterable[str]:
        for name in sorted(known):
            overloads = ", ".join(
                f"{identifier} = '{known[name][identifier]}'" for identifier in sorted(known[name])
            )
            yield f"{name} = {{ {overloads} }}\n"

    return "[functions]\n" + "".join(lines())


if __name__ == "__main__":
    sys.exit(main())
