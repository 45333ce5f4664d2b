"""What can be done with the telephone of a call, for the built-in tools and for `callagent.Call` alike."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from livekit.agents import AgentSession
from livekit.agents.voice import SpeechHandle

from callagent.agent.call_control import CallControl, ControlError, NoControl
from callagent.agent.dtmf.collect import CallerSpeech, Entry, said_and
from callagent.agent.dtmf.keys import KEYS, Keypad
from callagent.agent.line.recording_control import RecordingControl
from callagent.agent.prompts import Sounds, say
from callagent.agent.tools.confirmation import Allowance, Confirmation
from callagent.concurrency import first_of
from callagent.yaml_config import nearest

if TYPE_CHECKING:
    from callagent.profile import Destination, Profile

FIRST_KEY_S = 10.0
"""Seconds that the caller has for the first key, from the end of the question."""

MOST_KEYS = 40
"""Keys that are sent or collected at a time: more than any menu or number has, and some ten seconds of tones."""

HoldEnd = Literal["spoken", "key", "time"]
"""How a hold ended: the caller has spoken, has pressed a key, or has not come back in time (`hold.longest`)."""


@dataclass(frozen=True)
class KeysEntered:
    """What the caller has keyed in when asked for digits.

    Args:
        keys: the keys, without the # that completes an entry; never in a log.
        complete: as many as were asked for, or completed by #.
        spoken: they have said something instead, which is their turn.
    """

    keys: str = field(repr=False)
    complete: bool
    spoken: bool


@dataclass(frozen=True)
class TelephoneActs:
    """Acts on one call. Each raises `ControlError` where it is not done: the call goes on.

    What is limited for the model's tools, or needs the caller's word there (`confirm: true` of the tool), is so whoever
    asks for it.
    """

    profile: "Profile"
    control: CallControl = field(default_factory=NoControl)
    keypad: Keypad = field(default_factory=Keypad)
    sounds: Sounds = field(default_factory=Sounds)
    waits_for_caller: Callable[[], AbstractContextManager[None]] = nullcontext
    """To be inside of while a tool waits for the caller, so that whatever they say is a turn."""
    away: Callable[[], AbstractContextManager[None]] = nullcontext
    """To be inside of while the caller is on hold."""
    allowance: Allowance = field(default_factory=Allowance)
    confirmation: Confirmation = field(default_factory=Confirmation)
    recording: RecordingControl = field(default_factory=RecordingControl)

    @property
    def referable(self) -> "Mapping[str, Destination]":
        """Where a REFER can lead, by name."""
        return {name: place for name, place in self.profile.transfer.destinations.items() if place.is_referable}

    async def transfer(self, session: AgentSession[Any], destination: str, speeches: Sequence[SpeechHandle]) -> None:
        """Announce it, and hand the caller over.

        Args:
            speeches: what is being said or done; it is not interrupted any more.
        """
        to = self._destination(destination, self.referable)
        self.confirm("transfer_call", session, destination=destination)
        with self.allowance.use("transfer"):
            _keep(speeches)  # what is said meanwhile is answered when nobody takes the call
            await self._announce(session, self.profile.phrases.transferring)
            await self.control.transfer(to)

    async def warm_transfer(
        self, session: AgentSession[Any], destination: str, speeches: Sequence[SpeechHandle]
    ) -> None:
        """Announce it, call somebody and tell them what it is about, and connect the caller, on hold meanwhile."""
        to = self._destination(destination, self.profile.transfer.destinations)
        if not self.profile.transfer.trunk:
            raise ControlError("the profile has no transfer.trunk, which a warm transfer dials through")
        self.confirm("warm_transfer", session, destination=destination)
        with self.allowance.use("transfer"):
            _keep(speeches)  # what is said meanwhile is answered when nobody takes the call
            await self._announce(session, self.profile.phrases.transferring)
            with self.away(), self._deaf():
                await self.control.consult(to, session.history)

    async def hold(self, session: AgentSession[Any]) -> HoldEnd:
        """Put the caller on hold, until they speak, press a key, or do not come back in time."""
        self.confirm("hold_call", session)
        with self.allowance.use("hold"):
            await self._announce(session, self.profile.phrases.holding)
            with self.away(), Entry(self.keypad, 1, 0.0) as entry, CallerSpeech(session) as speech:
                async with self.control.hold_music():
                    await first_of(self._hold(), entry.begun, speech.heard)
        if speech.heard.done():
            return "spoken"
        return "key" if entry.keys else "time"

    async def send_dtmf(self, session: AgentSession[Any], keys: str) -> str:
        """Press keys, and return those that were pressed, without the spaces between them.

        Raises:
            ValueError: they are no keys, or too many.
        """
        pressed = "".join(keys.split()).upper()
        if len(pressed) > MOST_KEYS:
            raise ValueError(f"{len(pressed)} keys are too many: {MOST_KEYS} at most at a time.")
        if not pressed or set(pressed) - KEYS:
            raise ValueError(f"{keys!r} are not keys of a telephone: 0 to 9, *, # and A to D.")
        self.confirm("send_dtmf", session, keys=keys)
        with self.allowance.use("keys"):
            await self.control.send_dtmf(pressed)
        return pressed

    async def collect_dtmf(self, session: AgentSession[Any], prompt: str, count: int) -> KeysEntered:
        """Ask for digits, and wait for them.

        Raises:
            ValueError: the count is not from 1 to `MOST_KEYS`.
        """
        if not 1 <= count <= MOST_KEYS:
            raise ValueError(f"The count must be from 1 to {MOST_KEYS}.")
        self.confirm("collect_dtmf", session, prompt=prompt, count=count)
        with (
            self.allowance.use("entry"),
            self.recording.paused_for_keys(),
            Entry(self.keypad, count, self.profile.keys.entry_pause) as entry,
            CallerSpeech(session) as speech,
        ):
            question = say(session, prompt, self.sounds)
            entry.begun.add_done_callback(lambda _: question.interrupt())
            await first_of(said_and(question, FIRST_KEY_S), entry.begun, speech.heard)
            if entry.begun.done():
                await entry.complete
        return KeysEntered(entry.keys, entry.begun.done() and not entry.timed_out, speech.heard.done())

    async def do_not_call(self, session: AgentSession[Any]) -> None:
        """Have the other party's number never called again."""
        self.confirm("do_not_call", session)
        with self.allowance.use("do not call"):
            await self.control.do_not_call()

    def hang_up(self, session: AgentSession[Any], speeches: Sequence[SpeechHandle]) -> None:
        """End the call once these speeches are over, at once where there are none."""
        self.confirm("hang_up", session)
        with self.allowance.use("hang up"):
            waiting = {speech.id for speech in speeches if not speech.done()}

        def over(speech: SpeechHandle) -> None:
            waiting.discard(speech.id)
            if not waiting:
                session.shutdown()

        for speech in speeches:
            if speech.id in waiting:
                speech.add_done_callback(over)
        if not waiting:
            session.shutdown()

    def confirm(self, tool: str, session: AgentSession[Any], **arguments: object) -> None:
        """Return where it may be done now. Raise NotAllowed where the profile wants the caller's word for it first."""
        spec = self.profile.tools.get(tool)
        if spec is not None and spec.confirm:
            self.confirmation.check(tool, arguments, session)

    @contextmanager
    def _deaf(self) -> Iterator[None]:
        """While inside, keys are no turns: nobody would hear the reply."""
        give_back = self.keypad.take(lambda key: None)
        try:
            yield
        finally:
            give_back()

    async def _hold(self) -> None:
        # What was said while the agent was still talking ("okay, thanks") does not end the hold.
        await asyncio.sleep(self.profile.interruption.answer_window)
        with self.waits_for_caller():
            await asyncio.sleep(self.profile.hold.longest)

    async def _announce(self, session: AgentSession[Any], phrase: str) -> None:
        if phrase:
            await say(session, phrase, self.sounds, interruptible=False)

    def _destination(self, name: str, places: "Mapping[str, Destination]") -> str:
        if name in places:
            return places[name].to
        if name in self.profile.transfer.destinations:
            raise ValueError(f"{name!r} has keys behind it, which no transfer can press; warm_transfer does.")
        close = nearest(name, places)
        hint = f" Did you mean {close!r}?" if close else ""
        known = ", ".join(places) or "none; transfer.destinations of the profile names them"
        raise ValueError(f"There is no destination {name!r}.{hint} There are: {known}.")


def _keep(speeches: Sequence[SpeechHandle]) -> None:
    """Let nothing end them any more, but for what has been ended already."""
    for speech in speeches:
        with suppress(RuntimeError):
            speech.allow_interruptions = False
