"""Scores detection on a file of labelled texts, columns or secrets, and measures its speed.

    python benchmarks/detection.py --data FILE [--map FILE] [--headers no] [--peer] [--json FILE]
    python benchmarks/detection.py --national [--quick]
    python benchmarks/detection.py --speed [--peer] [--quick]

Without any of these it does the last two. `harness/detection_data.py` says what a file looks like,
`harness/span_scores.py` and `harness/column_scores.py` how it is scored, `harness/labels.py` how
labels are mapped. Nothing of PostgreSQL takes part.
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from harness.detection_data import read_data
from harness.detection_speed import measure_speed
from harness.evaluation import Evaluation
from harness.labels import read_map
from harness.national import measure_national
from harness.presidio import PYTHON, Presidio
from harness.report import Options, Report, finish

if TYPE_CHECKING:
    from harness.detection_data import DataFile

TITLE = "detection: what is found, and how fast"


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, metavar="FILE", help="score this JSON-lines file")
    parser.add_argument(
        "--map", type=Path, metavar="FILE", help="JSON or YAML: label: list of scrim's entities"
    )
    parser.add_argument(
        "--headers", choices=("yes", "no"), default="yes", help="`no` hides names of columns"
    )
    parser.add_argument("--national", action="store_true", help="values that have check digits")
    parser.add_argument("--speed", action="store_true", help="speed on one core")
    parser.add_argument("--peer", action="store_true", help="compare with Presidio's patterns")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    return parser.parse_args()


def measure(given: argparse.Namespace, report: Report) -> None:
    """Do what the command line asks for.

    Args:
        given: The options.
        report: Takes the figures.
    """
    options = Options(given.quick, given.json)
    everything = given.data is None and not given.national and not given.speed
    with contextlib.ExitStack() as stack:
        peer = None
        if given.peer or (everything and PYTHON.exists()):
            peer = stack.enter_context(Presidio())
        data: DataFile | None = None
        if given.data is not None:
            data = read_data(given.data)
            label_map = None if given.map is None else read_map(given.map)
            Evaluation(data, label_map, given.headers == "yes", peer).run(report)
        if given.national or everything:
            measure_national(options, report)
        if given.speed or everything:
            texts = () if data is None else tuple(text.text for text in data.texts)
            measure_speed(options, report, peer, texts)


if __name__ == "__main__":
    given = arguments()
    finish(Report(TITLE, gated=False), lambda report: measure(given, report), given.json)
