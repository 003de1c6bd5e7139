"""The database of privacy budgets: limits, what was spent, and every spending, kept for good.

SQLite by way of SQLAlchemy. Every change is one transaction that begins with the write lock, so
two processes cannot spend the same rest; it is on the disk before it counts. Figures are whole
numbers of `EPSILON_UNIT` and `DELTA_UNIT`, so that no sum of floating-point numbers drifts.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.pool import NullPool

EPSILON_UNIT: Final = 10**9
"""Units in an epsilon of 1."""
DELTA_UNIT: Final = 10**18
BUSY_SECONDS: Final = 30
"""How long a transaction waits for those of other processes."""
FILE_MODE: Final = 0o600
MAX_NAME: Final = 256
MAX_REASON: Final = 512

METADATA: Final = MetaData()

BUDGETS: Final = Table(
    "privacy_budget",
    METADATA,
    Column("principal", String(MAX_NAME), primary_key=True),
    Column("dataset", String(MAX_NAME), primary_key=True),
    Column("epsilon_limit", BigInteger, nullable=False),
    Column("delta_limit", BigInteger, nullable=False),
    Column("epsilon_spent", BigInteger, nullable=False),
    Column("delta_spent", BigInteger, nullable=False),
    Column("period", Integer, nullable=False),
    CheckConstraint("epsilon_limit >= 0 AND delta_limit >= 0"),
    CheckConstraint("epsilon_spent >= 0 AND delta_spent >= 0 AND period >= 1"),
)
"""One row for each principal and dataset; the principal `*` stands for all of them together."""

SPENDINGS: Final = Table(
    "privacy_spending",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("principal", String(MAX_NAME), nullable=False, index=True),
    Column("dataset", String(MAX_NAME), nullable=False, index=True),
    Column("act", String(16), nullable=False),
    Column("epsilon", BigInteger, nullable=False),
    Column("delta", BigInteger, nullable=False),
    Column("about", String(MAX_REASON), nullable=False),
    Column("time", String(32), nullable=False),
)
"""Every act in its order; nothing is ever changed or removed here."""


class BudgetError(Exception):
    """A privacy budget does not allow it, or cannot be kept. Nothing is answered then."""


class BudgetStore:
    """The database file of the budgets."""

    def __init__(self, path: Path) -> None:
        """Open the file, which is created when absent, readable by its owner alone.

        Raises:
            BudgetError: If it cannot be opened, or is no database of budgets.
        """
        self._path = path
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        except OSError as error:
            raise BudgetError(f"{path}: cannot be opened ({error.strerror})") from None
        os.close(descriptor)
        self._engine = _engine(path)
        with self.transaction() as connection:
            METADATA.create_all(connection)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection that holds the write lock; what it did is on the disk at the end.

        Raises:
            BudgetError: If the database fails, or is locked for too long. Nothing is changed then.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            # Its text names tables and columns, never a value; that of the statement is left out.
            raise BudgetError(f"{self._path}: {error.orig}") from None
        except SQLAlchemyError as error:
            raise BudgetError(f"{self._path}: {type(error).__name__}") from None


def _engine(path: Path) -> Engine:
    # No connection outlives its transaction, so that a process that forks shares none.
    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - of the driver
        connection.isolation_level = None  # BEGIN is ours, below, and not the driver's
        connection.execute("PRAGMA synchronous = EXTRA")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
