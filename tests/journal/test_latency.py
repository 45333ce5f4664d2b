import pytest

from callagent.audio import Timeline
from callagent.journal import ObservationLog, ToolCalled, ToolReturned, TurnAdded
from callagent.journal.latency import TurnLatency, latencies

ASKED = {"stopped_speaking_at": 11.62, "transcription_delay": 0.45, "end_of_turn_delay": 0.455}
ASKED |= {"started_speaking_at": 10.4, "on_user_turn_completed_delay": 0.005}
REPLY = {"started_speaking_at": 12.48, "llm_node_ttft": 0.01, "tts_node_ttfb": 0.37, "playback_latency": 0.006}


def line(agent: float = 12.48) -> Timeline:
    timeline = Timeline()
    timeline.add_caller(10.34, 11.6, "Can I park?")
    timeline.add_agent(0.1, 9.0, interrupted=True)
    timeline.add_agent(agent, 14.0)
    return timeline


def one(*entries: ToolCalled | ToolReturned, timeline: Timeline | None = None, **changes: float) -> TurnLatency:
    """The latency of a caller's turn with the metrics above, as far as they are not changed."""
    log = ObservationLog(lambda: 20.0)
    for entry in entries:
        log.add(entry)
    asked, reply = ({name: changes.get(name, value) for name, value in each.items()} for each in (ASKED, REPLY))
    reply["started_speaking_at"] = changes.get("reply_at", REPLY["started_speaking_at"])
    turns = [
        TurnAdded(0.1, "assistant", "Hello."),
        TurnAdded(12.0, "user", "Can I park?", asked),
        TurnAdded(12.1, "assistant", "Yes.", reply),
    ]
    (latency,) = latencies(log, timeline or line(), turns)
    return latency


def test_the_parts_give_the_audible_latency() -> None:
    latency = one()
    assert (latency.turn, latency.start, latency.end) == (1, 11.6, 12.48)
    assert latency.seconds == pytest.approx(0.88)
    assert latency.parts == pytest.approx(
        {"line": 0.026, "stt": 0.45, "end_of_turn": 0.01, "llm": 0.01, "tools": 0.0, "tts": 0.37}
    )
    assert latency.rest == pytest.approx(0.014)
    assert latency.as_dict()["accounted"] is True


def test_what_no_part_accounts_for_is_told() -> None:
    latency = one(tts_node_ttfb=0.2)
    assert latency.rest == pytest.approx(0.184)
    assert latency.as_dict()["accounted"] is False


def test_an_end_of_speech_seen_early_counts_from_the_last_sample() -> None:
    latency = one(stopped_speaking_at=11.4)
    assert latency.parts["line"] == pytest.approx(0.006)
    assert latency.parts["stt"] == pytest.approx(0.25)


def test_the_line_has_what_a_network_adds_before_the_caller_hears_the_reply() -> None:
    assert one(timeline=line(agent=12.68)).parts["line"] == pytest.approx(0.226)


def test_tools_have_their_part_and_the_first_round_of_the_model_belongs_to_it() -> None:
    latency = one(ToolCalled(12.1, "book", {}), ToolReturned(12.4), timeline=line(agent=12.8), reply_at=12.8)
    assert latency.parts["llm"] == pytest.approx(0.02 + 0.01)
    assert latency.parts["tools"] == pytest.approx(0.3)
    assert abs(latency.rest) <= 0.05


def test_an_agent_that_did_not_wait_is_measured_from_the_end_of_speech_that_it_saw() -> None:
    timeline = Timeline()
    timeline.add_caller(10.34, 13.0)
    timeline.add_agent(12.48, 14.0)
    assert one(timeline=timeline).start == 11.62


def test_on_virtual_time_the_processors_figures_do_not_count() -> None:
    turns = [TurnAdded(1, "user", "Hi", dict(ASKED)), TurnAdded(2, "assistant", "Hi", dict(REPLY))]
    (latency,) = latencies(ObservationLog(lambda: 20.0), line(), turns, first_byte=0.1)
    assert (latency.parts["llm"], latency.parts["tts"]) == (0.0, 0.1)


@pytest.mark.parametrize("asked", [{}, {"transcription_delay": 0.4}])
def test_a_turn_without_metrics_has_no_latency(asked: dict[str, float]) -> None:
    turns = [TurnAdded(1, "user", "Hi", asked), TurnAdded(2, "assistant", "Hi", dict(REPLY))]
    assert latencies(ObservationLog(lambda: 20.0), line(), turns) == []


def test_a_turn_that_nobody_answered_has_no_latency() -> None:
    turns = [TurnAdded(1, "user", "Hi", dict(ASKED)), TurnAdded(2, "user", "Hello?", dict(ASKED))]
    assert latencies(ObservationLog(lambda: 20.0), line(), turns) == []
