"""What Prometheus is told of webhooks, and of calls that a model looked at."""

from prometheus_client import REGISTRY

from callagent.worker.metrics.after_call_meters import AnalysisMeter, WebhookMeter


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_what_waits_and_what_became_of_requests_is_told_by_endpoint() -> None:
    meter = WebhookMeter()
    meter.waiting("meter-test", 3, 12.5)
    assert value("callagent_webhooks_waiting", endpoint="meter-test") == 3
    assert value("callagent_webhooks_oldest_seconds", endpoint="meter-test") == 12.5
    meter.given_up("meter-test", 2)
    assert value("callagent_webhooks_given_up_total", endpoint="meter-test") == 2


def test_a_status_is_counted_by_its_class() -> None:
    meter = WebhookMeter()
    for outcome in ("delivered", "status 500", "status 503", "status 404", "no answer", "status 999"):
        meter.sent("meter-test", "ended", outcome)
    counted = {
        outcome: value("callagent_webhook_requests_total", endpoint="meter-test", event="ended", outcome=outcome)
        for outcome in ("delivered", "5xx", "4xx", "no answer", "9xx")
    }
    assert counted == {"delivered": 1, "5xx": 2, "4xx": 1, "no answer": 2, "9xx": None}


def test_calls_that_were_looked_at_are_counted_with_their_tokens() -> None:
    def told() -> list[float]:
        outcomes = [value("callagent_analyses_total", outcome=each) or 0.0 for each in ("found", "given up")]
        tokens = [value("callagent_analysis_tokens_total", direction=each) or 0.0 for each in ("input", "output")]
        return [*outcomes, *tokens]

    before, meter = told(), AnalysisMeter()
    meter.looked_at("found")
    meter.looked_at("found")
    meter.looked_at("given up")
    meter.used({"input_tokens": 300, "output_tokens": 20})
    assert [now - then for now, then in zip(told(), before, strict=True)] == [2, 1, 300, 20]
