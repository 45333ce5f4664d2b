import asyncio
from pathlib import Path
from typing import Any

from callagent.profile import Profile, load_profile
from callagent.scripted_calls import CallPlan, CallScript, StepResult
from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.run.conductor import Conductor
from callagent.scripted_calls.script.caller import Recording
from callagent.scripted_calls.script.steps.verdict import Evidence
from tests.support.played_call import PlayedCall

PROFILE = load_profile("en-US", env={})


def conducted(call: PlayedCall, *steps: Any, never: Any = (), limit: float = 60.0) -> list[StepResult]:
    script = CallScript.model_validate({"call": "A call", "steps": list(steps), "never": list(never)})
    told: list[StepResult] = []
    conductor = Conductor(
        call, CallPlan(script, silent(PROFILE), ()), directory=Path(), limit=limit, on_step=told.append
    )

    async def body() -> None:
        await conductor.run()
        conductor.look_back(evidence(conductor))

    call.run(body)
    assert told == conductor.results
    return told


def evidence(conductor: Conductor) -> Evidence:
    return Evidence(conductor.scene, Panel(), ())


def test_a_call_that_is_broken_off_fails_the_steps_that_are_left() -> None:
    call = PlayedCall()
    script = CallScript.model_validate({"call": "A call", "steps": [{"caller": "Hi."}, {"agent_says": "hello"}]})
    conductor = Conductor(call, CallPlan(script, silent(PROFILE), ()), directory=Path())

    async def body() -> list[StepResult]:
        running = asyncio.create_task(conductor.run(), name="conductor")
        await asyncio.sleep(1.0)
        running.cancel()
        await asyncio.wait([running])
        return conductor.look_back(evidence(conductor))

    first, second = call.run(body)
    assert first.passed
    assert second == StepResult(2, False, "the agent says 'hello'", "not reached: the call was broken off")


def silent(profile: Profile) -> Profile:
    """Without a greeting that the played call does not say."""
    return profile.model_copy(update={"greeting": ""})


def test_each_step_is_numbered_and_told_in_words() -> None:
    call = PlayedCall()
    call.agent(0.1, 9.0)
    call.says(1.0, "Hello.")
    results = conducted(call, {"agent_says": "hello"}, {"caller": "Okay.", "when": "agent speaking"})
    assert results[0] == StepResult(1, True, "the agent says 'hello'", "the agent said 'Hello' at 1.00 s")
    expected = "the caller says 'Okay.' when the agent is speaking"
    assert results[1] == StepResult(2, True, expected, "said 'Okay.' from 1.00 s on", acts=True)


def test_a_step_sees_what_the_utterance_does_while_it_is_said() -> None:
    call = PlayedCall()
    call.agent(0.1, 1.3, interrupted=True)
    call.says(1.0, "Hello.")
    results = conducted(call, {"agent_says": "hello"}, {"caller": "Stop."}, {"expect": "agent stops"})
    assert results[2].observed == "the agent stopped 300 ms after the caller's first sample"


def test_an_expectation_that_fails_does_not_end_the_call() -> None:
    call = PlayedCall()
    call.says(0.5, "Hello.")
    results = conducted(call, {"caller": "Stop."}, {"expect": "agent stops"}, {"caller": "Hello?"})
    assert [result.passed for result in results] == [True, False, True]


def test_what_builds_on_a_step_that_never_came_is_not_reached() -> None:
    results = conducted(PlayedCall(), {"agent_says": "hello"}, {"caller": "Hi."}, {"expect": "agent replies"})
    assert [result.passed for result in results] == [False, False, False]
    assert results[2].observed == "not reached: step 1 failed"


def test_a_call_that_ends_early_fails_the_steps_that_are_left() -> None:
    call = PlayedCall()
    call.ends(0.25, "agent hung up")
    results = conducted(
        call, {"caller": "Hi."}, {"expect": "agent replies"}, {"caller": "Hello?"}, {"expect": "call ends"}
    )
    assert results[1].observed == "the call ended at 0.25 s (agent hung up)"
    assert results[2].observed == "not reached: the call ended at 0.25 s (agent hung up)"
    assert results[3].passed


def test_a_call_that_takes_too_long_is_ended() -> None:
    call = PlayedCall()
    call.agent(0.1, 500.0)
    results = conducted(call, {"agent_says": "hello"}, {"caller": "Hi."}, limit=30.0)
    assert results[0].observed == "the call took longer than 30.00 s"
    assert not results[1].passed
    assert call.log.ended is not None
    assert call.log.ended.reason == "timeout"


def test_what_must_never_happen_is_judged_last() -> None:
    call = PlayedCall()
    call.tool(0.8, "transfer_call")
    results = conducted(call, {"caller": "Hi."}, never=[{"tool": "transfer_call"}, {"agent_says": "goodbye"}])
    assert [(result.step, result.passed) for result in results] == [(1, True), (2, False), (3, True)]
    assert results[1].expected == "never: tool transfer_call"


def test_an_expression_that_takes_too_long_fails_where_it_stands() -> None:
    call = PlayedCall()
    call.agent(0.1, 9.0)
    call.says(1.0, "a" * 5_000)
    slow = {"agent_says": "/(a|aa)+$(?<!a)/"}
    expected, never = conducted(call, slow, never=[slow])
    assert (expected.passed, never.passed) == (False, False)
    assert "takes too long to search for" in expected.observed
    assert "takes too long to search for" in never.observed


def test_a_recording_is_played_from_beside_the_script(tmp_path: Path) -> None:
    call = PlayedCall()
    steps = [{"caller": {"audio": "ok.wav", "text": "Okay."}}]
    script = CallScript.model_validate({"call": "A call", "steps": steps})
    call.run(Conductor(call, CallPlan(script, silent(PROFILE), ()), directory=tmp_path).run)
    assert call.played == [Recording(tmp_path / "ok.wav", "Okay.")]
