"""Level text: a real agent session in virtual time, with scripted ears and a scripted voice."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from callagent.agent import Sounds
from callagent.audio import CallClock, Timeline
from callagent.extras import lacking
from callagent.journal import (
    AgentAudible,
    AgentSilent,
    CallEnded,
    CallerKeys,
    Observation,
    ObservationLog,
    PlayoutEnded,
)
from callagent.profile import AgentSpec
from callagent.providers import Providers
from callagent.providers.factory import script_of
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.levels.in_process import SessionInProcess
from callagent.scripted_calls.levels.text.cue_recogniser import ScriptedSTT, ScriptedTurnModel, ScriptedVAD
from callagent.scripted_calls.levels.text.cues import LOUD_S, QUIET_S, Cue
from callagent.scripted_calls.levels.text.scripted_caller import ScriptedCaller, TextUtterance
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS, TextInput, TextOutput
from callagent.scripted_calls.levels.text.virtual_clock import VirtualLoop
from callagent.scripted_calls.run.live_call import ExtraMissing
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.script.call_script import LevelName
from callagent.scripted_calls.script.callee import ring
from callagent.scripted_calls.script.caller import CallerAudio


class TextStage:
    """One call in virtual time; must be made and used on a VirtualLoop.

    Args:
        sounds: phrases that were made ahead; none for scripts.
    """

    def __init__(self, plan: CallPlan, *, sounds: Sounds | None = None) -> None:
        self._plan, self._sounds = plan, sounds
        self._clock = CallClock()
        self._timeline = Timeline()
        self.log = ObservationLog(self._clock.now)
        self.log.listen(self._follow)
        vad = plan.profile.vad
        self._caller = ScriptedCaller(self.log, self._timeline, min_speech=vad.min_speech, min_silence=vad.min_silence)
        self._input = TextInput()
        self._output = TextOutput(self._audible, self._silent, self._playout_ended)
        self._session: SessionInProcess | None = None
        self._caller.listen(self._loudness)

    @property
    def timeline(self) -> Timeline:
        """Who was on the line when, up to now."""
        self._timeline.advance(self.log.now())
        return self._timeline

    async def start(self) -> None:
        """Connect the call, once an outbound one is answered."""
        if not await ring(self._plan.script.called, self.log):
            return
        self._session = SessionInProcess(self._plan, self._providers(), self._clock, self.log, sounds=self._sounds)
        await self._session.start(self._input, self._output)

    def speak(self, what: CallerAudio) -> TextUtterance:
        """Let the caller say or play something, as reports of the recogniser and the VAD."""
        return self._caller.speak(what)

    async def press_keys(self, digits: str) -> None:
        """Press keys as the caller; on a trunk they go beside the audio (RFC 4733),
        so that noise does not harm them.
        """
        self.log.add(CallerKeys(self.log.now(), digits))
        if self._session is not None:
            await self._session.press_keys(digits)

    async def hang_up(self) -> None:
        """End the call from the caller's side."""
        self.log.add(CallEnded(self.log.now(), "caller hung up"))
        await self._close_session()

    async def aclose(self) -> None:
        """End the call, from the caller's side where it still goes on."""
        if self._session is not None:
            await self.hang_up()

    def save_recording(self, path: Path) -> bool:
        """Return nothing: there is no sound at this level."""
        return False

    def _providers(self) -> Providers:
        profile = self._plan.profile
        return Providers(
            stt=ScriptedSTT(self._caller, profile.language),
            tts=ScriptedTTS(self._plan.script.agent.pace),
            llm=ScriptedLLM(script_of(profile)),
            vad=ScriptedVAD(self._caller),
            turn_model=ScriptedTurnModel(self._caller) if profile.endpointing.by == "model" else None,
            agents={name: self._models(name, agent) for name, agent in profile.agents.items()},
        )

    def _models(self, name: str, agent: AgentSpec) -> dict[str, Any]:
        """Return what stands for the models of one of several agents."""
        profile = self._plan.profile
        ears = {"stt": ScriptedSTT(self._caller, profile.language)} if agent.stt else {}
        voice = {"tts": ScriptedTTS(self._plan.script.agent.pace)} if agent.tts else {}
        return {**ears, **voice, "llm": ScriptedLLM(script_of(profile, name))}

    async def _close_session(self) -> None:
        self._input.close()
        if self._session is not None:
            await self._session.aclose()

    def _follow(self, entry: Observation) -> None:
        if isinstance(entry, CallEnded):
            self._caller.stop()

    def _audible(self) -> None:
        now = self.log.now()
        self._timeline.begin_agent(now)
        self.log.add(AgentAudible(now))

    def _silent(self) -> None:
        now = self.log.now()
        self._timeline.end_agent(now)
        self.log.add(AgentSilent(now))

    def _playout_ended(self, interrupted: bool) -> None:
        now = self.log.now()
        if interrupted:
            self._timeline.cut_agent(now)
        self.log.add(PlayoutEnded(now, interrupted))

    def _loudness(self, cue: Cue) -> None:
        if cue.kind in ("loud", "quiet"):
            self._input.push(cue.kind == "loud", LOUD_S if cue.kind == "loud" else QUIET_S)


class TextLevel:
    """The level text: a fresh virtual loop for every call, nothing to start."""

    name: LevelName = "text"
    shared_loop = False

    def check(self, plans: Sequence[CallPlan]) -> None:
        """Look for the package that moves the clock.

        Raises:
            ExtraMissing: it is not installed.
        """
        if missing := lacking("level text", "time_machine"):
            raise ExtraMissing(missing)

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Return a loop in virtual time."""
        return VirtualLoop()

    async def start(self) -> None:
        """Do nothing."""

    def stage(self, plan: CallPlan) -> TextStage:
        """Return a new call."""
        return TextStage(plan)

    async def aclose(self) -> None:
        """Do nothing."""
