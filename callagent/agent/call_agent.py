"""The agent: instructions, greeting and tools of the profile, and the gate between the recogniser and the session."""

import time
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from typing import TYPE_CHECKING, Any

from livekit import rtc
from livekit.agents import Agent, ErrorEvent, FlushSentinel, ModelSettings, llm, stt, tts
from livekit.agents.llm import Tool, Toolset
from livekit.agents.types import TimedString

from callagent.agent.call_control import CallControl, NoControl
from callagent.agent.prompts import Sounds, pause, say
from callagent.agent.provider_limits import OverLimitError, SpeechLimit, limited_reply, limited_transcripts
from callagent.agent.untrusted_text import whole_characters
from callagent.turns.binding import GateBinding

if TYPE_CHECKING:
    from callagent.profile import Profile


class CallAgent(Agent):
    """Speaks for `profile`. Without a `gate` it is a plain livekit agent with stock interruption handling.

    `control` is how its tools reach the telephone network (`context.session.current_agent.control`).
    """

    def __init__(
        self,
        profile: "Profile",
        *,
        gate: GateBinding | None = None,
        tools: Sequence[Tool | Toolset] = (),
        control: CallControl | None = None,
        sounds: Sounds | None = None,
    ) -> None:
        super().__init__(instructions=profile.instructions, tools=list(tools))
        self.control: CallControl = control or NoControl()
        self._profile = profile
        self._gate = gate
        self._sounds = sounds or Sounds()

    async def on_enter(self) -> None:
        """Greet the caller, after what they have to be told first."""
        if self._profile.flow.notice:
            say(self.session, self._profile.flow.notice, self._sounds, interruptible=False)
        if self._profile.greeting:
            say(self.session, self._profile.greeting, self._sounds)

    async def stt_node(
        self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncGenerator[stt.SpeechEvent, None]:
        """Yield the recogniser's events, as far as the gate lets the session know of them."""
        gate = self._gate
        heard = Agent.default.stt_node(self, audio if gate is None else gate.listen(audio), model_settings)
        events = limited_transcripts(heard, self._profile.limits, self._recogniser_failed)
        async for event in events if gate is None else gate.filter(events):
            yield event

    async def llm_node(
        self, chat_ctx: llm.ChatContext, tools: list[Tool], model_settings: ModelSettings
    ) -> AsyncGenerator[llm.ChatChunk | str | FlushSentinel, None]:
        """Yield the model's answer, piece by piece."""
        chunks = whole_characters(Agent.default.llm_node(self, chat_ctx, tools, model_settings))
        async for chunk in limited_reply(chunks, self._profile.limits, self._model_failed):
            yield chunk

    async def tts_node(
        self, text: AsyncIterable[str], model_settings: ModelSettings
    ) -> AsyncGenerator[rtc.AudioFrame, None]:
        """Yield the voice, frame by frame."""
        limit = SpeechLimit(self._profile.limits, self._voice_failed)
        async for frame in limit.speech(Agent.default.tts_node(self, limit.text(text), model_settings)):
            yield frame
            await pause()

    async def transcription_node(
        self, text: AsyncIterable[str | TimedString], model_settings: ModelSettings
    ) -> AsyncGenerator[str | TimedString, None]:
        """Yield the agent's words, told to the gate as they come."""
        async for piece in Agent.default.transcription_node(self, text, model_settings):
            if self._gate is not None:
                self._gate.agent_text(str(piece))
            yield piece

    def _recogniser_failed(self, error: OverLimitError) -> None:
        self._fail(self.session.stt, stt.STTError(**_outage(self.session.stt, error)))

    def _model_failed(self, error: OverLimitError) -> None:
        self._fail(self.session.llm, llm.LLMError(**_outage(self.session.llm, error)))

    def _voice_failed(self, error: OverLimitError) -> None:
        self._fail(self.session.tts, tts.TTSError(**_outage(self.session.tts, error)))

    def _fail(self, source: object, error: stt.STTError | llm.LLMError | tts.TTSError) -> None:
        """Tell the session's listeners, as livekit does when a provider fails for good."""
        self.session.emit("error", ErrorEvent(error=error, source=source))


def _outage(source: object, error: OverLimitError) -> dict[str, Any]:
    return {"timestamp": time.time(), "label": type(source).__name__, "error": error, "recoverable": False}
