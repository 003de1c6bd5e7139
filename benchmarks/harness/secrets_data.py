"""Builds a file of texts with and without secrets from the examples of public rule sets.

    python benchmarks/harness/secrets_data.py --out FILE [--lines FILE ...] [--seen FILE ...]
        [--half 0|1] FOLDER ...

Each FOLDER is a checked-out rule set whose rules are lists in YAML, `rules: [{id, examples,
negative_examples}]`, as those of Nosey Parker and Kingfisher are; nothing is fetched. A rule set
whose examples are made by a program, as those of gitleaks are, is first written to a FILE of
`{"text", "secret", "source"}` lines by that program, and given with `--lines`.

Three things are left out, since a score on them would say nothing about secrets: texts that were
seen before; examples of rules that describe no secret but an identifier or an address, which the
rule sets themselves mark (`categories` without `secret`, `hashed` or `generic`, or `visible:
false`); and texts that one rule must not match but in which another rule's example stands, because
they do hold a secret, only not that rule's. `--keep` keeps all of them.

`--seen` leaves out the texts of files that were made before. `--half` takes one half of the rules,
by a hash of their names, so that the misses of one half can be looked at while the other tells what
was gained.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SECRET_CATEGORIES = {"secret", "hashed", "generic"}
# Shorter texts occur in others by chance.
MIN_COVERED = 16


@dataclass(frozen=True, slots=True)
class Example:
    """One text.

    Attributes:
        text: The text.
        secret: Whether the rule matches it.
        source: The rule set and the rule.
        kept: Whether the rule describes a secret at all.
    """

    text: str
    secret: bool
    source: str
    kept: bool = True


def read_rules(folder: Path) -> Iterator[Example]:
    """Read the examples of a rule set.

    Args:
        folder: Where it is checked out.

    Yields:
        The examples, in the order of the files' names.
    """
    paths = [path for suffix in ("yml", "yaml") for path in folder.rglob(f"rules/*.{suffix}")]
    for path in sorted(paths):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError:
            continue
        rules = content.get("rules", []) if isinstance(content, dict) else []
        for rule in rules:
            yield from _examples(rule, folder.name)


def _examples(rule: dict[str, Any], name: str) -> Iterator[Example]:
    categories = set(rule.get("categories") or SECRET_CATEGORIES)
    kept = bool(categories & SECRET_CATEGORIES) and rule.get("visible", True) is not False
    source = f"{name}:{rule.get('id', '')}"
    for field, secret in (("examples", True), ("negative_examples", False)):
        for text in rule.get(field) or ():
            yield Example(str(text), secret, source, kept)


def read_lines(path: Path) -> Iterator[Example]:
    """Read examples that another program has written.

    Args:
        path: JSON lines with `text`, `secret` and `source`.

    Yields:
        The examples.
    """
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Example(row["text"], row["secret"], row["source"])


def select(examples: Iterable[Example]) -> list[Example]:
    """Leave out what says nothing about secrets.

    Args:
        examples: The examples of all rule sets.
    """
    unique = {(one.text, one.secret): one for one in reversed(list(examples))}
    found = list(reversed(unique.values()))
    positives = [one for one in found if one.secret and one.kept]
    return [one for one in found if (one.kept if one.secret else not is_covered(one, positives))]


def half_of(source: str) -> int:
    """Return in which half a rule is.

    Args:
        source: The rule set and the rule, as in `Example.source`.

    Returns:
        0 or 1, by the first byte of the SHA-256 of the rule's name.
    """
    return hashlib.sha256(source.partition(":")[2].encode()).digest()[0] % 2


def is_covered(example: Example, positives: Sequence[Example]) -> bool:
    """Say whether another rule's secret stands in a text, or the text in it.

    Args:
        example: A text that its rule must not match.
        positives: The texts with secrets.
    """
    text = example.text.strip()
    for one in positives:
        other = one.text.strip()
        if one.source == example.source and text != other:
            continue
        if text == other or (len(other) >= MIN_COVERED and other in text):
            return True
        if len(text) >= MIN_COVERED and text in other:
            return True
    return False


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--lines", type=Path, nargs="*", default=[], metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--seen", type=Path, nargs="*", default=[], metavar="FILE")
    parser.add_argument("--half", type=int, choices=(0, 1), help="rules of one half only")
    parser.add_argument("--keep", action="store_true", help="leave nothing out")
    given = parser.parse_args()
    every = [one for path in given.lines for one in read_lines(path)]
    every += [one for folder in given.folders for one in read_rules(folder)]
    chosen = every if given.keep else select(every)
    seen = {one.text for path in given.seen for one in read_lines(path)}
    chosen = [
        one for one in chosen if one.text not in seen and given.half in {None, half_of(one.source)}
    ]
    with given.out.open("w", encoding="utf-8") as out:
        for one in chosen:
            row = asdict(one)
            del row["kept"]
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    secrets = sum(one.secret for one in chosen)
    print(f"{len(every)} examples, {secrets} texts with a secret, {len(chosen) - secrets} without")


if __name__ == "__main__":
    main()
