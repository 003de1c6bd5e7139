"""What the scripts share: their own servers, interleaved pairs, the leak gate, the report.

A script starts a `Stand` (PostgreSQL, the gateway before it, pgbouncer beside it), measures pairs
of contestants one after the other so that both see the same weather, and hands figures to a
`Report`. `leaks` decides whether the figures count at all: a fast unmasked path is a failure.
"""
