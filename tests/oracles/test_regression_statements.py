"""Every statement of PostgreSQL's and libpg_query's tests resolves or is refused with a reason."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from scrim.statements.classify import demands, refusal
from scrim.statements.facts import StatementError, read
from scrim.statements.lineage import Lineage
from tests.oracles.parser_source import literals, obtain_tests
from tests.oracles.regression_source import obtain
from tests.oracles.regression_statements import statements
from tests.oracles.test_postgres_regression import REPRESENTATIVE
from tests.unit.statements.sample_schema import sample_catalog, untraced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_SECONDS = 0.05
# What else the machine does is in a measured time, too.
TRIES = 5
# Statements that are wrong on purpose.
MAX_REFUSED_SHARE = 0.05


def decide(lineage: Lineage, sql: str) -> str:
    """Work out all that decisions need; return the SQLSTATE of what is no statement."""
    try:
        found = read(sql)
    except StatementError as error:
        return error.code if error.message else "no reason"
    for facts in found:
        assert len(lineage.resolve(facts, untraced(3))) == 3
        lineage.influences(facts)
        lineage.stored(facts)
        lineage.compared(facts)
        demands(facts, lineage.catalog)
        reason = refusal(facts, lineage.catalog)
        assert reason is None or (reason.code and reason.message)
    return ""


def check(texts: Iterable[str]) -> Counter[str]:
    """Decide some statement strings; return how many there are by SQLSTATE."""
    lineage = Lineage(sample_catalog())
    codes: Counter[str] = Counter()
    for sql in texts:
        times: list[float] = []
        while not times or (min(times) > MAX_SECONDS and len(times) < TRIES):
            started = time.perf_counter()
            code = decide(lineage, sql)
            times.append(time.perf_counter() - started)
        assert min(times) < MAX_SECONDS, f"{min(times):.3f} s: {sql[:200]}"
        codes[code] += 1
    return codes


def scripts(paths: Iterable[Path]) -> Iterator[str]:
    """Give the statements of some scripts."""
    for path in paths:
        yield from statements(path.read_bytes().decode("utf-8", errors="replace"))


def test_statements_of_every_kind_resolve_or_are_refused() -> None:
    source = obtain()
    codes = check(scripts(source.script(name) for name in sorted(REPRESENTATIVE)))
    assert "no reason" not in codes
    assert codes.total() > 5_000
    assert codes.total() - codes[""] < MAX_REFUSED_SHARE * codes.total()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_all_statements_resolve_or_are_refused() -> None:
    codes = check(scripts(sorted((obtain().folder / "sql").glob("*.sql"))))
    assert "no reason" not in codes
    assert codes.total() > 40_000
    assert codes.total() - codes[""] < MAX_REFUSED_SHARE * codes.total()


@pytest.mark.long
@pytest.mark.timeout(2_400)
def test_all_statements_of_the_parsers_own_tests_resolve_or_are_refused() -> None:
    folder = obtain_tests()
    codes = check(scripts(sorted((folder / "sql").rglob("*.sql"))))
    assert codes.total() > 40_000
    deparsed = check(literals((folder / "deparse_tests.c").read_text()))
    assert deparsed.total() > 400
    codes += deparsed
    assert "no reason" not in codes
    assert codes.total() - codes[""] < MAX_REFUSED_SHARE * codes.total()


def test_neighbouring_literals_of_c_are_one_statement() -> None:
    source = 'const char* tests[] = {\n "SELECT \\"a\\"",\n "SELECT"\n " 1", };'
    assert list(literals(source)) == ['SELECT "a"', "SELECT 1"]


def test_a_script_is_split_as_psql_splits_it() -> None:
    script = (
        "SELECT 'a;b', \"c;d\", $x$;$x$, E'\\';' -- ;\n;\n\\d\nSELECT 1 \\gset\n"
        "COPY t FROM stdin;\n1;2\n\\.\n"
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;\n"
        "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);\nSELECT 3"
    )
    found = list(statements(script))
    assert [sql.split()[0] for sql in found] == [
        "SELECT",
        "SELECT",
        "COPY",
        "CREATE",
        "CREATE",
        "SELECT",
    ]
