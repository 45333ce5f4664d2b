import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from livekit.agents.utils import http_context

from callagent.audio import SAMPLE_RATE, PhoneLine, Samples, Timeline, level_dbfs
from callagent.journal import (
    AgentAudible,
    AgentSilent,
    BackgroundSound,
    CallEnded,
    CallerAudible,
    CallerKeys,
    CallerSilent,
    Observation,
    PlayoutEnded,
)
from callagent.profile import BackgroundSettings, Profile, ProviderSpec, load_profile
from callagent.providers import Providers, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls import CallPlan, CallScript
from callagent.scripted_calls.levels.audio import AudioStage
from callagent.scripted_calls.levels.text.cue_recogniser import ScriptedSTT, ScriptedVAD
from callagent.scripted_calls.levels.text.scripted_caller import ScriptedCaller
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from callagent.scripted_calls.script.caller import Sound
from tests.support.virtual import virtually

GREETING = "Thank you for calling."


def plan(**script: Any) -> CallPlan:
    profile = load_profile("en-US", env={}).model_copy(update={"greeting": GREETING})
    whole = CallScript.model_validate({"call": "A call", "steps": [{"agent_says": "thank you"}], **script})
    return CallPlan(whole, profile, (Sound("tone"),))


class DeafStage(AudioStage):
    """Hears nothing and says silence, so that it needs no models and no time; the line is the real one."""

    def __init__(self, plan: CallPlan) -> None:
        super().__init__(plan, self._take, make=self._deaf, prepare=lambda profile: None)

    def _take(self, line: PhoneLine) -> None:
        self._connected_line = line

    @property
    def line_audio(self) -> Samples:
        """What the caller heard."""
        return self._connected_line.agent_audio

    def _deaf(self, profile: Profile) -> Providers:
        nobody = ScriptedCaller(self.log, Timeline(), min_speech=0.05, min_silence=0.35)
        llm = ScriptedLLM(Script((), "Pardon?"))
        return Providers(stt=ScriptedSTT(nobody, "en-US"), tts=ScriptedTTS(), llm=llm, vad=ScriptedVAD(nobody))


def edges(stage: AudioStage) -> list[tuple[str, float]]:
    """What the line did, with times."""
    kinds = (AgentAudible, AgentSilent, PlayoutEnded, CallerAudible, CallerSilent, CallEnded)
    return [(type(entry).__name__, round(entry.at, 2)) for entry in stage.log if isinstance(entry, kinds)]


async def until(stage: AudioStage, *kinds: type[Observation]) -> None:
    for kind in kinds:
        await stage.log.wait_for(lambda kind=kind: stage.log.last(kind), until=30.0)  # type: ignore[misc]  # bound now


def test_the_greeting_comes_onto_the_line_and_leaves_it() -> None:
    async def body() -> list[tuple[str, float]]:
        stage = DeafStage(plan())
        await stage.start()
        await until(stage, PlayoutEnded)
        await stage.aclose()
        return edges(stage)

    (began, silent, ended, over) = virtually(body)
    assert began == ("AgentAudible", 0.12)
    assert silent == ("AgentSilent", 1.68)
    assert ended == ("PlayoutEnded", 1.68)
    assert over[0] == "CallEnded"


def test_the_caller_is_on_the_line_for_as_long_as_the_sound() -> None:
    async def body() -> tuple[float, float]:
        stage = DeafStage(plan())
        await stage.start()
        utterance = stage.speak(Sound("tone"))
        began, over = await utterance.started, await utterance.ended
        await until(stage, CallerSilent)
        assert stage.log.of(CallerAudible)[0].at == began
        await stage.aclose()
        return began, over

    began, over = virtually(body)
    assert round(over - began, 2) == 0.5


def test_a_hang_up_cuts_the_agent_off_and_ends_the_call() -> None:
    async def body() -> AudioStage:
        stage = DeafStage(plan())
        await stage.start()
        await until(stage, AgentAudible)
        await asyncio.sleep(0.5)
        await stage.hang_up()
        await stage.aclose()
        return stage

    stage = virtually(body)
    assert stage.log.ended is not None
    assert stage.log.ended.reason == "caller hung up"
    assert [entry.interrupted for entry in stage.log.of(PlayoutEnded)] == [True]
    assert round(stage.log.of(AgentSilent)[0].at, 1) == 0.6


def test_sounds_behind_the_agent_are_heard_and_in_no_measure_of_its_speech() -> None:
    async def body(background: BackgroundSettings) -> DeafStage:
        made = plan()
        profile = made.profile.model_copy(update={"background": background})
        stage = DeafStage(replace(made, profile=profile))
        await stage.start()
        await until(stage, PlayoutEnded)
        await asyncio.sleep(3)
        await stage.aclose()
        return stage

    with_sounds, without = (
        virtually(lambda: body(BackgroundSettings(ambient="city"))),
        virtually(lambda: body(BackgroundSettings())),
    )
    assert [(entry.kind, entry.sound, entry.playing) for entry in with_sounds.log.of(BackgroundSound)] == [
        ("ambient", "city", True),
        ("ambient", "city", False),
    ]
    heard, silence = (stage.line_audio[-2 * SAMPLE_RATE :] for stage in (with_sounds, without))
    assert level_dbfs(heard) > -60 > -90 > level_dbfs(silence)
    assert [(span.start, span.end) for span in with_sounds.timeline.agent] == [
        (span.start, span.end) for span in without.timeline.agent
    ]
    assert with_sounds.timeline.last_agent_audible(0.0) == without.timeline.last_agent_audible(0.0)


def test_what_was_heard_is_saved(tmp_path: Path) -> None:
    async def body() -> AudioStage:
        stage = DeafStage(plan(line={"codec": "pcma", "noise": "-40 dBFS"}))
        await stage.start()
        await stage.press_keys("1")
        await until(stage, PlayoutEnded)
        await stage.aclose()
        return stage

    stage = virtually(body)
    assert stage.save_recording(tmp_path / "call.wav")
    assert (tmp_path / "call.wav").stat().st_size > 40_000
    assert stage.log.of(CallerKeys)[0].digits == "1"


def test_a_call_that_was_never_connected_leaves_nothing(tmp_path: Path) -> None:
    async def body() -> AudioStage:
        stage = DeafStage(plan())
        await stage.aclose()
        return stage

    stage = virtually(body)
    assert not stage.save_recording(tmp_path / "call.wav")
    assert len(stage.log) == 0


class HostedStage(DeafStage):
    """Its model wants livekit's HTTP session when it is made, as some plugins do."""

    session: Any = None

    def _deaf(self, profile: Profile) -> Providers:
        self.session = http_context.http_session()
        return super()._deaf(profile)


def test_hosted_providers_have_an_http_session_until_the_call_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    hosted = plan()
    providers = hosted.profile.providers.model_copy(update={"llm": ProviderSpec(use="openai")})
    hosted = replace(hosted, profile=hosted.profile.model_copy(update={"providers": providers}))

    async def body() -> tuple[bool, bool]:
        stage = HostedStage(hosted)
        await stage.start()
        open_in_call = not stage.session.closed
        await stage.aclose()
        return open_in_call, stage.session.closed

    assert virtually(body) == (True, True)
