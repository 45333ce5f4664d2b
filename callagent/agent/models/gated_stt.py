"""A recogniser that the gate listens to: whoever uses it, the session learns only what the gate lets through."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

from livekit import rtc
from livekit.agents import APIConnectOptions, ModelSettings, stt, vad
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer
from livekit.agents.voice import ConversationItemAddedEvent

from callagent.agent.models.gated_node import A, Node, gate_outside, gated_node
from callagent.agent.models.provider_proxy import ProviderProxy
from callagent.agent.provider_limits import OverLimitError, limited_transcripts
from callagent.turns.binding import GateBinding

if TYPE_CHECKING:
    from callagent.profile import LimitSettings

ONCE = APIConnectOptions(max_retry=0)
"""The recogniser inside has its own retries; what it gives up on is not tried once more."""


class GatedSTT(ProviderProxy, stt.STT[Any]):
    """The recogniser `inner` with a gate around it, once a session has given it one (`follow`); see `gated`.

    Attributes:
        streams: how many were begun.
        transcripts: how many have come of them.
        last_final: when the last final one came, in seconds of the event loop.
    """

    def __init__(self, inner: stt.STT[Any]) -> None:
        streaming = replace(inner.capabilities, streaming=True)
        super().__init__(capabilities=streaming)
        self.inner: stt.STT[Any] = inner
        self.gate: GateBinding | None = None
        self.limits: LimitSettings | None = None
        self.activity: vad.VAD | None = None
        self.streams = self.transcripts = 0
        self.last_final = 0.0

    def follow(self, gate: GateBinding | None, limits: "LimitSettings", activity: vad.VAD | None) -> None:
        """Have what is recognised from now on pass through the gate of a session and the limits of its profile.

        Args:
            gate: None for a session that interrupts by itself, as livekit does: only the limits hold then.
            activity: cuts the audio into utterances for a recogniser that takes only whole ones.
        """
        self.gate, self.limits, self.activity = gate, limits, activity

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        """Return a stream of what the session may know of."""
        recogniser = self.inner
        if not recogniser.capabilities.streaming:
            if self.activity is None:
                raise RuntimeError(f"{recogniser.label} takes only whole utterances: give the session a VAD")
            recogniser = stt.StreamAdapter(stt=recogniser, vad=self.activity)
        self.streams += 1
        return _GatedStream(self, recogniser.stream(language=language, conn_options=conn_options))

    def note(self, event: stt.SpeechEvent) -> None:
        """Count what was recognised, whatever the gate makes of it."""
        if event.alternatives and event.alternatives[0].text:
            self.transcripts += 1
            if event.type is stt.SpeechEventType.FINAL_TRANSCRIPT:
                self.last_final = asyncio.get_running_loop().time()

    async def recognize(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.SpeechEvent:
        """Return what the recogniser inside makes of a recording, which is nobody's turn."""
        return await self.inner.recognize(buffer, language=language, conn_options=conn_options)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        return await self.recognize(buffer, language=language, conn_options=conn_options)

    # The session calls these two on every recogniser; livekit's own adapters hand them on in the same way.

    def _update_session_keyterms(self, keyterms: list[str]) -> None:
        self.inner._update_session_keyterms(keyterms)

    def _push_conversation_item(self, ev: ConversationItemAddedEvent) -> None:
        self.inner._push_conversation_item(ev)


class _GatedStream(stt.RecognizeStream):
    """Audio goes straight to the stream inside; what comes of it is taken by the gate, which sends it on."""

    def __init__(self, gated: GatedSTT, inner: stt.RecognizeStream) -> None:
        super().__init__(stt=gated, conn_options=ONCE)
        self._gated = gated
        self._inner = inner
        self._gate = None if gate_outside.get() else gated.gate

    def push_frame(self, frame: rtc.AudioFrame) -> None:
        """Recognise audio, without the agent's echo."""
        self._inner.push_frame(frame if self._gate is None else self._gate.hear(frame))

    def flush(self) -> None:
        """End a segment."""
        self._inner.flush()

    def end_input(self) -> None:
        """End the audio."""
        self._inner.end_input()

    @property
    def start_time_offset(self) -> float:
        """Seconds of the session at which the stream inside begins."""
        return self._inner.start_time_offset

    @start_time_offset.setter
    def start_time_offset(self, value: float) -> None:
        self._inner.start_time_offset = value

    @property
    def start_time(self) -> float:
        """When the stream inside began, as `time.time()`."""
        return self._inner.start_time

    @start_time.setter
    def start_time(self, value: float) -> None:
        self._inner.start_time = value

    @property
    def context(self) -> Any:
        """What the stream inside knows of the speaker."""
        return self._inner.context

    @context.setter
    def context(self, value: Any) -> None:
        self._inner.context = value

    async def _run(self) -> None:
        gate = self._gate
        if gate is not None:
            gate.lead_to(self._deliver)
        async with contextlib.aclosing(self._heard()) as events:
            async for event in events:
                if gate is None:
                    self._deliver(event)
                else:
                    gate.take(event)

    async def _heard(self) -> AsyncGenerator[stt.SpeechEvent, None]:
        limits = self._gated.limits
        async with self._inner:
            events = _each(self._inner)
            async for event in events if limits is None else limited_transcripts(events, limits, self._over):
                self._gated.note(event)
                yield event

    def _deliver(self, event: stt.SpeechEvent) -> bool:
        if self._event_ch.closed:
            return False
        self._event_ch.send_nowait(event)
        return True

    def _over(self, error: OverLimitError) -> None:
        inner = self._gated.inner
        told = stt.STTError(timestamp=time.time(), label=type(inner).__name__, error=error, recoverable=False)
        inner.emit("error", told)


async def _each(stream: stt.RecognizeStream) -> AsyncGenerator[stt.SpeechEvent, None]:
    async for event in stream:
        yield event


@overload
def gated(recogniser: stt.STT[Any]) -> GatedSTT: ...


@overload
def gated(
    recogniser: Node[A],
) -> Callable[[A, AsyncIterable[rtc.AudioFrame], ModelSettings], AsyncGenerator[Any, None]]: ...


def gated(recogniser: stt.STT[Any] | Node[A]) -> Any:
    """Return the recogniser as the gate of a session listens to it; as it is where it has been given already.

    For the `stt` of an `AgentSession` or of an `Agent`, and as a decorator for an `stt_node` that recognises by itself.
    Which gate it is follows from the session that uses it.
    """
    if isinstance(recogniser, GatedSTT):
        return recogniser
    return GatedSTT(recogniser) if isinstance(recogniser, stt.STT) else gated_node(recogniser)
