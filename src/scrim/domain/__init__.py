"""Frozen dataclasses that every layer shares: who asks, what is asked for, what was decided.

Nothing here does any work: no parsing, no I/O, no clock. A type belongs here when at least two
layers exchange it.
"""
