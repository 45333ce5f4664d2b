"""OpenAI's speech-to-speech model in a call with the gate, over the wire to a server of this machine."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import Agent, ModelSettings
from livekit.agents.llm import RealtimeModel
from livekit.agents.utils import http_context

from callagent.profile import Profile
from callagent.providers import Script, check_providers
from callagent.providers.making import make_part
from callagent.scripted_calls.levels.text.silent_line import TextInput
from callagent.yaml_config import ConfigError
from tests.providers.conftest import profile_with
from tests.support.plain_session import PlainSession
from tests.support.plugins import Install, install
from tests.support.realtime_peer import RealtimePeer

__all__ = ["install"]

WORDS = "We are open from nine to six on every day of the week except for Sundays and public holidays."
LOCAL: dict[str, Any] = {"stt": "local", "tts": "local", "vad": "silero"}
LONGEST_S = 20.0


def with_model(spec: object) -> Profile:
    return profile_with(**{**LOCAL, "llm": spec})


def spec(address: str, **options: object) -> dict[str, object]:
    return {"use": "openai-realtime", "base_url": address, "api_key": "k", **options}


@asynccontextmanager
async def call(peer: RealtimePeer, agent: Agent | None = None) -> AsyncIterator[PlainSession]:
    """A call whose model is the peer; in real time, as its sockets are."""
    agent = agent or Agent(instructions="Sell bread.")
    async with peer.listening() as address, http_context.open(), asyncio.timeout(LONGEST_S):
        model = make_part(with_model(spec(address, model="gpt-realtime-2")), "llm", Script())
        async with PlainSession(lambda _: agent, llm=model) as plain:
            yield plain
        await model.aclose()


def heard(plain: PlainSession, seconds: float) -> None:
    """Give the model the caller's audio, which the line of the text level has as loudness only."""
    assert isinstance(plain.session.input.audio, TextInput)
    plain.session.input.audio.push(True, seconds)


async def test_the_server_is_told_to_leave_turns_and_words_to_us() -> None:
    peer = RealtimePeer(WORDS, 3.0)
    async with call(peer):
        await peer.until("session.update")
    told = [session["audio"]["input"] for session in peer.sessions if "audio" in session]
    assert told and all(each.get("turn_detection") is None for each in told)
    assert all(each.get("transcription") is None for each in told)
    assert (peer.query["model"], peer.headers["Authorization"]) == ("gpt-realtime-2", "Bearer k")


async def test_a_turn_of_the_caller_is_committed_and_answered_by_the_models_own_voice() -> None:
    peer = RealtimePeer(WORDS, 1.0)
    async with call(peer) as plain:
        heard(plain, 1.0)
        await plain.interject("When are you open?")
        await plain.speaks(0.2)
        await plain.idle()
        await asyncio.sleep(0.3)  # in which what is taken for a turn without an answer would be answered
    assert 0.9 < peer.audio_s < 1.1
    assert len(peer.of("input_audio_buffer.commit")) == 1
    assert len(peer.of("response.create")) == 1
    assert plain.failures == []


async def test_a_command_stops_the_model_and_an_acknowledgement_does_not() -> None:
    peer = RealtimePeer(WORDS, 12.0)
    async with call(peer) as plain:
        await plain.interject("When are you open?")
        await plain.speaks(0.5)
        await plain.interject("Yeah, okay.")
        await asyncio.sleep(0.6)
        assert plain.silent_at == [] and peer.of("conversation.item.truncate") == []
        began = await plain.interject("No, stop.")
        cut = await peer.until("conversation.item.truncate")
    assert plain.silent_at[0] - began < 1.5
    assert 1000 < cut["audio_end_ms"] < 6000


class Through(Agent):
    """Has a look at what the model says, on its way to the caller."""

    def __init__(self) -> None:
        super().__init__(instructions="Sell bread.")
        self.seconds = 0.0

    async def realtime_audio_output_node(
        self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncIterator[rtc.AudioFrame]:
        """As livekit does."""
        async for frame in Agent.default.realtime_audio_output_node(self, audio, model_settings):
            self.seconds += frame.duration
            yield frame


async def test_what_the_model_says_passes_the_node_of_the_agent_and_a_command_stops_it() -> None:
    peer, agent = RealtimePeer(WORDS, 6.0), Through()
    async with call(peer, agent) as plain:
        await plain.interject("When are you open?")
        await plain.speaks(0.5)
        began = await plain.interject("No, stop.")
        await peer.until("conversation.item.truncate")
    assert plain.silent_at[0] - began < 1.5
    assert agent.seconds > 1.0


def test_it_is_checked_as_the_other_providers_are() -> None:
    for wrong, line in (
        ({"use": "openai-realtime", "voise": "marin", "api_key": "k"}, "providers.llm.voise: unknown option; did you"),
        ({"use": "openai-realtime", "turn_detection": {}, "api_key": "k"}, "providers.llm.turn_detection: unknown"),
        ("openai-realtime", "providers.llm: openai-realtime needs OPENAI_API_KEY in the environment"),
        ({"use": "openai-realtime", "base_url": "ws://10.0.0.7", "api_key": "k"}, "is not encrypted"),
        (["openai-realtime", "script"], "openai-realtime needs OPENAI_API_KEY"),
    ):
        with pytest.raises(ConfigError) as caught:
            check_providers(with_model(wrong), {})
        assert line in str(caught.value)


def test_it_cannot_stand_in_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with pytest.raises(
        ConfigError, match=r"llm\[1\]: openai-realtime is a realtime model, which cannot stand in a chain"
    ):
        check_providers(with_model(["script", "openai-realtime"]))


STUBBORN = """
from livekit.agents import llm

class RealtimeModel(llm.RealtimeModel):
    def __init__(self):
        super().__init__(capabilities=llm.RealtimeCapabilities(
            message_truncation=True, turn_detection=True, user_transcription=True, auto_tool_reply_generation=True,
            audio_output=True, manual_function_calls=False))

    def session(self, **options):
        raise NotImplementedError

    async def aclose(self):
        pass
"""


def test_a_model_that_decides_about_turns_itself_is_said_to_at_load(install: Install) -> None:
    install("stubborn", STUBBORN)
    notes = check_providers(with_model("stubborn"))
    assert notes == (
        "llm: stubborn decides by itself when a turn is over and what stops it: the gate does not",
        "llm: stubborn recognises by itself; livekit then drops the words of the recogniser beside it",
    )
    assert check_providers(with_model("stubborn-realtime")) != ()


async def test_a_profile_can_leave_turns_to_the_server() -> None:
    profile = with_model(spec("https://realtime.example", model="gpt-realtime-2"))
    by_server = profile.model_copy(update={"endpointing": profile.endpointing.model_copy(update={"by": "realtime"})})
    for each, on in ((profile, False), (by_server, True)):
        model = make_part(each, "llm", Script())
        assert isinstance(model, RealtimeModel)
        assert model.capabilities.turn_detection is on
        await model.aclose()
