"""The leak gate over the wide table: each row beside the same row read directly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.shared import RawClient
from harness.tables import BULK_PROTECTED, MARKER

if TYPE_CHECKING:
    from harness.report import Report
    from harness.shared import Endpoint

CHECKED_ROWS = 500


def check_bulk(
    direct: Endpoint, through: Endpoint, report: Report, where: str, rows: int = CHECKED_ROWS
) -> None:
    """Prove that the protected columns are masked and the others are not changed.

    Args:
        direct: The database.
        through: The gateway.
        report: Whose leak gate is told.
        where: What is measured, for the message.
        rows: How many rows are compared, in text and in binary each; all of them when 0.
    """
    sql = "SELECT * FROM bulk ORDER BY id" + (f" LIMIT {rows}" if rows else "")
    markers = [MARKER.encode(), MARKER.title().encode()]
    with RawClient(direct) as raw, RawClient(through) as client:
        raw.forget(keep=False)
        client.forget()
        report.gate.check_rows(raw.query(sql), client.query(sql), BULK_PROTECTED, where)
        report.gate.check_rows(
            raw.query_binary(sql), client.query_binary(sql), BULK_PROTECTED, f"{where}, binary"
        )
        report.gate.check_bytes(bytes(client.received), markers, where)
