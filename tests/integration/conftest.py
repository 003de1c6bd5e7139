"""Fixtures for tests that run whole programs: clients of every language."""

from __future__ import annotations

import pytest

from tests.support.programs import Java, Node, find_java, find_node


@pytest.fixture(scope="session")
def java() -> Java:
    """Java and PostgreSQL's JDBC driver."""
    return find_java()


@pytest.fixture(scope="session")
def node() -> Node:
    """Node and its package `pg`."""
    return find_node()
