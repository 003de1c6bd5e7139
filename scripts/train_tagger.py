"""Makes the model of the tagger (rust/detect/models/tagger.bin) from generated text.

    pip install -r scripts/tagger_requirements.txt
    python scripts/train_tagger.py [--documents N] [--rounds N] [--out FILE] [--keep DIR]

The same versions give the same file, to the byte, on every machine; its SHA-256 is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from anyascii import anyascii

sys.path.insert(0, str(Path(__file__).parent))

from tagger_companies import BRANDS
from tagger_lists import LEADS, LISTS
from tagger_pools import NATIONALITIES, Culture, Places, Words, cultures, places
from tagger_prose import Ordinary
from tagger_slots import MONTHS, WEEKDAYS, Filler, Parts

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "scripts/data/tagger_templates.txt"
MODEL = ROOT / "rust/detect/models/tagger.bin"
SEED = 20_240_817

# Bits of the word list; `class` in rust/detect/src/tagger/model.rs names those that the code reads.
GIVEN, FAMILY, PLACE, NATION, COMMON, FREQUENT, BRAND, PLACE_PAIR = (1 << bit for bit in range(8))

SLOT = re.compile(r"\{(w1|[a-zA-Z]+¶?|\")(\d?)\}")
CHOICE = re.compile(r"\[([^\[\]]*)\]")


def check_versions() -> None:
    """Refuses to go on with other versions than those that the model is defined by."""
    lines = (ROOT / "scripts/tagger_requirements.txt").read_text().splitlines()
    fixed = dict(line.split("==") for line in lines if "==" in line)
    if not fixed:
        sys.exit("scripts/tagger_requirements.txt fixes no version")
    for name, wanted in fixed.items():
        if version(name) != wanted:
            sys.exit(
                f"{name} {version(name)} is installed, not {wanted}:"
                " pip install -r scripts/tagger_requirements.txt"
            )


def word_list(known: list[Culture], where: Places, words: Words) -> dict[str, int]:
    """The words that the model knows the classes of."""
    classes: dict[str, int] = {}

    def add(names: list[str], bit: int) -> None:
        for name in names:
            for part in re.split(r"[ /()\u2013-]+", anyascii(name).lower()):
                if len(part) > 1 and re.fullmatch(r"[a-z][a-z']*", part):
                    classes[part] = classes.get(part, 0) | bit

    for culture in known:
        add(culture.given, GIVEN)
        add(culture.family, FAMILY)
        add(culture.cities, PLACE)
    add(where.listed, PLACE)
    add(where.countries + where.states + NATIONALITIES, NATION)
    add([brand for brand in BRANDS if " " not in brand], BRAND)
    add(words.ranked[:60_000], COMMON)
    add(words.ranked[:1500], FREQUENT)
    for name in where.pairs:
        first = re.match(r"[a-z']+ [a-z']+", anyascii(name).lower())
        if first:
            classes[first.group()] = classes.get(first.group(), 0) | PLACE_PAIR
    return classes


def expand(template: str, rng: random.Random) -> str:
    """Takes one of the parts of each choice, from the innermost outwards."""
    while True:
        changed = CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), template)
        if changed == template:
            return template.replace("\\n", "\n").replace("\\t", "\t")
        template = changed


def fill(template: str, filler: Filler) -> Parts:
    """The template with its slots filled, as parts of text and their labels."""
    filler.persons.clear()
    text = expand(template, filler.rng)
    parts: Parts = []
    at = 0
    for match in SLOT.finditer(text):
        parts.append((text[at : match.start()], ""))
        parts += filler.slots[match.group(1)](match.group(2))
        at = match.end()
    parts.append((text[at:], ""))
    if "¶" in template:
        mark = parts[0][0]
        parts = [(text.replace("¶", f"\n{mark}"), label) for text, label in parts]
    return parts


# How often each slot of LEADS is taken.
WEIGHTS = [14, 2, 14, 10, 3, 5, 2, 1, 1, 1, 5, 2, 2, 1, 6, 5, 3, 2, 2, 3, 2]
FOLLOWS = LISTS["follows"]
HEADS = LISTS["sentence_heads"]
STARTERS = LISTS["starters"]


def scattered(filler: Filler) -> Parts:
    """English words in a row with names among them: any name can stand in any sentence."""
    rng = filler.rng

    def chain(most: int, start: str = "") -> str:
        return " ".join(filler.words.chain(rng, rng.randint(1, most), start))

    def follow() -> str:
        return rng.choice(FOLLOWS if rng.random() < 0.5 else filler.words.verbs)

    if rng.random() < 0.45:
        start = rng.random()
        first = rng.choice(STARTERS) if start < 0.35 else rng.choice(filler.words.plain[:600])
        lead = f"{first.capitalize()} " if start < 0.45 else ""
        text = f"{lead}{rng.choice(HEADS)} {follow()} {chain(8)}"
    else:
        text = chain(10).capitalize()
    for _ in range(rng.randint(0, 3)):
        slot = rng.choices(list(LEADS), WEIGHTS)[0]
        lead = rng.choice(LEADS[slot]).replace("-", " ")
        link = rng.choice(["", "", "", ",", "'s" if slot == "{p}" else "", " and"])
        text += f" {lead} {slot}{link} {follow()} {chain(6)}"
    return fill(text + rng.choice([".", ".", "!", "?", ""]), filler)


def recased(parts: Parts, rng: random.Random) -> Parts:
    """The text as people and machines also write it: lower case, capitals, no diacritics."""
    kind = rng.random()
    if kind < 0.10:
        return [(text.lower(), label) for text, label in parts]
    if kind < 0.13:
        return [(text.upper(), label) for text, label in parts]
    if kind < 0.19:
        return [(anyascii(text), label) for text, label in parts]
    if kind < 0.21:
        return [(text.lower() if label else text, label) for text, label in parts]
    if kind < 0.23:
        return [
            (text.upper() if label in {"PERSON", "PLACE", "ORG"} else text, label)
            for text, label in parts
        ]
    return parts


def write_document(parts: Parts, out: TextIO) -> None:
    """One line of JSON with the text and the byte offsets of the spans."""
    text, spans, at = "", [], 0
    for part, label in parts:
        size = len(part.encode())
        if label and part.strip():
            spans.append([at, at + size, label])
        text += part
        at += size
    out.write(json.dumps({"t": text, "s": spans}, ensure_ascii=False) + "\n")


def generate(folder: Path, count: int) -> None:
    """Writes the documents and the word list."""
    known, where = cultures(), places()
    names = {name.lower() for culture in known for name in culture.given + culture.family}
    names |= {name.lower() for name in where.listed + where.countries + NATIONALITIES + BRANDS}
    names |= {name.lower() for name in MONTHS + WEEKDAYS}
    words = Words(names)
    listed = word_list(known, where, words)
    (folder / "words.tsv").write_text(
        "".join(f"{w}\t{c}\n" for w, c in sorted(listed.items())), "utf-8"
    )
    print(f"{len(known)} locales, {len(listed)} listed words")
    rng = random.Random(SEED)
    filler = Filler(rng, known, where, words)
    ordinary = Ordinary(names - set(words.ranked[:2000]))
    lines = TEMPLATES.read_text("utf-8").splitlines()
    templates = [line for line in lines if line and not re.match(r"# \w|# --|# \[a", line)]
    with (folder / "documents.jsonl").open("w", encoding="utf-8") as out:
        for number in range(count):
            kind = rng.random()
            if kind < 0.25:
                parts = ordinary.make(rng)
            elif kind < 0.5:
                parts = scattered(filler)
            else:
                parts = fill(rng.choice(templates), filler)
                while rng.random() < 0.25:
                    parts += [
                        (rng.choice([" ", " ", "\n", "\n\n"]), ""),
                        *fill(rng.choice(templates), filler),
                    ]
            write_document(recased(parts, rng), out)
            if number % 20_000 == 0:
                print(f"{number} of {count} documents", flush=True)


def main() -> None:
    """Generates, trains, and says what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=240_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--keep", type=Path, help="folder for the generated texts")
    options = parser.parse_args()
    check_versions()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        generate(folder, options.documents)
        print(f"generated in {time.monotonic() - start:.0f} s", flush=True)
        command = [
            "cargo",
            "run",
            "--release",
            "-q",
            "-p",
            "scrim-detect",
            "--features",
            "tagger-training",
        ]
        command += ["--example", "train_tagger", "--", str((folder / "documents.jsonl").resolve())]
        command += [
            str((folder / "words.tsv").resolve()),
            str(options.out.resolve()),
            str(options.rounds),
        ]
        subprocess.run(command, cwd=ROOT / "rust", check=True)
    digest = hashlib.sha256(options.out.read_bytes()).hexdigest()
    print(f"{digest}  {options.out}\n{time.monotonic() - start:.0f} s in all")


if __name__ == "__main__":
    main()
