"""What the author of an agent holds of a call: `session.userdata` in agents and tools, the argument of a factory."""

import asyncio
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any

from livekit import rtc
from livekit.agents import AgentSession, CloseEvent, SpeechCreatedEvent
from livekit.agents.types import NOT_GIVEN

from callagent.agent.caller_turn import CallerTurn
from callagent.agent.line.call_line import CallLine, Line
from callagent.agent.prompts import Sounds, opening, say
from callagent.agent.utterance import Utterance

if TYPE_CHECKING:
    from callagent.profile import Profile


class Call(CallLine):
    """One call.

    Its methods are called on the event loop of the call. What is to be said after the end of the call is not said: such
    an utterance is over from the start.

    Attributes:
        session: livekit's session.
        profile: the profile in force.
        state: the author's own object, as `state` of the profile makes it; a dict where it names none.
        sounds: phrases that were made ahead.
    """

    def __init__(
        self,
        session: AgentSession[Any],
        profile: "Profile",
        sounds: Sounds | None = None,
        *,
        line: Line,
        turn: CallerTurn,
    ) -> None:
        super().__init__(session, line)
        self.profile = profile
        self.state: Any = {}
        self.sounds = sounds or Sounds()
        self._turn = turn
        self._over = False
        self._reply = Utterance(None)
        self._known: dict[str, Utterance] = {}
        session.on("speech_created", self._speech_created)
        session.on("close", self._closed)

    @property
    def utterance(self) -> Utterance | None:
        """What is being said, or comes next; None while the agent has nothing to say."""
        return next((each for each in self._known.values() if not each.done), None)

    def greet(self) -> Utterance:
        """Say what the profile begins with: its `flow.notice`, which cannot be interrupted, and its `greeting`.

        For `on_enter` of an agent of one's own: an agent of the profile does so by itself.
        """
        last = Utterance(None)
        for text, interruptible in opening(self.profile):
            if not self._over:
                last = self._told(Utterance(say(self.session, text, self.sounds, interruptible=interruptible), text))
        return last

    def say(
        self, text: str, *, interruptible: bool = True, audio: AsyncIterable[rtc.AudioFrame] | None = None
    ) -> Utterance:
        """End an unfinished utterance, and say something.

        One that must not be interrupted is said to its end first. An empty text is said at once.

        Args:
            interruptible: whether the caller can stop it.
            audio: the text as it was recorded; left out, the voice says it.
        """
        if not text.strip() or self._over:
            return Utterance(None)
        self.interrupt()
        recorded = self.sounds.audio(text) if audio is None else audio
        allowed = NOT_GIVEN if interruptible else False
        return self._told(Utterance(self.session.say(text, audio=recorded, allow_interruptions=allowed), text))

    def reply(self, instructions: str | None = None, *, wait_for_playback: bool = False) -> Utterance:
        """End an unfinished utterance, and let the model speak.

        While another reply is under way, that one is returned and nothing else happens.

        Args:
            instructions: for this reply; None: it goes on with the conversation. Empty ones are no reply, and over.
            wait_for_playback: let an unfinished utterance be said to its end first.
        """
        if not self._reply.done:
            return self._reply
        if (instructions is not None and not instructions.strip()) or self._over:
            return Utterance(None)
        if not wait_for_playback:
            self.interrupt()
        speech = self.session.generate_reply(instructions=NOT_GIVEN if instructions is None else instructions)
        self._reply = self._told(Utterance(speech))
        return self._reply

    def interrupt(self) -> None:
        """End what is being said and what is to be said next, up to something that must not be interrupted."""
        for each in [*self._known.values()]:
            each.interrupt()

    def commit_turn(self) -> "asyncio.Task[str]":
        """End the caller's turn now, however `endpointing.by` would: the agent answers it. Where nothing was said it
        does nothing. A speech that must not be interrupted is said to its end first.

        Returns:
            A task with the words of the turn; nobody has to wait for it.
        """
        return self._turn.commit()

    def clear_turn(self) -> None:
        """Throw away what the caller has said since the last turn: it is not answered, and joins no other turn."""
        self._turn.clear()

    def close(self) -> None:
        """End the call: the agent falls silent, and the line is hung up. Nothing where it is over already."""
        if not self._over:
            self._over = True
            self.session.shutdown(drain=False)

    def _told(self, utterance: Utterance) -> Utterance:
        """Keep an utterance as the one that its author has, instead of that of the session's event."""
        self._known[utterance.id] = utterance
        utterance.on_done(self._forget)
        return utterance

    def _speech_created(self, event: SpeechCreatedEvent) -> None:
        self._told(Utterance(event.speech_handle))

    def _forget(self, utterance: Utterance) -> None:
        self._known.pop(utterance.id, None)

    def _closed(self, _: CloseEvent) -> None:
        self._over = True
