"""The agent's words on their way to the caller, told to the gate whichever agent, task or hand-over says them.

They are taken from the session's text output: a piece gets there when its speech is next, and not before, also of a
recording (`say(audio=…)`) and of a realtime model. Where an agent keeps its words from there (a `transcription_node`
that yields nothing, a transcription that is switched off), they are taken from the text on its way to the voice.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import Any

from livekit.agents import AgentSession, AgentStateChangedEvent, ConversationItemAddedEvent, SpeechCreatedEvent
from livekit.agents.llm import AgentHandoff
from livekit.agents.voice import io


class AgentWords:
    """A text transform for livekit's `tts_text_transforms`, to stand first among them; it changes nothing."""

    def __init__(self) -> None:
        self._tell: Callable[[str], None] = lambda _: None
        self._told = False
        self._by_voice = False
        self._for_voice = ""

    def attach(self, session: AgentSession[Any], tell: Callable[[str], None]) -> None:
        """Follow a session that has not been started, and tell `tell` what its agent is about to say."""
        self._tell = tell

        def follow_output(event: ConversationItemAddedEvent | SpeechCreatedEvent) -> None:
            if isinstance(event, SpeechCreatedEvent) or isinstance(event.item, AgentHandoff):
                self._follow(session.output)

        session.on("conversation_item_added", follow_output)
        session.on("speech_created", follow_output)
        session.on("agent_state_changed", self._state_changed)

    async def __call__(self, text: AsyncIterable[str]) -> AsyncGenerator[str, None]:
        """Yield the text on its way to the voice."""
        async for piece in text:
            if self._by_voice:
                self._tell(piece)
            elif not self._told:
                self._for_voice += piece
            yield piece

    def transcribed(self, text: str) -> None:
        """Note a piece that has reached the session's text output."""
        if not self._by_voice:
            self._told, self._for_voice = True, ""
            self._tell(text)

    def _follow(self, output: io.AgentOutput) -> None:
        sink = output.transcription
        while sink is not None and not isinstance(sink, _Listening):
            sink = sink.next_in_chain
        if sink is None:
            output.transcription = _Listening(self.transcribed, output.transcription)

    def _state_changed(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "speaking" and not self._told and self._for_voice:
            self._by_voice = True
            self._tell(self._for_voice)
            self._for_voice = ""
        elif event.new_state == "listening":
            self._told = self._by_voice = False
            self._for_voice = ""


class _Listening(io.TextOutput):
    """Stands before a session's text output, or in its place where there is none."""

    def __init__(self, heard: Callable[[str], None], next_in_chain: io.TextOutput | None) -> None:
        super().__init__(label="callagent", next_in_chain=next_in_chain)
        self._heard = heard

    async def capture_text(self, text: str) -> None:
        """Take a piece."""
        self._heard(text)
        if self.next_in_chain is not None:
            await self.next_in_chain.capture_text(text)

    def flush(self) -> None:
        """End a segment."""
        if self.next_in_chain is not None:
            self.next_in_chain.flush()
