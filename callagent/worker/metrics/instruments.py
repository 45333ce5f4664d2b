"""The instruments of the calls, as Prometheus reads them from `/metrics`."""

from prometheus_client import Counter, Histogram

from callagent.worker.metrics.call_figures import CallFigures

_SOON_S = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Bounds for what a caller waits for, in seconds."""

_LONG_S = (1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
"""Bounds for the length of a call, in seconds."""

ended = Counter("callagent_calls_ended", "Calls that are over", ["direction", "ending"])
length = Histogram("callagent_call_seconds", "Length of calls", ["direction"], buckets=_LONG_S)
answer = Histogram("callagent_answer_seconds", "Dispatch to the answer", ["direction"], buckets=_SOON_S)
greeting = Histogram(
    "callagent_greeting_seconds", "Dispatch to the agent's first sound", ["direction"], buckets=_SOON_S
)
latency = Histogram(
    "callagent_turn_latency_seconds", "End of the caller's speech to the answer, by part", ["part"], buckets=_SOON_S
)
caller_turns = Counter("callagent_caller_turns", "Turns of callers, those that nothing came of too")
turns_lost = Counter("callagent_lost_turns", "Turns of callers that nothing came of")
decisions = Counter("callagent_gate_decisions", "Overlaps that the gate decided, by rule", ["decision", "rule"])
yields = Histogram("callagent_yield_seconds", "Caller's first sample to the agent's silence", buckets=_SOON_S)
tools = Counter("callagent_tool_calls", "Calls of tools, by how they ended", ["status"])
errors = Counter("callagent_errors", "Errors of providers and sessions, recoverable ones too, by kind", ["kind"])
transfers = Counter("callagent_transfers", "Transfers, by their outcome", ["outcome"])
hand_overs = Counter("callagent_hand_overs", "Calls that one agent gave to another")
recordings = Counter("callagent_recordings", "Recordings of calls that are over, by what became of them", ["outcome"])
provider_errors = Counter("callagent_provider_errors", "Failures of the providers of chains", ["part", "provider"])
fallbacks = Counter("callagent_fallbacks", "Times that another provider of a chain took over", ["part", "provider"])
recoveries = Counter("callagent_recoveries", "Times that an earlier one of a chain was back", ["part", "provider"])
hangs = Counter("callagent_hangs", "Times that something in a call took too long, by who", ["who"])
outages = Counter("callagent_outages", "What callers got in outages: fillers, sentences, transfers", ["step"])
call_backs = Counter("callagent_call_backs_due", "Callers who were promised a call")
uncounted = Counter("callagent_calls_uncounted", "Calls whose figures could not be read")


def count(figures: CallFigures) -> None:
    """Add one call that is over."""
    ended.labels(figures.direction, figures.ending).inc()
    for seconds, histogram in ((figures.seconds, length), (figures.answer, answer), (figures.greeting, greeting)):
        if seconds is not None:
            histogram.labels(figures.direction).observe(seconds)
    for part, parts in figures.latency.items():
        for each in parts:
            latency.labels(part).observe(each)
    caller_turns.inc(figures.caller_turns)
    turns_lost.inc(figures.lost_turns)
    for reaction in figures.yields:
        yields.observe(reaction)
    for name, often in figures.decisions.items():
        decision, _, rule = name.partition("/")
        decisions.labels(decision, rule).inc(often)
    for counter, by_label in ((tools, figures.tools), (errors, figures.errors), (transfers, figures.transfers)):
        for label, often in by_label.items():
            counter.labels(label).inc(often)
    hand_overs.inc(figures.hand_overs)
    if figures.recording:
        recordings.labels(figures.recording).inc()
    for told, often in figures.outages.items():
        _count_outage(told.split("/", 2), often)


def _count_outage(told: list[str], often: int) -> None:
    match told:
        case ["provider_failed", part, provider]:
            provider_errors.labels(part, provider).inc(often)
        case ["fallback", part, provider]:
            fallbacks.labels(part, provider).inc(often)
        case ["recovered", part, provider]:
            recoveries.labels(part, provider).inc(often)
        case ["hung", who]:
            hangs.labels(who).inc(often)
        case ["treated", step]:
            outages.labels(step).inc(often)
            call_backs.inc(often if step == "call back" else 0)
