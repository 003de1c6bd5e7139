"""The Prometheus text form of the gateway's figures.

Apart from `metrics` so that the supervisor loads the Prometheus library only when it is asked.
"""

from collections.abc import Iterator

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from scrim.server.metrics import FAMILIES, Figures, Kind, series

MAX_LABEL_CHARS = 100


class _Snapshot(Collector):
    """One reading of the figures, as `prometheus_client` wants to see it."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        for family in FAMILIES:
            kind = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
            metric = kind(family.name, family.meaning, labels=family.labels)
            for labels, number in series(self._figures, family):
                metric.add_metric([label[:MAX_LABEL_CHARS] for label in labels], number)
            if metric.samples:
                yield metric


def render(figures: Figures) -> bytes:
    """Return the figures in the Prometheus text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(figures))
    return generate_latest(registry)
