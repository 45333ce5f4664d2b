"""One trace a call, sent over OTLP: livekit's spans, and a span for each overlap that the gate decided.

Nothing in it says what was said, or by whom: livekit takes such attributes out before the spans leave the process.
"""

import asyncio
import functools
import logging
import os
import threading
from collections.abc import Mapping

from livekit.agents import telemetry
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from callagent import __version__
from callagent.audio import CallClock
from callagent.journal import GateDecided, HandedOver, Observation, TransferRequested
from callagent.livekit_api.connection import names_server

SERVICE = "callagent"
VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""OpenTelemetry's own variables, either of which asks for traces as `--otlp` does."""

TRACES = "/v1/traces"
"""Where a collector takes traces, below the address that it is given."""

EXPORT_S = 5.0
"""How long a collector may take for a batch, in seconds."""

_NS = 1_000_000_000
_log = logging.getLogger("callagent.worker")


def wanted(url: str | None, env: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody has asked for traces, by the option or by a variable of OpenTelemetry."""
    return url is not None or any(env.get(name) for name in VARIABLES)


def check_collector(url: str) -> str:
    """Return the address of a collector without a slash at its end.

    Raises:
        ValueError: it is none; the message is for whoever gave it.
    """
    if not names_server(url, ("http", "https")):
        raise ValueError("is not the address of a collector, such as http://127.0.0.1:4318")
    return url.rstrip("/").removesuffix(TRACES)


@functools.cache
def start_tracing(url: str | None) -> TracerProvider:
    """Have livekit's spans of this process sent to a collector; once, however often it is asked for.

    Args:
        url: where it listens for OTLP over HTTP; None: where OpenTelemetry's variables say.
    """
    endpoint = None if url is None else f"{url}{TRACES}"
    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE, "service.version": __version__}))
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_S)
    provider.add_span_processor(BatchSpanProcessor(exporter, export_timeout_millis=EXPORT_S * 1000))
    telemetry.set_tracer_provider(provider, allow_pii=False)
    return provider


def flush_at_exit(provider: TracerProvider) -> None:
    """Have the spans sent that livekit ends last, when the job is over and all its callbacks have run.

    A process of the worker ends without what `atexit` knows; it does wait for threads that are not daemons.
    """

    def shut_down() -> None:
        threading.main_thread().join()
        provider.shutdown()

    threading.Thread(target=shut_down, name="callagent.worker.tracing", daemon=False).start()


class CallTrace:
    """What of the journal belongs into the trace of a call and is in none of livekit's spans.

    Args:
        provider: where the spans go.
        clock: that of the call.
    """

    def __init__(self, provider: TracerProvider, clock: CallClock) -> None:
        self._provider, self._clock = provider, clock
        self._tracer = provider.get_tracer(SERVICE, __version__)
        self._context = trace.set_span_in_context(trace.get_current_span())

    def put(self, entry: Observation) -> None:
        """Make a span of an observation, if it is one for the trace."""
        match entry:
            case GateDecided(overlap=overlap) if overlap is not None:
                figures: dict[str, str | int | bool] = {
                    "callagent.decision": overlap.decision,
                    "callagent.rule": overlap.rule,
                    "callagent.reaction_ms": overlap.reaction_ms,
                }
                if (seconds := overlap.silent_after) is not None:
                    figures["callagent.silent_ms"] = round(seconds * 1000)
                self._span("overlap", overlap.onset, overlap.silent_at or overlap.decided_at, figures)
            case HandedOver(at=at, agent=agent, before=before) if before:
                self._span("hand_over", at, at, {"callagent.from": before, "callagent.to": agent})
            case TransferRequested(at=at, refused=refused, warm=warm):
                outcome = "failed" if refused else "accepted"
                self._span("transfer", at, at, {"callagent.outcome": outcome, "callagent.warm": warm})

    async def flush(self) -> None:
        """Send what is left, for `EXPORT_S` at most; a collector that is away is in the log of OpenTelemetry."""
        if not await asyncio.to_thread(self._provider.force_flush, round(EXPORT_S * 1000)):
            _log.warning("the trace of a call was not sent in time")

    def _span(self, name: str, start: float, end: float, attributes: Mapping[str, str | int | bool]) -> None:
        span = self._tracer.start_span(name, self._context, start_time=self._ns(start), attributes=dict(attributes))
        span.end(self._ns(end))

    def _ns(self, at: float) -> int:
        return round(self._clock.wall(at) * _NS)
