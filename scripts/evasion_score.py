"""Runs the evasion battery and writes docs/reference/evasion-score.md.

    python scripts/evasion_score.py

Ends with status 1 when something leaked; the page then says so.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.evasion.places import opened  # noqa: E402 - the path is set first
from tests.evasion.score import measured, page  # noqa: E402
from tests.support.certificates import Authority  # noqa: E402


def main() -> int:
    """Write the page; returns the exit status."""
    with tempfile.TemporaryDirectory() as folder, opened(Authority(Path(folder))) as vault:
        scores = measured(vault)
    counts = {name: score.numbers() for name, score in scores.items()}
    (ROOT / "docs/reference/evasion-score.md").write_text(page(counts))
    leaking = [name for name, score in scores.items() if score.leaks]
    if leaking:
        sys.stderr.write(f"leaks by: {', '.join(leaking)}\n")
    return 1 if leaking else 0


if __name__ == "__main__":
    sys.exit(main())
