"""The caller of level text, where how they were heard is known."""

import asyncio

from callagent.audio import Timeline
from callagent.journal import ObservationLog
from callagent.scripted_calls.levels.text.cues import Cue
from callagent.scripted_calls.levels.text.scripted_caller import ScriptedCaller
from callagent.scripted_calls.script.caller import Reported, ReportedWords
from tests.support.virtual import virtually


def cues_of(*speech: tuple[float, Reported]) -> list[tuple[float, Cue]]:
    async def call() -> list[tuple[float, Cue]]:
        loop = asyncio.get_running_loop()
        caller = ScriptedCaller(ObservationLog(loop.time), Timeline(), min_speech=0.05, min_silence=0.35)
        told: list[tuple[float, Cue]] = []
        caller.listen(lambda cue: told.append((round(loop.time(), 3), cue)))
        for at, what in speech:
            loop.call_at(at, caller.speak, what)
        await asyncio.sleep(10)
        return told

    return virtually(call)


def said(text: str, at: float, seconds: float) -> Reported:
    return Reported(text, seconds, (ReportedWords(at, text, True, 0.7),))


def test_a_transcript_that_comes_late_comes_though_the_caller_goes_on() -> None:
    told = cues_of((1.0, said("Okay.", 0.8, 0.4)), (1.6, said("Wait.", 0.9, 0.5)))
    assert [(at, cue.text, cue.confidence) for at, cue in told if cue.text] == [
        (1.8, "Okay.", 0.7),
        (2.5, "Wait.", 0.7),
    ]
    assert [at for at, cue in told if cue.kind == "speech started"] == [1.1]
    assert [at for at, cue in told if cue.kind == "speech ended"] == [2.45]


def test_speech_after_a_pause_is_speech_of_its_own() -> None:
    told = cues_of((1.0, said("Okay.", 0.8, 0.4)), (3.0, said("Wait.", 0.9, 0.5)))
    assert [at for at, cue in told if cue.kind == "speech started"] == [1.1, 3.1]
    assert [at for at, cue in told if cue.kind == "speech ended"] == [1.75, 3.85]
