"""What the agent says at one time, as an author holds it."""

import asyncio
from collections.abc import Callable
from typing import Any

from livekit.agents import AgentSession, SpeechCreatedEvent
from livekit.agents.llm import ChatMessage
from livekit.agents.voice import SpeechHandle


class Utterance:
    """One utterance: being said, waiting to be said, or over.

    Args:
        speech: livekit's handle; None for an utterance without words, which is over from the start.
        text: the words, where they are known before they are said; those of a reply are known once it is over.
    """

    def __init__(self, speech: SpeechHandle | None, text: str = "") -> None:
        self._speech = speech
        self._text = text

    @property
    def id(self) -> str:
        """Its name in the log and the events of the session; empty for one without words."""
        return "" if self._speech is None else self._speech.id

    @property
    def text(self) -> str:
        """The words; of a reply, those that are in the conversation by now."""
        if self._text or self._speech is None:
            return self._text
        said = [item.text_content or "" for item in self._speech.chat_items if isinstance(item, ChatMessage)]
        return " ".join(said)

    @property
    def interrupted(self) -> bool:
        """Whether it was ended before its end, by the caller or by the program."""
        return self._speech is not None and self._speech.interrupted

    @property
    def complete(self) -> bool:
        """Whether all of it was said: it is over, nobody has ended it before, and the voice did not fail."""
        if self._speech is None or not self._speech.done() or self._speech.interrupted:
            return False
        return any(isinstance(item, ChatMessage) for item in self._speech.chat_items)

    @property
    def done(self) -> bool:
        """Whether it is over, with all that its tools do."""
        return self._speech is None or self._speech.done()

    async def wait(self) -> None:
        """Wait until it is over. Who stops waiting does not end it.

        Raises:
            RuntimeError: in a tool, for the utterance that the tool is a part of: it would wait for itself.
        """
        if self._speech is not None:
            await asyncio.shield(asyncio.ensure_future(self._speech.wait_for_playout()))

    def interrupt(self) -> None:
        """End it now; nothing where it is over, or must not be interrupted."""
        if self._speech is not None and not self.done and self._speech.allow_interruptions:
            self._speech.interrupt()

    def on_done(self, callback: "Callable[[Utterance], object]") -> None:
        """Have `callback` called when it is over, at once where it is."""
        if self._speech is None or self._speech.done():
            callback(self)
        else:

            def over(_: SpeechHandle) -> None:
                callback(self)

            self._speech.add_done_callback(over)


class Utterances:
    """What is being said in a call and is to be said next, each as the one that its author has.

    Args:
        begun: is told of each, by whomever it was begun, once its author has it.
    """

    def __init__(self, session: AgentSession[Any], begun: Callable[[Utterance], None]) -> None:
        self._known: dict[str, Utterance] = {}
        self._begun = begun
        self._loop = asyncio.get_running_loop()
        session.on("speech_created", self._speech_created)

    @property
    def current(self) -> Utterance | None:
        """What is being said, or comes next; None while there is nothing to say."""
        return next((each for each in self._known.values() if not each.done), None)

    def keep(self, utterance: Utterance) -> Utterance:
        """Return an utterance, which is from now on the one that its author has, instead of that of livekit's event."""
        self._known[utterance.id] = utterance
        utterance.on_done(self._forget)
        return utterance

    def interrupt(self) -> None:
        """End all that may be interrupted."""
        for each in [*self._known.values()]:
            each.interrupt()

    def _speech_created(self, event: SpeechCreatedEvent) -> None:
        utterance = self.keep(Utterance(event.speech_handle))
        self._loop.call_soon(self._tell, utterance)

    def _tell(self, utterance: Utterance) -> None:
        """Tell of an utterance as its author has it, who has been given it by now."""
        self._begun(self._known.get(utterance.id, utterance))

    def _forget(self, utterance: Utterance) -> None:
        self._known.pop(utterance.id, None)
