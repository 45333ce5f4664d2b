"""What becomes of calls that are over, in figures: webhooks by endpoint, what a model finds out by how that ended."""

from collections.abc import Mapping
from typing import Final

from prometheus_client import Counter, Gauge

from callagent.after_call import Outcome

_waiting = Gauge("callagent_webhooks_waiting", "Webhooks that an endpoint has not got yet", ["endpoint"])
_oldest = Gauge("callagent_webhooks_oldest_seconds", "For how long the oldest of them has waited", ["endpoint"])
_requests = Counter(
    "callagent_webhook_requests", "Requests with webhooks, by what came of them", ["endpoint", "event", "outcome"]
)
_analyses = Counter(
    "callagent_analyses", "Calls that were looked at after they were over, by what came of it", ["outcome"]
)
_tokens = Counter("callagent_analysis_tokens", "Tokens that looking at them took", ["direction"])
_given_up = Counter("callagent_webhooks_given_up", "Webhooks that were not delivered within a day", ["endpoint"])

CLASSES: Final = ("delivered", "no answer", "2xx", "3xx", "4xx", "5xx")
"""Outcomes that are counted; a status stands for its class, so that no endpoint can make series without end."""


class WebhookMeter:
    """Tells Prometheus; see `callagent.records.webhooks.sender.Meter`."""

    def sent(self, endpoint: str, event: str, outcome: str) -> None:
        """Count a request."""
        kind = f"{outcome.removeprefix('status ')[:1]}xx" if outcome.startswith("status ") else outcome
        _requests.labels(endpoint, event, kind if kind in CLASSES else "no answer").inc()

    def given_up(self, endpoint: str, count: int) -> None:
        """Count webhooks that will not be sent any more."""
        _given_up.labels(endpoint).inc(count)

    def waiting(self, endpoint: str, count: int, oldest_s: float) -> None:
        """Tell how many wait, and for how many seconds the oldest one has."""
        _waiting.labels(endpoint).set(count)
        _oldest.labels(endpoint).set(oldest_s)


class AnalysisMeter:
    """Tells Prometheus; see `callagent.after_call.service.Meter`."""

    def looked_at(self, outcome: Outcome) -> None:
        """Count a call that was looked at."""
        _analyses.labels(outcome).inc()

    def used(self, usage: Mapping[str, float]) -> None:
        """Count the tokens of one: `input_tokens` and `output_tokens`."""
        for direction in ("input", "output"):
            _tokens.labels(direction).inc(usage.get(f"{direction}_tokens", 0))
