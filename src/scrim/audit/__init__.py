"""Writes down who asked for what, what was decided, and how it ended, without a single value.

`records` says what each line contains, `templates` prepares the lines that the data path completes
by itself, `log` writes them to segment files, and `reader` reads them back.
"""
