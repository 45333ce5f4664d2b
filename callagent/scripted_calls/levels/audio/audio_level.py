"""Level audio: the simulated phone line in real time, with the profile's own ears and voice."""

import asyncio
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from livekit.agents.utils import http_context
from livekit.agents.voice.io import PlaybackFinishedEvent

from callagent.audio import CallClock, PhoneLine, Playout, Samples, Timeline, Utterance
from callagent.extras import how_to_install
from callagent.journal import (
    AgentAudible,
    AgentSilent,
    CallEnded,
    CallerAudible,
    CallerKeys,
    CallerSilent,
    Observation,
    ObservationLog,
    PlayoutEnded,
)
from callagent.profile import Profile
from callagent.providers import Providers, check_providers, make_providers, prewarm
from callagent.providers.registry import OFFERS, members_of
from callagent.scripted_calls.levels.in_process import SessionInProcess
from callagent.scripted_calls.run.call_view import resolved
from callagent.scripted_calls.run.caller_audio import check_voice, impairments_of, render
from callagent.scripted_calls.run.live_call import LevelUnavailable
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.script.call_script import LevelName
from callagent.scripted_calls.script.callee import ring
from callagent.scripted_calls.script.caller import CallerAudio


class AudioStage:
    """One call over an 8 kHz line inside the process.

    `on_line` gets the line before it is connected. `make` gives the session its providers; `prepare` loads their models
    before, in a thread.
    """

    def __init__(
        self,
        plan: CallPlan,
        on_line: Callable[[PhoneLine], None] = lambda line: None,
        *,
        make: Callable[[Profile], Providers] = make_providers,
        prepare: Callable[[Profile], None] = prewarm,
    ) -> None:
        self._plan = plan
        self._on_line = on_line
        self._make = make
        self._prepare = prepare
        self._clock = CallClock()
        self.log = ObservationLog(lambda: self._clock.now())
        self._line: PhoneLine | None = None
        self._session: SessionInProcess | None = None
        self._sounds: dict[CallerAudio, Samples] = {}
        self._utterances: list[Utterance] = []
        self._cut = False
        self._http = AsyncExitStack()

    @property
    def timeline(self) -> Timeline:
        """Who was on the line when; empty before the call is connected."""
        return self._line.timeline if self._line is not None else Timeline()

    async def start(self) -> None:
        """Load the models, speak the caller's words once, and connect the call."""
        check_providers(self._plan.profile)
        await asyncio.to_thread(self._prepare, self._plan.profile)
        self._sounds = {what: await render(what, self._plan.profile.language) for what in self._plan.voices}
        if any(member.offer is None or member.offer.key for member in members_of(self._plan.profile)):
            await self._http.enter_async_context(http_context.open())  # hosted providers have it from a job elsewhere
        providers = self._make(self._plan.profile)
        part = self._plan.script.line
        self._clock = CallClock()
        self._line = PhoneLine(codec=part.codec, impairments=impairments_of(part), clock=self._clock)
        self._on_line(self._line)
        self._line.on_agent_playout(self._playout_changed)
        self._line.audio_output.on("playback_finished", self._playback_finished)
        if not await ring(self._plan.script.called, self.log):
            return
        self._session = SessionInProcess(self._plan, providers, self._clock, self.log, self._line.background)
        await self._line.start()
        await self._session.start(self._line.audio_input, self._line.audio_output)

    def speak(self, what: CallerAudio) -> Utterance:
        """Play caller audio onto the line."""
        text = getattr(what, "text", "")
        utterance, index = self._connected.speak(self._sounds[what], text), len(self._utterances)
        self._utterances.append(utterance)
        self._log_when(utterance.started, lambda at: CallerAudible(at, index, text))
        self._log_when(utterance.ended, lambda at: CallerSilent(at, index))
        return utterance

    async def press_keys(self, digits: str) -> None:
        """Press keys as the caller; on a trunk they go beside the audio (RFC 4733),
        so that noise does not harm them.
        """
        self.log.add(CallerKeys(self.log.now(), digits))
        if self._session is not None:
            await self._session.press_keys(digits)

    async def hang_up(self) -> None:
        """End the call from the caller's side, in mid-sentence if need be.

        The session closes before the line does: one whose line vanishes under it complains.
        """
        for utterance in self._utterances:
            utterance.cancel()
        self.log.add(CallEnded(self.log.now(), "caller hung up"))
        if self._session is not None:
            await self._session.aclose()
        self._connected.hang_up()

    async def aclose(self) -> None:
        """End the call, from the caller's side where it still goes on, and stop the line."""
        if self._line is not None:
            await self.hang_up()
            await self._line.aclose()
        await self._http.aclose()

    def save_recording(self, path: Path) -> bool:
        """Write what was heard so far."""
        if self._line is not None:
            self._line.save_recording(path)
        return self._line is not None

    @property
    def _connected(self) -> PhoneLine:
        if self._line is None:
            raise RuntimeError("the call is not connected")
        return self._line

    def _log_when(self, future: "asyncio.Future[float]", observed: Callable[[float], Observation]) -> None:
        def log(_: "asyncio.Future[float]") -> None:
            if (at := resolved(future)) is not None:
                self.log.add(observed(at))

        future.add_done_callback(log)

    def _playout_changed(self, change: Playout) -> None:
        self.log.add(AgentAudible(change.at) if change.playing else AgentSilent(change.at))
        if self._cut and not change.playing:
            self._cut = False
            self.log.add(PlayoutEnded(change.at, interrupted=True))

    def _playback_finished(self, event: PlaybackFinishedEvent) -> None:
        """Let a cut be heard with the next tick of the line; the natural end with this one, once it is over."""
        if event.interrupted and self._connected.timeline.agent_active:
            self._cut = True
        elif event.playback_position > 0:
            asyncio.get_running_loop().call_soon(self._playout_over, self.log.now(), event.interrupted)

    def _playout_over(self, at: float, interrupted: bool) -> None:
        self.log.add(PlayoutEnded(at, interrupted))
        if self._connected.timeline.agent_active:  # the next playout follows without a gap
            self.log.add(AgentAudible(at))


CALLER_PACKAGES = OFFERS["tts"]["local"].packages
"""What the caller's voice needs, whatever the agent speaks with."""


class AudioLevel:
    """Calls over the simulated line, in real time."""

    name: LevelName = "audio"
    shared_loop = True

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Return an ordinary event loop."""
        return asyncio.new_event_loop()

    def check(self, plans: Sequence[CallPlan]) -> None:
        """Import the providers of all profiles.

        Raises:
            LevelUnavailable: a package with models or voices is missing.
            ConfigError: a provider, an option or a key that is not there.
        """
        missing = sorted({package for plan in plans for package in _missing(plan.profile)})
        if missing:
            raise LevelUnavailable(
                f"level audio is not available here: {', '.join(missing)} missing; {how_to_install('local')}"
            )
        for plan in plans:
            check_providers(plan.profile)
            check_voice(plan.profile.language)

    async def start(self) -> None:
        """Do nothing."""

    def stage(self, plan: CallPlan) -> AudioStage:
        """Return a new call."""
        return AudioStage(plan)

    async def aclose(self) -> None:
        """Do nothing."""


def _missing(profile: Profile) -> Iterator[str]:
    """Package that the profile's providers or the caller's voice need and that are not installed."""
    yield from (package for package in CALLER_PACKAGES if not _installed(package))
    for member in members_of(profile):
        yield from (package for package in (member.offer.packages if member.offer else ()) if not _installed(package))


def _installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False
