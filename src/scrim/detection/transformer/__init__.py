"""Finds entities with a transformer of one's own, beside the kernel's scanner.

For scans and for programs; the gateway never loads it. It takes the extra `transformer`.

- `folder` reads what a model comes with; `labels` says what its labels mean.
- `windows` cuts texts into what the model takes at once, `model` runs it.
- `overlaps` joins its findings with the kernel's, `scanner` is the scanner of both.
"""
