"""A call in virtual time: a real session of a profile, a caller who speaks and presses keys, and what became of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from livekit.agents import CloseEvent, ConversationItemAddedEvent
from livekit.agents.llm import LLM, ChatContext, ChatMessage
from livekit.agents.stt import STT
from livekit.agents.tts import TTS
from livekit.agents.voice.events import ToolCallEnded, ToolExecutionUpdatedEvent

from callagent.agent import AssembledCall, ControlError, Sounds, assemble
from callagent.audio import SoundPlayer, Timeline
from callagent.call_context import CallContext
from callagent.journal.call_record import CallRecord
from callagent.journal.observer import closing
from callagent.profile import Profile, load_profile
from callagent.providers import AgentModels, Providers
from callagent.providers.factory import script_of
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.providers.types import TurnModel
from callagent.scripted_calls.levels.text.cue_recogniser import ScriptedSTT, ScriptedVAD
from callagent.scripted_calls.levels.text.scripted_caller import ScriptedCaller
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS, TextInput, TextOutput
from callagent.scripted_calls.script.caller import Speech
from callagent.yaml_config import Document, validate

SOON_S = 600.0
"""Virtual seconds after which a wait has failed."""


def a_profile(**fields: Any) -> Profile:
    """The American profile with some fields replaced."""
    base = load_profile("en-US", env={}).model_dump(mode="json", by_alias=True, exclude_none=True)
    return validate(Profile, Document.of({**base, "tools": {}, "replies": [], **fields}, "test"))


@dataclass
class NotedControl:
    """A telephone that notes what it is asked to do, and refuses with `refusal` if there is one."""

    refusal: str = ""
    asked: list[str] = field(default_factory=list)

    async def send_dtmf(self, keys: str) -> None:
        self._note(f"keys {keys}")

    async def transfer(self, to: str) -> None:
        self._note(f"transfer {to}")

    async def consult(self, to: str, history: ChatContext) -> None:
        self._note(f"consult {to}")

    async def do_not_call(self) -> None:
        self._note("do not call")

    def hold_music(self) -> AbstractAsyncContextManager[object]:
        return self._music()

    @asynccontextmanager
    async def _music(self) -> AsyncIterator[None]:
        self.asked.append("music")
        yield
        self.asked.append("no music")

    def _note(self, what: str) -> None:
        self.asked.append(what)
        if self.refusal:
            raise ControlError(self.refusal)


class VirtualCall:
    """Use inside `async with`, on a VirtualLoop.

    Attributes:
        said: what each side said, as `agent: …` and `caller: …`.
        ended: resolves with the seconds of the call when its session closes.
        spoke_at: when the agent began to speak, each time, in seconds of call time.
        failures: of tools, as the LLM got them.
        record: of the call, with what its author notes.
    """

    def __init__(
        self,
        profile: Profile,
        control: NotedControl | None = None,
        *,
        llm: LLM[Any] | None = None,
        stt: STT[Any] | None = None,
        tts: TTS[Any] | None = None,
        sounds: Sounds | None = None,
        player: SoundPlayer | None = None,
        turn_model: TurnModel | None = None,
        context: CallContext | None = None,
        agents: AgentModels | None = None,
        stand_by: bool = False,
        record: CallRecord | None = None,
    ) -> None:
        self.record = record or CallRecord("a call", "")
        self.clock, log = self.record.clock, self.record.log
        self.said: list[str] = []
        self.spoke_at: list[float] = []
        self.failures: list[str | None] = []
        self.ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        vad = profile.vad
        self._caller = ScriptedCaller(log, Timeline(), min_speech=vad.min_speech, min_silence=vad.min_silence)
        providers = Providers(
            stt=stt or ScriptedSTT(self._caller, profile.language),
            tts=tts or ScriptedTTS(),
            llm=llm or ScriptedLLM(script_of(profile)),
            vad=ScriptedVAD(self._caller),
            turn_model=turn_model,
            agents=agents or {name: {"llm": ScriptedLLM(script_of(profile, name))} for name in profile.agents},
        )
        self.call: AssembledCall = assemble(
            profile,
            providers,
            clock=self.clock,
            control=control,
            sounds=sounds,
            player=player,
            context=context,
            recorder=self.record,
            stand_by=stand_by,
        )
        self._input = TextInput()
        self._more = asyncio.Event()
        self.call.session.on("conversation_item_added", self._item_added)
        self.call.session.on("tool_execution_updated", self._tool_updated)
        self.call.session.on("close", self._closed)

    async def __aenter__(self) -> Self:
        session = self.call.session
        session.input.audio = self._input
        session.output.audio = TextOutput(self._audible, lambda: None, lambda _: None)
        self.call.hooks.begin()
        await self.call.start(record=False)
        self.call.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._caller.stop()
        self._input.close()
        await self.call.session.aclose()
        await self.call.hooks.end()

    async def idle(self) -> None:
        """Waits until the agent has nothing to say or do."""
        async with asyncio.timeout(SOON_S):
            await self.call.session.wait_for_idle()

    async def say(self, text: str) -> None:
        """The caller says something, once the agent is quiet."""
        await self.idle()
        await self.interject(text)

    async def interject(self, text: str) -> None:
        """The caller says something now."""
        await self._caller.speak(Speech(text)).ended

    async def hears(self, part: str) -> None:
        """Waits until the agent has said something with these words."""
        async with asyncio.timeout(SOON_S):
            while not any(turn.startswith("agent: ") and part in turn for turn in self.said):
                self._more.clear()
                await self._more.wait()

    def _audible(self) -> None:
        self.spoke_at.append(self.clock.now())

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, ChatMessage) and event.item.text_content:
            who = "agent" if event.item.role == "assistant" else "caller"
            self.said.append(f"{who}: {event.item.text_content}")
            self._more.set()

    def _tool_updated(self, event: ToolExecutionUpdatedEvent) -> None:
        if isinstance(event.update, ToolCallEnded) and event.update.status == "error":
            self.failures.append(event.update.message)

    def _closed(self, event: CloseEvent) -> None:
        self.record.happened("agent left" if self.call.call.left else closing(event))
        if not self.ended.done():
            self.ended.set_result(self.clock.now())
