from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from scrim.server.exposition import render
from scrim.server.metrics import FAMILIES, Kind, Totals, series

WORKER: dict[str, Any] = {
    "connections": {"open": 2, "accepted": 10},
    "sessions": {"open": 2, "opened": 5},
    "statements": {"select": {"completed": 7, "refused": 1}},
    "masked_values": 100,
    "pools": {"shop": {"open": 3, "idle": 1, "opened": 4, "wait_seconds": 0.5}},
}

trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=4) | st.lists(inner),
    max_leaves=10,
)


def samples(text: bytes) -> dict[str, float]:
    return {
        sample.name + "".join(f" {k}={v}" for k, v in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def merged(totals: Totals) -> dict[str, float]:
    return samples(render(totals.merged(wanted=2, ready=1, restarts=3)))


def test_the_figures_of_workers_are_added_up() -> None:
    totals = Totals()
    totals.update(0, WORKER)
    totals.update(1, WORKER)
    found = merged(totals)
    assert found["scrim_connections_open"] == 4
    assert found["scrim_statements_total operation=select outcome=completed"] == 14
    assert found["scrim_pool_open connection=shop"] == 6
    assert found["scrim_pool_wait_seconds_total connection=shop"] == 1
    assert found["scrim_masked_values_total"] == 200
    assert found["scrim_workers"] == 1
    assert found["scrim_worker_restarts_total"] == 3


def test_counters_of_an_ended_worker_stay_and_its_gauges_go() -> None:
    totals = Totals()
    totals.update(0, WORKER)
    totals.retire(0)
    totals.retire(0)
    found = merged(totals)
    assert found["scrim_sessions_total"] == 5
    assert found["scrim_pool_opened_total connection=shop"] == 4
    assert "scrim_connections_open" not in found
    assert "scrim_pool_open connection=shop" not in found
    totals.update(0, {"sessions": {"opened": 1}})
    assert merged(totals)["scrim_sessions_total"] == 6


def test_newer_figures_replace_older_ones() -> None:
    totals = Totals()
    totals.update(0, WORKER)
    totals.update(0, WORKER)
    assert merged(totals)["scrim_sessions_total"] == 5


def test_every_family_has_a_name_of_its_own_and_a_meaning() -> None:
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    for family in FAMILIES:
        assert family.meaning.endswith(".")
        assert not family.name.endswith("_total")
        assert "user" not in family.labels
        assert "principal" not in family.labels
        assert family.kind in Kind


@given(st.dictionaries(st.sampled_from([f.path[0] for f in FAMILIES]), trees, max_size=4))
def test_whatever_a_worker_reports_can_be_merged_and_rendered(figures: dict[str, Any]) -> None:
    totals = Totals()
    totals.update(0, figures)
    totals.retire(0)
    totals.update(1, figures)
    merged(totals)


def test_the_number_of_series_is_bounded() -> None:
    many = {"findings": {f"entity{n}": 1 for n in range(10_000)}}
    family = next(f for f in FAMILIES if f.path == ("findings",))
    assert len(list(series(many, family))) == 2000
