"""The gate knows what the agent says, though the agent keeps its words from the session's text output."""

import asyncio
from collections.abc import AsyncIterable
from typing import Any

import pytest
from livekit.agents import Agent
from livekit.agents.voice import io

from tests.support.plain_session import PlainSession
from tests.support.virtual import virtually

ASKS = "Shall I put you through to somebody who can help you with it?"


class Asking(Agent):
    """Asks something, and then says nothing more."""

    def __init__(self) -> None:
        super().__init__(instructions="Ask.")

    async def on_enter(self) -> None:
        self.session.say(ASKS)


class Nothing(Asking):
    """Its words are shown nowhere."""

    async def transcription_node(self, text: AsyncIterable[Any], model_settings: Any) -> None:
        return None


class Hidden(Asking):
    """Its words are replaced by nothing."""

    async def transcription_node(self, text: AsyncIterable[Any], model_settings: Any) -> Any:
        async for _ in text:
            yield ""


class Loud(Asking):
    """Its words are shown in capitals."""

    async def transcription_node(self, text: AsyncIterable[Any], model_settings: Any) -> Any:
        async for piece in text:
            yield piece.upper()


class Shown(io.TextOutput):
    """A text output of somebody's own."""

    def __init__(self) -> None:
        super().__init__(label="shown", next_in_chain=None)
        self.text = ""

    async def capture_text(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        self.text += "\n"


def answered(agent: type[Asking], *, shown: Shown | None = None, switched_off: bool = False) -> PlainSession:
    async def body() -> PlainSession:
        call = PlainSession(lambda _: agent())
        call.session.output.transcription = shown
        call.session.output.set_transcription_enabled(not switched_off)
        async with call:
            await call.speaks(3.0)
            await call.interject("Yes.")
            await asyncio.sleep(12.0)
        return call

    return virtually(body)


@pytest.mark.parametrize("agent", [Asking, Nothing, Hidden, Loud])
def test_a_yes_to_a_question_is_an_answer_whatever_is_shown_of_it(agent: type[Asking]) -> None:
    call = answered(agent)
    assert "caller: Yes." in call.said
    assert "".join(call.agent_text).lower().startswith(ASKS.lower())


def test_a_transcription_that_is_switched_off_hides_nothing_from_the_gate() -> None:
    assert "caller: Yes." in answered(Asking, shown=Shown(), switched_off=True).said


def test_a_text_output_gets_its_text_as_ever() -> None:
    shown = Shown()
    call = answered(Asking, shown=shown)
    assert shown.text.split("\n")[0] == ASKS
    assert "".join(call.agent_text).count(ASKS) == 1
