"""The states of a worker's circuit breakers, as Prometheus reads them: what its calls share is looked at then."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily

from callagent.providers.outages.breaker import StateName
from callagent.providers.outages.breaker_file import breakers_in

VALUES: Final[dict[StateName, int]] = {"closed": 0, "half open": 1, "open": 2}
"""What the gauge shows for each state."""


@contextmanager
def breaker_gauge(directory: Path, registry: CollectorRegistry = REGISTRY) -> Iterator[None]:
    """Show the breakers in a directory meanwhile."""
    collector = _Breakers(directory)
    registry.register(collector)
    try:
        yield
    finally:
        registry.unregister(collector)


class _Breakers:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def describe(self) -> Iterable[Metric]:
        """Return the gauge without samples: whoever registers it reads no files, which the event loop must not."""
        return [self._gauge()]

    def collect(self) -> Iterable[Metric]:
        """Return one sample for each provider of a chain that has failed since the worker began."""
        gauge = self._gauge()
        found: dict[tuple[str, str], int] = {}
        for name, circuit in breakers_in(self._directory):
            part, _, provider = name.partition(" ")
            state = VALUES[circuit.state(time.monotonic())]
            found[part, provider] = max(found.get((part, provider), 0), state)
        for labels, value in found.items():
            gauge.add_metric(labels, value)
        return [gauge]

    def _gauge(self) -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "callagent_provider_breaker",
            "Circuit breakers of the providers of chains: 0 closed, 1 half open, 2 open",
            labels=["part", "provider"],
        )
