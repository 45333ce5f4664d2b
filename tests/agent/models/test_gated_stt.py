"""A recogniser with the gate around it is the recogniser in everything else."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions, LanguageCode, stt, vad
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

import callagent
from callagent.scripted_calls.levels.text.cue_recogniser import ScriptedVAD
from tests.agent.test_gate_everywhere import Talker
from tests.support.plain_session import PlainSession
from tests.support.virtual import virtually

ONCE = APIConnectOptions(max_retry=0)


class Plugin(stt.STT[Any]):
    """Says one thing and then fails, or takes only whole utterances; notes what it is asked."""

    def __init__(self, *, streaming: bool = True, says: str = "", fails: Exception | None = None) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(
                streaming=streaming, interim_results=True, keyterms=True, chat_context=True
            )
        )
        self.says, self.fails = says, fails
        self.asked: list[str] = []
        self.streams: list[_Words] = []

    @property
    def model(self) -> str:
        return "ears-1"

    @property
    def provider(self) -> str:
        return "a vendor"

    def update_options(self, *, language: str) -> None:
        self.asked.append(f"language {language}")

    def prewarm(self) -> None:
        self.asked.append("prewarm")

    async def aclose(self) -> None:
        self.asked.append("aclose")

    def stream(
        self, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> stt.RecognizeStream:
        self.streams.append(_Words(stt=self, conn_options=ONCE))
        return self.streams[-1]

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        return words(self.says)

    def _update_session_keyterms(self, keyterms: list[str]) -> None:
        self.asked.append(f"terms {' '.join(keyterms)}")

    def _push_conversation_item(self, ev: Any) -> None:
        self.asked.append("turn")


class _Words(stt.RecognizeStream):
    async def _run(self) -> None:
        plugin = self._stt
        assert isinstance(plugin, Plugin)
        if plugin.says:
            self._event_ch.send_nowait(words(plugin.says))
        if plugin.fails is not None:
            raise plugin.fails
        async for _ in self._input_ch:
            pass


def words(text: str) -> stt.SpeechEvent:
    said = stt.SpeechData(language=LanguageCode("en"), text=text)
    return stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[said])


def test_its_names_and_what_it_can_are_the_plugins() -> None:
    plugin = Plugin()
    gated = callagent.gated(plugin)
    assert (gated.label, gated.model, gated.provider) == (plugin.label, "ears-1", "a vendor")
    assert gated.capabilities == plugin.capabilities
    assert gated.metrics_metadata == plugin.metrics_metadata


def test_what_only_the_plugin_has_is_found_on_it() -> None:
    plugin = Plugin()
    gated = callagent.gated(plugin)
    gated.update_options(language="de")
    gated.prewarm()
    asyncio.run(gated.aclose())
    assert plugin.asked == ["language de", "prewarm", "aclose"]
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = gated.no_such_thing


def test_what_is_gated_is_not_gated_twice() -> None:
    gated = callagent.gated(Plugin())
    assert callagent.gated(gated) is gated


def test_who_listens_to_it_hears_the_plugin_once() -> None:
    plugin = Plugin(fails=APIConnectionError("broken on purpose"))
    heard: list[Any] = []
    gated = callagent.gated(plugin)
    gated.on("error", heard.append)
    gated.on("metrics_collected", heard.append)

    async def body() -> None:
        async with gated.stream(conn_options=ONCE) as stream:
            with pytest.raises(APIConnectionError, match="broken on purpose"):
                async for _ in stream:
                    pass
        plugin.emit("metrics_collected", "usage")
        gated.off("metrics_collected", heard.append)
        plugin.emit("metrics_collected", "more usage")

    asyncio.run(body())
    assert [getattr(each, "label", each) for each in heard] == [plugin.label, "usage"]
    assert [each.recoverable for each in heard[:1]] == [False]


def test_its_stream_is_the_plugins_stream() -> None:
    plugin = Plugin(says="hello")

    async def body() -> list[str]:
        async with callagent.gated(plugin).stream() as stream:
            stream.start_time_offset = 4.0
            (inner,) = plugin.streams
            assert inner.start_time_offset == 4.0 and stream.start_time == inner.start_time
            stream.end_input()
            return [event.alternatives[0].text async for event in stream]

    assert asyncio.run(body()) == ["hello"], "without a session everything passes"


def test_a_recording_is_recognised_as_it_is() -> None:
    event = asyncio.run(callagent.gated(Plugin(says="Yeah.")).recognize([]))
    assert event.alternatives[0].text == "Yeah."


def test_the_sessions_key_terms_and_turns_reach_the_plugin() -> None:
    plugin = Plugin()

    async def body() -> None:
        terms = {"keyterms": ["Riverside"], "forward_chat_context": True}
        async with PlainSession(lambda _: Talker(stt=plugin), stt_context_options=terms) as call:
            await call.idle()

    virtually(body)
    assert "terms Riverside" in plugin.asked and "turn" in plugin.asked


class Whole(Plugin):
    """Takes only whole utterances: what it says depends on which one it is."""

    def __init__(self, *utterances: str) -> None:
        super().__init__(streaming=False)
        self.utterances = list(utterances)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        return words(self.utterances.pop(0))


class Cutting(ScriptedVAD):
    """A VAD that gives the sound of an utterance with its end."""

    def stream(self) -> vad.VADStream:
        return _Cut(super().stream())


class _Cut(vad.VADStream):
    def __init__(self, inner: vad.VADStream) -> None:
        self._inner = inner

    async def _main_task(self) -> None: ...

    def push_frame(self, frame: rtc.AudioFrame) -> None:
        self._inner.push_frame(frame)

    def flush(self) -> None:
        self._inner.flush()

    def end_input(self) -> None:
        self._inner.end_input()

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __anext__(self) -> vad.VADEvent:
        return replace(await anext(self._inner), frames=[rtc.AudioFrame(bytes(320), 8000, 1, 160)])


@pytest.mark.parametrize("own", [True, False], ids=["of the agent", "of the session"])
def test_a_recogniser_of_whole_utterances_has_the_gate_too(own: bool) -> None:
    plugin = Whole("Yeah, okay.", "No, stop.")

    async def body() -> PlainSession:
        def agent(_: PlainSession) -> Talker:
            return Talker(stt=plugin) if own else Talker()

        options: dict[str, Any] = {} if own else {"stt": callagent.gated(plugin)}
        async with PlainSession(agent, vad=Cutting, **options) as call:
            await call.speaks(1.0)
            await call.interject("first")
            await asyncio.sleep(1.0)
            assert not call.silent_at
            await call.interject("second")
            await asyncio.sleep(1.0)
            assert call.silent_at
        return call

    said = virtually(body).said
    assert "caller: No, stop." in said and not any("Yeah" in each for each in said)
    assert plugin.utterances == []


def test_without_a_vad_a_recogniser_of_whole_utterances_says_what_is_missing() -> None:
    with pytest.raises(RuntimeError, match="VAD"):
        callagent.gated(Whole()).stream()
