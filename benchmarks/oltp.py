"""Point queries: the gateway with three column rules against pgbouncer, which masks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.point_queries import Contestant, add_figures, compare, standard_loads
from harness.report import main
from harness.stand import Stand, describe_peers
from harness.tables import POINT_TAGS

if TYPE_CHECKING:
    from harness.report import Options, Report

FULL_SCALE, QUICK_SCALE = 10, 1


def measure(options: Options, report: Report) -> None:
    """Run pgbench's point query in every mode with 1, 8 and 32 clients."""
    with Stand(POINT_TAGS) as stand:
        describe_peers(stand, report)
        stand.fill_accounts(options.either(QUICK_SCALE, FULL_SCALE))
        gateway = stand.gateway()
        subject = Contestant(stand.through(gateway), gateway.pid)
        stand.check_accounts(subject.endpoint, report, "before the load")
        reference = Contestant(stand.pooled, stand.pooler.pid)
        comparison = compare(subject, reference, standard_loads(options), options, report)
        stand.check_accounts(subject.endpoint, report, "after the load")
    add_figures(report, "oltp", comparison)


if __name__ == "__main__":
    main("oltp: point queries, of pgbouncer", measure)
