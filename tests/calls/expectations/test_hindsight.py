from typing import Any

import pytest
from pydantic import TypeAdapter

from callagent.calls.expectations.hindsight import Evidence, never, no_turn_lost, panel_holds
from callagent.calls.expectations.verdict import Verdict
from callagent.calls.figures import Bounds
from callagent.calls.labels import Label
from callagent.calls.measure import turns_of
from callagent.calls.nevers import Never
from callagent.calls.observe import EndReason
from callagent.calls.panel import Panel
from callagent.calls.scene import Scene
from tests.support.played_call import PlayedCall

NEVER: TypeAdapter[Never] = TypeAdapter(Never)


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def evidence(call: PlayedCall, panel: Panel | None = None, *labels: Label) -> Evidence:
    call.play(20.0)
    return Evidence(Scene(call, ""), panel or Panel(), turns_of(call, labels, 20.0))


def judged(call: PlayedCall, entry: Any, panel: Panel | None = None) -> Verdict:
    return never(NEVER.validate_python(entry), evidence(call, panel))


def test_a_tool_is_never_called_with_these_arguments(call: PlayedCall) -> None:
    call.tool(1.0, "transfer_call", to="sales")
    assert judged(call, {"tool": "transfer_call"}) == Verdict(False, "transfer_call(to=sales) was called at 1.00 s")
    assert judged(call, {"tool": "transfer_call", "with": {"to": "support"}}).passed


def test_words_are_never_said(call: PlayedCall) -> None:
    call.says(2.0, "Please hold the line.")
    assert not judged(call, {"agent_says": "hold the line"}).passed
    assert judged(call, {"agent_says": "goodbye"}).passed


def test_the_agent_never_stops_but_for_the_end_of_the_call(call: PlayedCall) -> None:
    call.agent(0.1, 3.0, interrupted=True)
    assert judged(call, "agent stops") == Verdict(False, "the agent was cut off at 3.00 s")
    hung_up = PlayedCall()
    hung_up.ends(2.9, "caller hung up")
    hung_up.agent(0.1, 3.0, interrupted=True)
    assert judged(hung_up, "agent stops").passed


def test_the_agent_never_replies(call: PlayedCall) -> None:
    call.caller(1.0, 2.0)
    call.agent(2.5, 4.0)
    call.says(2.6, "Pardon?")
    assert not judged(call, "agent replies").passed
    assert judged(call, {"expect": "agent replies", "with": "booked"}).passed


def test_the_agent_never_talks_through_the_caller(call: PlayedCall) -> None:
    call.agent(0.5, 9.0)
    call.caller(1.0, 2.0)
    assert judged(call, "agent keeps speaking") == Verdict(False, "the agent talked on when the caller spoke at 1.00 s")


def test_there_is_never_a_long_silence(call: PlayedCall) -> None:
    call.agent(0.5, 2.0)
    call.agent(8.0, 9.0)
    assert judged(call, "agent is silent") == Verdict(False, "nobody spoke for 6.00 s at 2.00 s")
    assert judged(call, {"expect": "agent is silent", "for": "7 s"}).passed


def test_a_call_in_which_nobody_is_heard_is_not_free_of_silence(call: PlayedCall) -> None:
    assert not judged(call, "agent is silent").passed


def test_the_call_never_ends_for_a_reason(call: PlayedCall) -> None:
    call.ends(3.0, "error")
    assert not judged(call, {"expect": "call ends", "reason": "error"}).passed
    assert not judged(call, "call ends").passed
    assert judged(call, {"expect": "call ends", "reason": "timeout"}).passed


def test_keys_transfers_and_words_of_the_transcript_never_come(call: PlayedCall) -> None:
    call.keys_sent(1.0, "12")
    call.transfer(2.0, "+12025550100")
    call.user_turn(3.0, "Yes please.")
    assert not judged(call, {"dtmf_sent": "12"}).passed
    assert judged(call, {"dtmf_sent": "3"}).passed
    assert not judged(call, {"transfer": "+1 202 555-0100"}).passed
    assert judged(call, {"transfer": "/999/"}).passed
    assert not judged(call, {"transcript": "please"}).passed
    assert judged(call, {"transcript": "please", "of": "agent"}).passed


def test_a_figure_that_must_never_be_so_has_to_be_measured(call: PlayedCall) -> None:
    low = {"panel": {"yield_rate": "< 1"}}
    assert not judged(call, low).passed
    assert judged(call, low, Panel(yielded=[True])).passed
    assert not judged(call, low, Panel(yielded=[True, False])).passed


def test_the_panel_is_held_against_its_bounds(call: PlayedCall) -> None:
    panel = Panel(yielded=[True, False], yield_latency=[0.4])
    seen = evidence(call, panel)
    assert panel_holds(Bounds.read({"yield_rate": ">= 1"}), seen) == Verdict(False, "yield_rate 0.5")
    bounds = Bounds.read({"yield_rate": ">= 0.5", "yield_latency.p95": "< 600 ms"})
    assert panel_holds(bounds, seen) == Verdict(True, "yield_rate 0.5, yield_latency.p95 400 ms")


def test_a_figure_that_was_not_measured_fails(call: PlayedCall) -> None:
    verdict = panel_holds(Bounds.read({"response_rate": ">= 0"}), evidence(call))
    assert verdict == Verdict(False, "response_rate was not measured: no event")


def test_a_turn_that_never_reached_the_model_is_lost(call: PlayedCall) -> None:
    call.caller(1.0, 2.0, "Friday.")
    lost = no_turn_lost(evidence(call, None, Label(1, None, "Friday.", False)))
    assert lost == Verdict(False, "'Friday.' at 1.00 s never reached the model")


def test_a_turn_in_the_conversation_is_not_lost(call: PlayedCall) -> None:
    call.caller(1.0, 2.0, "Friday.")
    call.user_turn(2.4, "Friday.")
    kept = no_turn_lost(evidence(call, None, Label(1, None, "Friday.", False)))
    assert kept == Verdict(True, "1 of 1 turns reached the model")


def test_an_acknowledgement_while_the_agent_speaks_is_no_turn(call: PlayedCall) -> None:
    call.agent(0.5, 9.0)
    call.caller(1.0, 2.0, "Okay.")
    assert not no_turn_lost(evidence(call, None, Label(1, None, "Okay.", False, polite=True))).passed


def test_what_is_said_over_the_last_sentence_is_named_and_not_lost(call: PlayedCall) -> None:
    call.agent(0.5, 9.0)
    call.caller(1.0, 2.0, "Friday.")
    call.user_turn(9.0, "Friday.")
    call.ends(9.0, "agent hung up")
    told = "0 of 1 turns reached the model; 'Friday.' at 1.00 s was said over the agent's last sentence"
    assert no_turn_lost(evidence(call, None, Label(1, None, "Friday.", False))) == Verdict(True, told)


@pytest.mark.parametrize(
    ("interrupted", "goes_on", "reason"),
    [
        (True, False, "agent hung up"),
        (False, True, "agent hung up"),
        (False, False, "caller hung up"),
    ],
)
def test_what_is_said_over_another_sentence_is_lost_without_the_model(
    call: PlayedCall, interrupted: bool, goes_on: bool, reason: EndReason
) -> None:
    call.agent(0.5, 5.0, interrupted=interrupted)
    if goes_on:
        call.agent(6.0, 9.0)
    call.caller(1.0, 2.0, "Friday.")
    call.ends(9.0, reason)
    assert not no_turn_lost(evidence(call, None, Label(1, None, "Friday.", False))).passed
