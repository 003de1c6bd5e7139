"""The command line: one file per command, and the embedded PostgreSQL of `scrim demo`.

Commands import what they need when they run, so that each starts quickly.
"""
