"""Short ranges: 10 and 100 rows of ten columns, five of them masked, against pgbouncer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.bulk_check import check_bulk
from harness.pgbench import Load
from harness.point_queries import Contestant, compare
from harness.report import at_least, main
from harness.stand import Stand, describe_peers
from harness.tables import BULK_CLEAN_TAGS, BULK_TAGS

if TYPE_CHECKING:
    from harness.report import Options, Report

ROWS = 100_000
CLIENTS = 8
SIZES = (10, 100)
FULL_SECONDS, QUICK_SECONDS = 5, 1


def measure(options: Options, report: Report) -> None:
    """Read ranges by their key with prepared statements and 8 clients."""
    seconds = options.either(QUICK_SECONDS, FULL_SECONDS)
    with Stand({**BULK_TAGS, **BULK_CLEAN_TAGS}) as stand:
        describe_peers(stand, report)
        stand.fill_bulk(ROWS)
        gateway = stand.gateway()
        subject = Contestant(stand.through(gateway), gateway.pid)
        reference = Contestant(stand.pooled, stand.pooler.pid)
        check_bulk(stand.direct, subject.endpoint, report, "before the load")
        for size in SIZES:
            script = (
                f"\\set first random(1, {ROWS - size})\n"
                f"SELECT * FROM bulk WHERE id BETWEEN :first AND :first + {size - 1};\n"
            )
            load = Load("prepared", CLIENTS, seconds, script)
            comparison = compare(subject, reference, [load], options, report)
            report.add_ratio(f"range_{size}_rows_ratio", comparison.tps, at_least(0.80))
            report.add_ratio(f"range_{size}_rows_processor_ratio", comparison.processor)
        check_bulk(stand.direct, subject.endpoint, report, "after the load")


if __name__ == "__main__":
    main("range: 10 and 100 rows, prepared, 8 clients, of pgbouncer", measure)
