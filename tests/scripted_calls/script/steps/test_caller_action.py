from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from callagent.journal import CallerAudible, CallerKeys
from callagent.scripted_calls.script.caller import Recording, Reported, ReportedWords
from callagent.scripted_calls.script.steps.caller_action import CallerStep
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def caller(caller: Any, **options: Any) -> CallerStep:
    return CallerStep.model_validate({"caller": caller, **options})


def acted(call: PlayedCall, what: Any = "Okay.", **options: Any) -> Verdict:
    return call.carry_out(caller(what, **options), greeting="Hello.")


def begun(call: PlayedCall) -> list[float]:
    return [round(entry.at, 3) for entry in call.log.of(CallerAudible)]


def test_without_when_the_caller_speaks_at_once(call: PlayedCall) -> None:
    assert acted(call) == Verdict(True, "said 'Okay.' from 0.00 s on")


def test_after_counts_from_the_moment_that_when_became_true(call: PlayedCall) -> None:
    call.agent(0.5, 9.0)
    acted(call, when="agent speaking", after="1.5 s")
    assert begun(call) == [2.0]


def test_a_moment_that_passes_too_soon_is_waited_for_again(call: PlayedCall) -> None:
    call.agent(0.5, 1.0)
    call.agent(2.0, 9.0)
    acted(call, when="agent speaking", after="1.5 s")
    assert begun(call) == [3.5]


def test_the_agent_does_not_listen_before_it_has_greeted(call: PlayedCall) -> None:
    call.state(0.0, "listening")
    call.agent(0.5, 2.0)
    acted(call, when="agent listening")
    assert begun(call) == [2.0]


def test_thinking_can_be_waited_for(call: PlayedCall) -> None:
    call.agent(0.5, 1.0)
    call.state(1.7, "thinking")
    acted(call, when="agent thinking")
    assert begun(call) == [1.7]


def test_a_moment_that_never_comes_gives_up(call: PlayedCall) -> None:
    verdict = acted(call, when="agent speaking", after="1 s")
    told = "the agent was never speaking for 1.00 s; nobody spoke for 8 s"
    assert verdict == Verdict(False, told, gives_up=True)


def test_a_call_that_ends_before_gives_up(call: PlayedCall) -> None:
    call.ends(1.0, "error")
    verdict = acted(call, when="agent speaking")
    assert verdict == Verdict(False, "the call ended at 1.00 s (error)", gives_up=True)


def test_the_previous_utterance_is_waited_for(call: PlayedCall) -> None:
    call.caller(1.0, 1.8, "One moment.")
    acted(call)
    assert begun(call) == [1.0, 1.8]


def test_keys_are_pressed(call: PlayedCall) -> None:
    assert acted(call, {"dtmf": "12#"}).passed
    assert [entry.digits for entry in call.log.of(CallerKeys)] == ["12#"]


def test_the_caller_hangs_up(call: PlayedCall) -> None:
    assert acted(call, {"hangs up": True}) == Verdict(True, "the caller hung up at 0.00 s")
    assert call.hung_up


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (caller("Okay."), "the caller says 'Okay.'"),
        (caller("Okay.", when="agent speaking"), "the caller says 'Okay.' when the agent is speaking"),
        (caller({"sound": "cough"}, after="1.5 s"), "the caller makes a sound: cough, after 1.5 s"),
        (caller({"audio": "ok.wav", "text": "Okay."}), "the caller plays ok.wav"),
        (caller({"dtmf": "12#"}), "the caller presses 12#"),
        (caller({"hangs up": True}), "the caller hangs up"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_act_is_put_in_words(step: CallerStep, words: str) -> None:
    assert step.describe() == words


def test_a_recording_is_looked_for_beside_the_script(tmp_path: Path) -> None:
    step = caller({"audio": "ok.wav", "text": "Okay."})
    assert step.playable(tmp_path) == Recording(tmp_path / "ok.wav", "Okay.")
    assert (step.words, step.is_audible) == ("Okay.", True)


@pytest.mark.parametrize("what", [{"dtmf": "1"}, {"hangs up": True}])
def test_keys_and_hanging_up_are_not_heard(what: Any) -> None:
    step = caller(what)
    assert (step.playable(Path()), step.words, step.is_audible) == (None, "", False)


HEARD = {"speech": "Okay.", "lasts": "540 ms", "heard": [{"after": "600 ms", "text": "Okay.", "confidence": 0.2}]}


def test_speech_of_a_real_call_has_what_was_heard_of_it() -> None:
    step = caller(HEARD, when="agent speaking")
    played = step.playable(Path())
    assert played == Reported("Okay.", 0.54, (ReportedWords(0.6, "Okay.", False, 0.2),))
    assert step.words == "Okay." and step.is_audible
    assert step.describe() == "the caller says 'Okay.' for 540 ms when the agent is speaking"


@pytest.mark.parametrize(
    "wrong",
    [
        {"lasts": "0 ms"},
        {"lasts": 3},
        {"heard": [{"after": "1 s"}]},
        {"heard": [{"after": "1 s", "text": "a", "confidence": 2}]},
        {"loud": [{"after": "1 s"}]},
    ],
)
def test_speech_of_a_real_call_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        caller({**HEARD, **wrong})
