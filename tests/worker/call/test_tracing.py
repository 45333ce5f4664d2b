"""The trace of a call at a collector that speaks OTLP: what is in it, what is not, and a collector that is away."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from livekit.agents import telemetry
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.trace import NoOpTracerProvider

from callagent.audio import CallClock
from callagent.journal import CallerHeard, GateDecided, HandedOver, TransferRequested
from callagent.turns import OverlapRecord
from callagent.turns.gate.overlap_record import Heard
from callagent.worker.call import tracing
from callagent.worker.call.tracing import CallTrace, check_collector, flush_at_exit, start_tracing, wanted
from tests.support.loopback import serving, unused_port

BEGAN = 1_700_000_000.0
WORDS = "my card is 4111 1111 1111 1111"


@pytest.fixture(autouse=True)
def traces_of_this_test_alone() -> Iterator[None]:
    """What livekit traces in other tests goes nowhere."""
    yield
    telemetry.set_tracer_provider(NoOpTracerProvider())
    start_tracing.cache_clear()


@dataclass
class Collector:
    """An OTLP collector of the test: the spans that came, as name -> attributes, start and end."""

    spans: dict[str, tuple[dict[str, object], float, float]] = field(default_factory=dict)
    raw: bytes = b""

    async def take(self, request: web.Request) -> web.Response:
        self.raw += (data := await request.read())
        resources = ExportTraceServiceRequest.FromString(data).resource_spans
        for span in (span for resource in resources for scope in resource.scope_spans for span in scope.spans):
            values = {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in span.attributes}
            self.spans[span.name] = (values, span.start_time_unix_nano / 1e9, span.end_time_unix_nano / 1e9)
        return web.Response()


async def test_a_trace_has_what_the_gate_decided_and_nothing_that_was_said() -> None:
    heard = (Heard(3.0, WORDS, True, None),)
    collector, said = Collector(), {"lk.pii.user_input": WORDS, "lk.speech_id": "a"}
    async with serving(collector.take, path="/v1/traces") as port:
        provider = await asyncio.to_thread(start_tracing, f"http://127.0.0.1:{port}")
        with telemetry.tracer.start_as_current_span("job", attributes=said):
            call = CallTrace(provider, CallClock(BEGAN))
            for entry in (
                GateDecided.of(OverlapRecord(2.0, 2.9, 2.5, "interrupt", "command", heard, silent_at=2.75)),
                CallerHeard(3.0, WORDS, True),
                HandedOver(0.0, "reception"),
                HandedOver(4.0, "billing", before="reception"),
                TransferRequested(5.0, "+12025550123", refused="busy"),
            ):
                call.put(entry)
        await call.flush()
    spans = collector.spans
    assert spans.keys() == {"job", "overlap", "hand_over", "transfer"}
    figures, start, end = spans["overlap"]
    assert figures == {
        "callagent.decision": "interrupt",
        "callagent.rule": "command",
        "callagent.reaction_ms": 500,
        "callagent.silent_ms": 750,
    }
    assert [start - BEGAN, end - BEGAN] == pytest.approx([2.0, 2.75])
    assert spans["hand_over"][0] == {"callagent.from": "reception", "callagent.to": "billing"}
    assert spans["transfer"][0] == {"callagent.outcome": "failed", "callagent.warm": False}
    assert spans["job"][0]["lk.speech_id"] == "a"
    assert b"4111" not in collector.raw and b"2025550123" not in collector.raw


def end_with_a_span(url: str) -> None:
    """What a process of the worker does: its last span ends after every callback."""
    flush_at_exit(start_tracing(url))
    with telemetry.tracer.start_as_current_span("the last one"):
        pass


async def test_what_ends_last_in_a_process_is_sent_too() -> None:
    collector = Collector()
    async with serving(collector.take, path="/v1/traces") as port, asyncio.timeout(60):
        job = multiprocessing.get_context("spawn").Process(target=end_with_a_span, args=(f"http://127.0.0.1:{port}",))
        await asyncio.to_thread(job.start)
        await asyncio.to_thread(job.join)
    assert (job.exitcode, list(collector.spans)) == (0, ["the last one"])


async def test_a_collector_that_hangs_keeps_no_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        await held.wait()
        return web.Response()

    monkeypatch.setattr(tracing, "EXPORT_S", 0.2)
    async with serving(hang) as port, asyncio.timeout(20):
        provider = await asyncio.to_thread(start_tracing, f"http://127.0.0.1:{port}")
        call = CallTrace(provider, CallClock(BEGAN))
        call.put(HandedOver(4.0, "billing", before="reception"))
        await call.flush()
        held.set()


async def test_a_collector_that_is_away_keeps_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "EXPORT_S", 0.2)
    provider = await asyncio.to_thread(start_tracing, f"http://127.0.0.1:{unused_port()}")
    call = CallTrace(provider, CallClock(BEGAN))
    call.put(HandedOver(4.0, "billing", before="reception"))
    async with asyncio.timeout(20):
        await call.flush()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318"),
        ("http://collector:4318/", "http://collector:4318"),
        ("https://otel.example.com/v1/traces", "https://otel.example.com"),
        ("https://otel.example.com/team/v1/traces/", "https://otel.example.com/team"),
    ],
)
def test_the_address_of_a_collector_with_and_without_its_path(given: str, meant: str) -> None:
    assert check_collector(given) == meant


@pytest.mark.parametrize("given", ["", "localhost:4318", "grpc://a:4317", "http://", "http://a:99999", "http://[::1"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="is not the address of a collector"):
        check_collector(given)


def test_traces_are_wanted_by_option_or_variable() -> None:
    assert wanted("http://a", {})
    assert wanted(None, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a"})
    assert not wanted(None, {"OTEL_EXPORTER_OTLP_ENDPOINT": ""})
