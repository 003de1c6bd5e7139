"""Knows sensitive values: in a cell, in a text, and in a column as a whole.

- `entities/<group>.toml` declares what is known; `catalogue` loads and checks it.
- `scan` finds values in texts with the kernel's scanner.
- `columns` says what a column holds: by its name (`column_names`), its table, its type, and a vote
  of its values (`voting`, `gazetteer`).
"""
