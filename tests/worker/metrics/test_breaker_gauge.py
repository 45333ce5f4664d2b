from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from callagent.providers.outages.breaker import Breaker
from callagent.providers.outages.breaker_file import FileCell
from callagent.worker.metrics.breaker_gauge import breaker_gauge


async def test_prometheus_sees_which_providers_are_left_alone(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    down = Breaker(FileCell(tmp_path, "llm openai", {}))
    down.failed()
    down.failed()
    Breaker(FileCell(tmp_path, "tts cartesia", {})).failed()
    with breaker_gauge(tmp_path, registry):
        shown = generate_latest(registry).decode()
    assert 'callagent_provider_breaker{part="llm",provider="openai"} 2.0' in shown
    assert 'callagent_provider_breaker{part="tts",provider="cartesia"} 0.0' in shown
    assert "callagent_provider_breaker" not in generate_latest(registry).decode()
