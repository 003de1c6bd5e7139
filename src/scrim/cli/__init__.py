"""The command line: one file per command, and the embedded PostgreSQL of `scrim demo`."""
