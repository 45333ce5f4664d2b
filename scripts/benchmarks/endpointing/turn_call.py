"""One caller says one sentence after the other to a real session: the line, the VAD, the recogniser and the end-of-turn
model are those of a call, in metered time (`capture.metered_loop`).
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from livekit.agents import AgentStateChangedEvent, ConversationItemAddedEvent
from livekit.agents.llm import ChatMessage

from callagent.agent import assemble
from callagent.audio import CallClock, PhoneLine, Samples
from callagent.profile import Profile
from callagent.providers import Providers, Script, make_providers
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.providers.types import TurnModel
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS, TextOutput
from scripts.benchmarks.endpointing.pauses import Sentence

REPLY = "One moment."
"""What the agent answers to everything."""

ANSWER_S = 8.0
"""How long an answer is waited for, seconds."""

BETWEEN_S = 1.0
"""From the end of the answer to the caller's next sentence."""


@dataclass(frozen=True)
class Turn:
    """What became of a sentence.

    Attributes:
        cut_off: the agent took the turn for over before the sentence was.
        latency: seconds from the caller's last sample to the agent's first; None where it was cut off, or nothing came.
    """

    sentence: Sentence
    cut_off: bool
    latency: float | None


@dataclass
class Timed:
    """An end-of-turn model whose answers are timed, in seconds of the wall clock."""

    inner: TurnModel
    took: list[float] = field(default_factory=list)

    async def probability(self, silence: float) -> float:
        """Return what the model inside says."""
        began = time.perf_counter()  # the metered loop leaves this clock alone
        answer = await self.inner.probability(silence)
        self.took.append(time.perf_counter() - began)
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


async def turns(profile: Profile, said: Sequence[tuple[Sentence, Samples]]) -> tuple[list[Turn], list[float]]:
    """Return what became of each sentence, and how long the end-of-turn model took each time."""
    made = make_providers(profile)
    model = None if made.turn_model is None else Timed(made.turn_model)
    call = _Call(profile, made, model)
    await call.start()
    found = [await call.say(sentence, samples) for sentence, samples in said]
    await call.aclose()
    return found, [] if model is None else model.took


class _Call:
    def __init__(self, profile: Profile, made: Providers, model: Timed | None) -> None:
        clock = CallClock()
        self._now = clock.now
        self._line = PhoneLine(codec="pcmu", clock=clock)
        self._stt = made.stt
        answers = ScriptedLLM(Script((), REPLY))
        providers = Providers(stt=made.stt, tts=ScriptedTTS(), llm=answers, vad=made.vad, turn_model=model)
        self._call = assemble(profile.model_copy(update={"greeting": ""}), providers, clock=clock)
        self._spoke_at: list[float] = []
        self._turns_at: list[float] = []
        self._news = asyncio.Event()
        self._call.session.on("agent_state_changed", self._state_changed)
        self._call.session.on("conversation_item_added", self._item_added)

    async def start(self) -> None:
        session = self._call.session
        session.input.audio = self._line.audio_input
        session.output.audio = TextOutput(self._audible, _nothing, _nothing_ended)
        await self._line.start()
        await session.start(self._call.agent, record=False)
        await asyncio.sleep(BETWEEN_S)

    async def say(self, sentence: Sentence, samples: Samples) -> Turn:
        begun = self._now()
        utterance = self._line.speak(samples, sentence.text)
        ended = await utterance.ended
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await self._answered(ended)
        cut_off = any(begun < at < ended for at in (*self._turns_at, *self._spoke_at))
        answered = next((at for at in self._spoke_at if at >= ended), None)
        await self._call.session.wait_for_idle()
        await asyncio.sleep(BETWEEN_S)
        return Turn(sentence, cut_off, None if cut_off or answered is None else answered - ended)

    async def aclose(self) -> None:
        await self._call.session.aclose()
        self._line.hang_up()
        await self._line.aclose()
        await self._stt.aclose()

    async def _answered(self, since: float) -> None:
        while not any(at >= since for at in self._spoke_at):
            self._news.clear()
            await self._news.wait()

    def _audible(self) -> None:
        self._spoke_at.append(self._now())
        self._news.set()

    def _state_changed(self, _: AgentStateChangedEvent) -> None:
        self._news.set()

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, ChatMessage) and event.item.role == "user":
            self._turns_at.append(self._now())


def _nothing() -> None: ...


def _nothing_ended(_: bool) -> None: ...
