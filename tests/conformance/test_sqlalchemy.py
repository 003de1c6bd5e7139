"""SQLAlchemy on psycopg and on asyncpg, with reflection of the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Integer, MetaData, String, Table, func, insert, inspect, select
from sqlalchemy.engine import URL, Engine, create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.conformance.shop import SERIES_ROWS, assert_masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conformance.conftest import Places
    from tests.support.endpoint import Endpoint

BOTH = ("analyst", "investigator")


class Base(DeclarativeBase):
    pass


class Scratch(Base):
    __tablename__ = "scratch"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    word: Mapped[str | None] = mapped_column(String)


def url(endpoint: Endpoint, driver: str) -> URL:
    return URL.create(
        f"postgresql+{driver}",
        endpoint.user,
        endpoint.password,
        endpoint.host,
        endpoint.port,
        endpoint.database,
    )


@pytest.fixture(params=BOTH)
def engine(places: Places, request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = create_engine(url(getattr(places, request.param), "psycopg"))
    yield engine
    engine.dispose()


@pytest.fixture
def direct_engine(places: Places) -> Iterator[Engine]:
    engine = create_engine(url(places.direct, "psycopg"))
    yield engine
    engine.dispose()


def described(engine: Engine, table: str) -> list[tuple[str, str, Any]]:
    columns = inspect(engine).get_columns(table)
    return [(c["name"], str(c["type"]), c["nullable"]) for c in columns]


@pytest.mark.parametrize("table", ["clean", "people", "orders"])
def test_reflection_finds_the_same_schema(
    engine: Engine, direct_engine: Engine, table: str
) -> None:
    assert inspect(engine).get_table_names() == inspect(direct_engine).get_table_names()
    assert described(engine, table) == described(direct_engine, table)
    keys = inspect(engine).get_foreign_keys(table)
    assert keys == inspect(direct_engine).get_foreign_keys(table)
    primary = inspect(engine).get_pk_constraint(table)
    assert primary == inspect(direct_engine).get_pk_constraint(table)


def test_a_reflected_table_is_read(engine: Engine, direct_engine: Engine) -> None:
    clean = Table("clean", MetaData(), autoload_with=engine)
    statement = select(clean).order_by(clean.c.id)
    with engine.connect() as connection, direct_engine.connect() as direct:
        received = connection.execute(statement).all()
        assert repr(received) == repr(direct.execute(statement).all())


def test_a_join_on_masked_tables_keeps_its_rows(engine: Engine) -> None:
    metadata = MetaData()
    people = Table("people", metadata, autoload_with=engine)
    orders = Table("orders", metadata, autoload_with=engine)
    statement = (
        select(people.c.email, func.sum(orders.c.total))
        .join(orders, orders.c.person_id == people.c.id)
        .group_by(people.c.email)
    )
    with engine.connect() as connection:
        received = connection.execute(statement).all()
    assert sorted(str(row[1]) for row in received) == ["27.49", "5.00"]
    if "analyst" in str(engine.url.username):
        assert_masked([tuple(row) for row in received])


@pytest.mark.usefixtures("clean_scratch")
def test_objects_are_stored_changed_and_deleted(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all([Scratch(id=number, word=f"word {number}") for number in range(50)])
        session.commit()
        loaded = session.get_one(Scratch, 7)
        loaded.word = "changed"
        session.delete(session.get_one(Scratch, 8))
        session.commit()
        assert session.scalar(select(func.count()).select_from(Scratch)) == 49
        assert session.scalar(select(Scratch.word).where(Scratch.id == 7)) == "changed"
        session.expunge_all()
        session.add(Scratch(id=7, word="twice"))
        with pytest.raises(IntegrityError):
            session.commit()
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Scratch)) == 49


def test_a_server_side_cursor_streams(engine: Engine) -> None:
    series = Table("series", MetaData(), autoload_with=engine)
    with engine.connect().execution_options(yield_per=100) as connection:
        received = connection.execute(select(series.c.id, series.c.email)).all()
    assert len(received) == SERIES_ROWS
    if "analyst" in str(engine.url.username):
        assert_masked([tuple(row) for row in received])


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
async def test_asyncpg_below_it(places: Places, who: str) -> None:
    engine = create_async_engine(url(getattr(places, who), "asyncpg"))
    try:
        async with engine.begin() as connection:
            series = await connection.run_sync(
                lambda sync: Table("series", MetaData(), autoload_with=sync)
            )
            received = (
                await connection.execute(select(series.c.id, series.c.email).order_by(series.c.id))
            ).all()
            await connection.execute(insert(Scratch), [{"id": 1, "word": "one"}])
        assert [row[0] for row in received] == list(range(1, SERIES_ROWS + 1))
        if who == "analyst":
            assert_masked([tuple(row) for row in received])
    finally:
        await engine.dispose()
