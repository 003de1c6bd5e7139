"""Makes the training values of the classifier of short values, and trains it.

    python scripts/train_values.py [--values FILE] [--only-values]

The values are the same at each run with the versions of `constraints.txt`; the trainer
(`rust/detect/examples/train_values.rs`) counts with integers, so the model is the same bit by bit.
It takes some minutes and replaces `rust/detect/models/values.bin`.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import track

from values_other import job_title, organization, other_code, other_text, other_title, other_word
from values_people import family_name, full_name, given_name
from values_places import city, country, state, street

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "rust" / "detect" / "models" / "values.bin"
MAX_CHARACTERS = 120
SEED = 20_240_817

CLASSES: tuple[tuple[str, Callable[[random.Random], str], int], ...] = (
    ("given_name", given_name, 90_000),
    ("family_name", family_name, 120_000),
    ("full_name", full_name, 130_000),
    ("street", street, 80_000),
    ("city", city, 120_000),
    ("state", state, 50_000),
    ("country", country, 60_000),
    ("organization", organization, 150_000),
    ("job_title", job_title, 60_000),
    ("other_word", other_word, 120_000),
    ("other_title", other_title, 130_000),
    ("other_code", other_code, 90_000),
    ("other_text", other_text, 30_000),
)
"""Classes with what makes their values, and how many of them; the order is that of the model."""


def varied(value: str, rng: random.Random) -> str:
    """Return a value as some tables write it: in capitals, in small letters, without accents."""
    chance = rng.random()
    if chance < 0.13:
        value = value.upper()
    elif chance < 0.2:
        value = value.lower()
    if rng.random() < 0.1:
        bare = (c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
        value = "".join(bare)
    return " ".join(value.split())[:MAX_CHARACTERS].strip()


def values() -> Iterator[str]:
    """Yield a line for each value: the number of its class, a tabulator, the value."""
    for number, (name, make, count) in enumerate(CLASSES):
        rng = random.Random(SEED + number)
        for _ in track(range(count), f"{name:14}", transient=True):
            value = varied(make(rng), rng)
            if value:
                yield f"{number}\t{value}\n"


def main() -> int:
    """Make the values and train; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--values", type=Path, default=ROOT / "rust" / "target" / "values.tsv")
    parser.add_argument("--only-values", action="store_true", help="do not train")
    arguments = parser.parse_args()
    arguments.values.parent.mkdir(parents=True, exist_ok=True)
    with arguments.values.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(name for name, _, _ in CLASSES) + "\n")
        file.writelines(values())
    if arguments.only_values:
        return 0
    command = ["cargo", "run", "--release", "-q", "-p", "scrim-detect", "--example", "train_values"]
    return subprocess.run(
        [*command, "--", str(arguments.values), str(MODEL)], cwd=ROOT / "rust", check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
