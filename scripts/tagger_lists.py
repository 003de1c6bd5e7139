"""The lists of words in data/tagger_lists.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

_TEXT = (Path(__file__).parent / "data" / "tagger_lists.toml").read_text("utf-8")
_TABLE = tomllib.loads(_TEXT)

LISTS: dict[str, list[str]] = {key: value for key, value in _TABLE.items() if key != "leads"}
# What may stand before a slot in a sentence, by slot.
LEADS: dict[str, list[str]] = {slot: words.split() for slot, words in _TABLE["leads"].items()}
