"""What the author of an agent holds of a call: `session.userdata` in agents and tools, the argument of a factory."""

import asyncio
from collections.abc import AsyncIterable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from livekit import rtc
from livekit.agents import Agent, AgentSession, CloseEvent, ConversationItemAddedEvent
from livekit.agents.llm import AgentHandoff
from livekit.agents.types import NOT_GIVEN

from callagent.agent.author.author_notes import AuthorNotes, NoRecord, Recorder
from callagent.agent.author.call_events import CallEvents, CallOver, Listener
from callagent.agent.author.call_texts import CallTexts
from callagent.agent.caller_turn import CallerTurn
from callagent.agent.compliance.disclosures import Disclosures
from callagent.agent.compliance.watchers import ComplianceWatchers
from callagent.agent.line.call_line import CallLine, Line
from callagent.agent.prompts import Sounds, say
from callagent.agent.utterance import Utterance, Utterances
from callagent.call_context import CallContext

if TYPE_CHECKING:
    from callagent.agent.handover.hand_overs import HandOvers
    from callagent.profile import Profile

L = TypeVar("L", bound=Listener)


class Call(CallLine):
    """One call.

    Its methods are called on the event loop of the call, so from `async def`; a plain function of a tool or a hook,
    which has a thread of its own, may `note`, and read. What is to be said after the end of the call is not said: such
    an utterance is over from the start.

    Attributes:
        session: livekit's session.
        profile: the profile in force.
        context: who calls whom, over what, and what the network and the dispatch said.
        state: the author's own object, as `state` of the profile makes it; a dict where it names none.
        sounds: phrases that were made ahead.
        left: whether the agent has left the caller alone, by `leave`.
        about: what an outbound call is about, for models; agents of the author's own are told when they enter.
        hand_overs: who of several agents has the call, and the way to the next one.
        disclosures: what the other side must be told.
        compliance: who is told of that, and of those who do not want to be called again.
    """

    def __init__(
        self,
        session: AgentSession[Any],
        profile: "Profile",
        sounds: Sounds,
        hand_overs: "HandOvers",
        *,
        line: Line,
        turn: CallerTurn,
        context: CallContext | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        super().__init__(session, line)
        self.profile = profile
        self.context = context or CallContext()
        self.state: Any = {}
        self.sounds = sounds
        self.hand_overs = hand_overs
        self._turn = turn
        self.left = False
        self.about = ""
        self.events = CallEvents(session)
        self._utterances = Utterances(session, partial(self.events.emit, "speech_out"))
        self._recorder = recorder or NoRecord()
        self._notes = AuthorNotes(self._recorder)
        self._loop = asyncio.get_running_loop()
        self._over = False
        self._noticed = False
        self._reply = Utterance(None)
        self.compliance = ComplianceWatchers()
        self.disclosures = Disclosures(session, self.context.direction, self._speak, self.compliance)
        self._entered: Agent | None = None
        session.on("conversation_item_added", self._item_added)
        session.on("close", self._closed)

    @property
    def utterance(self) -> Utterance | None:
        """What is being said, or comes next; None while the agent has nothing to say."""
        return self._utterances.current

    @property
    def is_over(self) -> bool:
        """Whether it has ended, or the agent has left it."""
        return self._over

    @property
    def texts(self) -> CallTexts:
        """Fills in the texts of the profile, and of others, for this call."""
        return CallTexts(self.profile, self.context, lambda: self.state)

    def greet(self) -> Utterance:
        """Say what the profile begins with: `flow.notice` and disclosures, where not said yet, and its `greeting`.

        For `on_enter` of an agent of one's own: an agent of the profile does so by itself.
        """
        self._on_loop("greet")
        notice = self.say_notice()
        text = self.texts.spoken(self.profile.greeting)
        if not text.strip() or self._over:
            return notice
        return self._speak(text, interruptible=True)

    def say_notice(self) -> Utterance:
        """Say the profile's `flow.notice`, which cannot be interrupted, and its `compliance.disclosures`; only the
        first time in a call.

        Nobody has to: it is said before the first agent of a call enters.
        """
        text, noticed = self.texts.spoken(self.profile.flow.notice), Utterance(None)
        if not self._noticed and text.strip() and not self._over:
            self._noticed = True
            noticed = self._speak(text, interruptible=False)
        disclosed = self.disclose(self.profile)
        return disclosed[-1] if disclosed else noticed

    def disclose(self, profile: "Profile", *, voicemail: bool = False) -> list[Utterance]:
        """Say a profile's `compliance.disclosures`, the first time in a call; `voicemail`: a machine records it."""
        if self._over:
            return []
        return self.disclosures.say(profile.compliance, self.texts.spoken, voicemail=voicemail)

    def _speak(self, text: str, interruptible: bool) -> Utterance:
        return self._utterances.keep(Utterance(say(self.session, text, self.sounds, interruptible=interruptible), text))

    def say(
        self, text: str, *, interruptible: bool = True, audio: AsyncIterable[rtc.AudioFrame] | None = None
    ) -> Utterance:
        """End an unfinished utterance, and say something.

        One that must not be interrupted is said to its end first. An empty text is said at once.

        Args:
            interruptible: whether the caller can stop it.
            audio: the text as it was recorded; left out, the voice says it.
        """
        self._on_loop("say")
        if not text.strip() or self._over:
            return Utterance(None)
        self.interrupt()
        recorded = self.sounds.audio(text) if audio is None else audio
        allowed = NOT_GIVEN if interruptible else False
        speech = self.session.say(text, audio=recorded, allow_interruptions=allowed)
        return self._utterances.keep(Utterance(speech, text))

    def reply(self, instructions: str | None = None, *, wait_for_playback: bool = False) -> Utterance:
        """End an unfinished utterance, and let the model speak.

        While another reply is under way, that one is returned and nothing else happens.

        Args:
            instructions: for this reply; None: it goes on with the conversation. Empty ones are no reply, and over.
            wait_for_playback: let an unfinished utterance be said to its end first.
        """
        self._on_loop("reply")
        if not self._reply.done:
            return self._reply
        if (instructions is not None and not instructions.strip()) or self._over:
            return Utterance(None)
        if not wait_for_playback:
            self.interrupt()
        speech = self.session.generate_reply(instructions=NOT_GIVEN if instructions is None else instructions)
        self._reply = self._utterances.keep(Utterance(speech))
        return self._reply

    async def agent(self, name: str) -> Agent:
        """Return one of the profile's `agents` for a tool of one's own to return, or for `session.update_agent`. It has
        its models, and knows of the conversation what its `context` says.

        Raises:
            ValueError: there is no agent of that name.
            ToolError: livekit's, for the model: the call has been handed over too often without a word of the caller.
        """
        if name not in self.profile.agents:
            raise ValueError(f"there is no agent {name!r}; there are: {', '.join(self.profile.agents) or 'none'}")
        return await self.hand_overs.next_agent(name, self.session.current_agent)

    def interrupt(self) -> None:
        """End what is being said and what is to be said next, up to something that must not be interrupted."""
        self._on_loop("interrupt")
        self._utterances.interrupt()

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
        """End the call: the agent falls silent, and the line is hung up. Nothing where it is over already, or left."""
        self._on_loop("close")
        if not self._over:
            self._over = True
            self.session.shutdown(drain=False)

    def leave(self) -> None:
        """Leave the call: the agent falls silent and goes, and the caller stays on the line, or in the room, with
        whoever else is there. Nothing where the call is over already, or left.
        """
        self._on_loop("leave")
        if not self._over:
            self._over = self.left = True
            self.session.shutdown(drain=False)

    def note(self, text: str) -> None:
        """Put something into the record of the call, up to 2000 characters; it is in no log.

        May be called from any thread.
        """
        if self._is_elsewhere():
            self._loop.call_soon_threadsafe(self._notes.add, str(text))
        else:
            self._notes.add(str(text))

    def record(self) -> dict[str, Any]:
        """Return what is known of the call by now, as its JSON record has it; empty where no record is made."""
        return self._recorder.as_dict()

    def on(self, event: str, callback: L) -> L:
        """Have `callback` called with what happens, from now on; a coroutine function runs in a task of its own.

        One that raises is in the log, and the call goes on.

        Args:
            event: `speech_in` (SpeechIn), `speech_out` (an Utterance), `agent_state` and `caller_state` (StateChange),
                `turn` (Turn), `tool` (ToolUse), `key` (the key), `handed_over` (HandedOver), `ended` (CallOver). See
                `callagent.agent.author.call_events`.

        Raises:
            ValueError: there is no such event.
        """
        self.events.add(event, callback)
        return callback

    def off(self, event: str, callback: Listener) -> None:
        """Have `callback` called no longer. Raise ValueError as `on`."""
        self.events.remove(event, callback)

    def begun(self) -> None:
        """Have an agent take over that the first one has handed over to as soon as it entered.

        livekit takes note of such a hand-over only once the session has been started. To be called then.
        """
        agent = self.session.current_agent
        if self._entered is not None and agent is not self._entered:
            self.session.update_agent(agent)

    async def finish(self, limit: float) -> None:
        """Tell the listeners of `ended`, and wait for so many seconds for those that still run."""
        self.events.emit("ended", CallOver(self._recorder.reason or "", self._recorder.error))
        await self.events.drained(limit)

    def _on_loop(self, method: str) -> None:
        """Raise RuntimeError for a thread that is not that of the call."""
        if self._is_elsewhere():
            raise RuntimeError(
                f"Call.{method} is for the event loop of the call, and a plain `def` of a tool or a hook runs in a "
                "thread: make it `async def`"
            )

    def _is_elsewhere(self) -> bool:
        try:
            return asyncio.get_running_loop() is not self._loop
        except RuntimeError:
            return True

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, AgentHandoff):
            self._entered = self.session.current_agent

    def _closed(self, _: CloseEvent) -> None:
        self._over = True
