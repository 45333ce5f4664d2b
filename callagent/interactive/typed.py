"""A call without sound: the caller types, the agent's words come at the pace of speech."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from livekit.agents import llm
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.events import SpeechCreatedEvent

from callagent.agent.dtmf.keys import KEYS
from callagent.audio import CallClock, Timeline
from callagent.call_context import CallContext
from callagent.journal import (
    AgentAudible,
    AgentKeys,
    AgentSilent,
    AuthorNote,
    CallEnded,
    CallerKeys,
    Disclosed,
    DisclosureMissed,
    GateDecided,
    HandedOver,
    Observation,
    ObservationLog,
    OptedOut,
    PlayoutEnded,
    ToolCalled,
    ToolReturned,
    TransferRequested,
    Trouble,
    TurnAdded,
)
from callagent.profile import Profile
from callagent.providers import AgentModels, Providers
from callagent.sanitise import printable
from callagent.scripted_calls import CallPlan, CallScript
from callagent.scripted_calls.levels.in_process import SessionInProcess
from callagent.scripted_calls.levels.text.cue_recogniser import ScriptedSTT, ScriptedTurnModel, ScriptedVAD
from callagent.scripted_calls.levels.text.cues import FINAL_LATENCY_S, LOUD_S, QUIET_S, Cue
from callagent.scripted_calls.levels.text.scripted_caller import ScriptedCaller, TextUtterance
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS, TextInput, TextOutput
from callagent.scripted_calls.report.live_view import compliance_words
from callagent.scripted_calls.script.caller import Speech


class Transcript:
    """Listens to a call's log (with `observed`): a line for each turn, tool, key and decision, in order of time."""

    def __init__(self) -> None:
        self._lines: list[tuple[float, str]] = []

    def observed(self, entry: Observation) -> None:
        """Keep what belongs into a transcript."""
        for who, text in _told(entry):
            self._lines.append((entry.at, f"{entry.at:8.2f}  {who:<7} {printable(' '.join(text.split()))}\n"))

    @property
    def text(self) -> str:
        """The lines so far. Times are seconds of the call; what the agent says has that of its beginning."""
        return "".join(line for _, line in sorted(self._lines, key=lambda entry: entry[0]))


def _told(entry: Observation) -> Iterator[tuple[str, str]]:
    match entry:
        case TurnAdded(role=role, text=text):
            yield ("agent" if role == "assistant" else "caller"), text
        case CallerKeys(digits=digits):
            yield "caller", f"keys {digits}"
        case AgentKeys(digits=digits):
            yield "agent", f"keys {digits}"
        case TransferRequested(to=to, refused=refused):
            yield "agent", f"transfer to {to}{f' refused: {refused}' if refused else ''}"
        case HandedOver(agent=agent, before=before) if before:
            yield "agent", f"{agent} has the call"
        case ToolCalled():
            yield "tool", written_call(entry)
        case ToolReturned():
            yield "tool", f"{'failed' if entry.failed else 'returned'}: {entry.text}"
        case GateDecided(heard=heard, decision=decision, rule=rule):
            yield "gate", f"{decision}: {heard or 'nothing understood'} ({rule})"
        case AuthorNote(text=text):
            yield "note", text
        case Disclosed() | DisclosureMissed() | OptedOut():
            yield "call", compliance_words(entry)
        case Trouble(message=message):
            yield "error", message
        case CallEnded(reason=reason):
            yield "call", f"ended: {reason}"


def written_call(entry: ToolCalled) -> str:
    """Return a tool with its arguments."""
    return f"{entry.name}({', '.join(f'{key}={value}' for key, value in entry.arguments.items())})"


SCRIPT = CallScript.model_validate({"call": "A typed call", "steps": [{"expect": "call ends"}]})
"""A call of which nothing is expected."""

STILL_S = 1.0
"""Seconds without anything new after which the agent's turn counts as over; one that has hung up takes half a second
until the call is over."""


