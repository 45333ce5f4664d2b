"""A call in virtual time over an `AgentSession` of somebody's own: plain livekit parts, and the gate put on it."""

import asyncio
from collections.abc import Callable
from typing import Any

from livekit.agents import Agent, AgentSession, ConversationItemAddedEvent
from livekit.agents.llm import LLM, ChatMessage
from livekit.agents.stt import STT
from livekit.agents.tts import TTS
from livekit.agents.vad import VAD

import callagent
from callagent.audio import CallClock, Timeline
from callagent.journal import ObservationLog
from callagent.profile import Profile
from callagent.providers import Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.levels.text.cue_recogniser import ScriptedSTT, ScriptedVAD
from callagent.scripted_calls.levels.text.scripted_caller import ScriptedCaller
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS, TextInput, TextOutput
from callagent.scripted_calls.script.caller import Speech
from callagent.turns.binding import GateBinding
from callagent.turns.gate.decisions import Decision
from callagent.turns.gate.events import AgentText, Event
from tests.support.virtual_call import a_profile

SOON_S = 600.0
"""Virtual seconds after which a wait has failed."""


class PlainSession:
    """Use inside `async with`, on a VirtualLoop.

    Args:
        agent: makes the agent, once the caller is there whom an STT of its own would hear.
        gated: whether the session's STT is given as `callagent.gated(stt)`.
        make: makes the session of its models and puts the gate on it; what the gate is told and decides is not noted.

    Attributes:
        said: what each side said, as `agent: …` and `caller: …`.
        spoke_at: when the agent became audible, each time, in seconds of call time.
        silent_at: when it fell silent.
        agent_text: what the gate was told that the agent says.
    """

    def __init__(
        self,
        agent: "Callable[[PlainSession], Agent]",
        *,
        profile: Profile | None = None,
        gated: bool = True,
        llm: LLM[Any] | None = None,
        tts: TTS[Any] | None = None,
        vad: Callable[[ScriptedCaller], VAD] = ScriptedVAD,
        make: Callable[..., AgentSession[Any]] | None = None,
        **options: Any,
    ) -> None:
        profile = profile or a_profile()
        self.session: AgentSession[Any]
        self.gate: GateBinding
        self.clock = CallClock()
        self.said: list[str] = []
        self.spoke_at: list[float] = []
        self.silent_at: list[float] = []
        self.agent_text: list[str] = []
        self.decisions: list[Decision] = []
        self.failures: list[str] = []
        log = ObservationLog(self.clock.now)
        heard = profile.vad
        self.caller = ScriptedCaller(log, Timeline(), min_speech=heard.min_speech, min_silence=heard.min_silence)
        recogniser = self.recogniser()
        models = {
            "stt": callagent.gated(recogniser) if gated else recogniser,
            "vad": vad(self.caller),
            "llm": llm or ScriptedLLM(Script()),
            "tts": tts or ScriptedTTS(),
        }
        if make is None:
            self.session = AgentSession(**{**models, **callagent.session_options(profile), **options})
            self.gate = callagent.gate(self.session, profile, clock=self.clock)
            self.gate.on_event(self._event)
            self.gate.on_decision(self.decisions.append)
        else:
            self.session = make(**models)
        self.session.on("conversation_item_added", self._item_added)
        self.session.on("error", lambda event: self.failures.append(str(event.error.error)))
        self._agent = agent(self)
        self._input = TextInput()
        self._speaking = asyncio.Event()

    def recogniser(self) -> STT[Any]:
        """Another recogniser that hears the same caller."""
        return ScriptedSTT(self.caller, "en-US")

    async def __aenter__(self) -> "PlainSession":
        self.session.input.audio = self._input
        self.session.output.audio = TextOutput(self._audible, self._silent, lambda _: None)
        await self.session.start(self._agent, record=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.caller.stop()
        self._input.close()
        await self.session.aclose()

    async def speaks(self, seconds: float = 2.0) -> None:
        """Waits until the agent has been speaking for so long."""
        async with asyncio.timeout(SOON_S):
            await self._speaking.wait()
        await asyncio.sleep(seconds)

    async def interject(self, text: str) -> float:
        """The caller says something now; when it began."""
        began = self.clock.now()
        await self.caller.speak(Speech(text)).ended
        return began

    async def say(self, text: str) -> None:
        """The caller says something, once the agent is quiet."""
        await self.idle()
        await self.interject(text)

    async def idle(self) -> None:
        """Waits until the agent has nothing to say or do."""
        async with asyncio.timeout(SOON_S):
            await self.session.wait_for_idle()

    def _audible(self) -> None:
        self.spoke_at.append(self.clock.now())
        self._speaking.set()

    def _silent(self) -> None:
        self.silent_at.append(self.clock.now())
        self._speaking.clear()

    def _event(self, event: Event) -> None:
        if isinstance(event, AgentText):
            self.agent_text.append(event.text)

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, ChatMessage):
            who = "agent" if event.item.role == "assistant" else "caller"
            self.said.append(f"{who}: {event.item.text_content}")
