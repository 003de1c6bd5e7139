"""What statements store, where the database's users brought operators and casts."""

from __future__ import annotations

import pytest

from scrim.statements.facts import read
from scrim.statements.lineage import Lineage
from tests.unit.statements.sample_schema import sample_catalog


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO orders (note) VALUES (1 ### 1)",
        "INSERT INTO orders (note) SELECT 1 ### 1",
        "UPDATE orders SET note = 1 ### 1",
        "UPDATE orders SET note = ROW(1)::leaking::text",
        "MERGE INTO orders USING orders o ON true WHEN MATCHED THEN UPDATE SET note = 1 ### 1",
    ],
)
def test_what_users_operators_and_casts_give_is_not_stored_as_known(sql: str) -> None:
    catalog = sample_catalog(
        operators=[["public", "###", None, False], ["public", "=", None, True]],
        casts=[["leaking", "e", None]],
    )
    (facts,) = read(sql)
    assert any(not origin.known for _, _, origin in Lineage(catalog).stored(facts))
    (facts,) = read("UPDATE orders SET note = 'x' WHERE id = 1")
    assert not Lineage(catalog).stored(facts)


def test_what_explain_would_store_counts() -> None:
    (facts,) = read("EXPLAIN ANALYZE CREATE TABLE t AS SELECT email FROM public.staff")
    assert Lineage(sample_catalog()).stored(facts)