class TypedCall:
    """One call; to be made, used and closed on one event loop.

    What is typed while the agent is silent is a turn at once. What is typed while it speaks (or thinks) is spoken into
    its words, at the pace of speech: the interruption gate decides about it as on the telephone.

    Args:
        profile: the agent.
        model: its LLM.
        pace: how much faster than natural speech the agent speaks.
        context: who is said to call whom.
        agents: LLMs of several agents, as `make_agent_llms` gives them.
    """

    def __init__(
        self,
        profile: Profile,
        model: llm.LLM[Any],
        *,
        pace: float = 1.0,
        context: CallContext | None = None,
        agents: AgentModels | None = None,
    ) -> None:
        clock = CallClock()
        self.log = ObservationLog(clock.now)
        self._profile = profile
        vad = profile.vad
        self._caller = ScriptedCaller(self.log, Timeline(), min_speech=vad.min_speech, min_silence=vad.min_silence)
        self._caller.listen(self._loudness)
        self._input = TextInput()
        self._output = TextOutput(self._audible, self._silent, self._playout_ended)
        ears = ScriptedSTT(self._caller, profile.language), ScriptedVAD(self._caller)
        turns = ScriptedTurnModel(self._caller) if profile.endpointing.by == "model" else None
        voices = {name: {"tts": ScriptedTTS(pace)} if spec.tts else {} for name, spec in profile.agents.items()}
        own = {name: {**(agents or {}).get(name, {}), **voice} for name, voice in voices.items()}
        providers = Providers(stt=ears[0], vad=ears[1], llm=model, tts=ScriptedTTS(pace), turn_model=turns, agents=own)
        self._side = SessionInProcess(
            CallPlan(SCRIPT, profile, (), context=context or CallContext()), providers, clock, self.log
        )
        self._session = self._side.call.session
        self._session.on("speech_created", self._speech_created)
        self._speeches: set[SpeechHandle] = set()
        self._over_agent: TextUtterance | None = None
        self._news = asyncio.Event()
        self.log.listen(lambda _: self._news.set())

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self.log.ended is not None

    @property
    def speaking(self) -> bool:
        """Whether the agent is on the line."""
        return isinstance(self.log.last_of(AgentAudible, PlayoutEnded), AgentAudible)

    @property
    def busy(self) -> bool:
        """Whether the agent speaks, thinks or calls a tool."""
        return bool(self._speeches)

    @property
    def occupied(self) -> bool:
        """Whether words would be spoken over the agent, or join those that were and are not heard yet."""
        return self.busy or self._unheard

    async def start(self) -> None:
        """Connect the call; the agent greets."""
        await self._side.start(self._input, self._output)

    def say(self, text: str) -> None:
        """Take the caller's words: a turn, or words over the agent's when it is not listening."""
        if self.occupied:
            self._over_agent = self._caller.speak(Speech(text))
            return
        with suppress(RuntimeError):  # the agent has hung up, and the session is about to close
            self._session.generate_reply(user_input=text)

    async def press_keys(self, digits: str) -> None:
        """Press keys as the caller. Raise ValueError for what is not a key."""
        if unknown := set(digits.upper()) - KEYS:
            raise ValueError(f"not a key of a telephone: {', '.join(sorted(unknown))}")
        self.log.add(CallerKeys(self.log.now(), digits))
        await self._side.press_keys(digits)

    async def spoken_for(self, seconds: float) -> bool:
        """Wait until the agent has been speaking for a while; False when it falls silent before that."""
        while not self.over and (self.busy or self.speaking):
            if self.speaking:
                began = self.log.last(AgentAudible)
                assert began is not None
                await self.log.sleep_until(began.at + seconds)
                return self.speaking
            await self._something(STILL_S)
        return False

    async def stirred(self) -> None:
        """Wait until the agent has something to say, or the call is over."""
        while not self.over and not self.busy:
            self._news.clear()
            await self._news.wait()

    async def settled(self, still: float = STILL_S) -> None:
        """Wait until the agent listens and nothing is left to be answered for `still` seconds, or the call is over."""
        while not self.over:
            heard_late = self._patience if self._over_agent is not None else 0.0
            if not await self._something(still + heard_late) and not self.occupied:
                self._over_agent = None
                return

    async def aclose(self) -> None:
        """Hang up, in mid-sentence if need be; idempotent."""
        self.log.add(CallEnded(self.log.now(), "caller hung up"))
        self._caller.stop()
        self._input.close()
        await self._side.aclose()

    @property
    def _unheard(self) -> bool:
        """Whether something said over the agent is still on its way to becoming a turn."""
        said = self._over_agent
        if said is None:
            return False
        return not said.ended.done() or self.log.now() < said.ended.result() + self._patience

    @property
    def _patience(self) -> float:
        """Seconds from the caller's last sample to the session's taking it for the end of a turn."""
        return self._profile.vad.min_silence + FINAL_LATENCY_S + self._profile.endpointing.max_delay

    async def _something(self, within: float) -> bool:
        """Wait for anything new, for so many seconds."""
        self._news.clear()
        try:
            async with asyncio.timeout(within):
                return await self._news.wait()
        except TimeoutError:
            return False

    def _speech_created(self, event: SpeechCreatedEvent) -> None:
        self._speeches.add(event.speech_handle)
        event.speech_handle.add_done_callback(self._speech_done)
        self._news.set()

    def _speech_done(self, handle: SpeechHandle) -> None:
        self._speeches.discard(handle)
        self._news.set()

    def _audible(self) -> None:
        self.log.add(AgentAudible(self.log.now()))

    def _silent(self) -> None:
        self.log.add(AgentSilent(self.log.now()))

    def _playout_ended(self, interrupted: bool) -> None:
        self.log.add(PlayoutEnded(self.log.now(), interrupted))

    def _loudness(self, cue: Cue) -> None:
        if cue.kind in ("loud", "quiet"):
            self._input.push(cue.kind == "loud", LOUD_S if cue.kind == "loud" else QUIET_S)
