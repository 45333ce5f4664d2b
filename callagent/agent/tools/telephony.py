"""The built-in tools: what an agent does with the telephone. A profile switches one on by naming it in `tools`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import Tool, ToolError

from callagent.agent.call_control import CallControl, ControlError, NoControl
from callagent.agent.dtmf.collect import CallerSpeech, Entry, said_and
from callagent.agent.dtmf.keys import KEYS, Keypad
from callagent.agent.prompts import Sounds, say
from callagent.agent.tools.confirmation import Allowance, Confirmation, Function
from callagent.concurrency import first_of

if TYPE_CHECKING:
    from callagent.profile import Destination, Profile

FIRST_KEY_S = 10.0
"""Seconds that the caller has for the first key, from the end of the question."""

MOST_KEYS = 40
"""Keys that a tool sends or collects at a time: more than any menu or number has, and some ten seconds of tones."""

_HANG_UP = (
    "End the call. Use it once the caller has said goodbye or has nothing more to ask, and say nothing while calling "
    "it: you are asked for a goodbye afterwards, and the line is cut after its last word."
)
_TRANSFER = "Hand the caller over to somebody else and leave the call. Say nothing while calling it. Destinations: "
_CONSULT = (
    "Call somebody, tell them what the caller wants, and connect the two. The caller hears music meanwhile. Say "
    "nothing while calling it. Destinations: "
)
_SEND = "Press keys of the telephone, for the menu of a machine that has answered. Never for the caller."
_COLLECT = (
    "Ask the caller to key in digits on the telephone, such as a customer number, and wait for them. Say nothing while "
    "calling it: the prompt is the question. The result is the digits; # completes an entry with fewer of "
    "them. When only some of the keys came, the entry is incomplete: ask for it again."
)
_DO_NOT_CALL = "Have this number never called again. Use it as soon as the other party asks not to be called any more."
_HOLD = (
    "Put the caller on hold, with music, when they ask for a moment or have to look for something. It ends when they "
    "speak or press a key. Say nothing while calling it."
)

_log = logging.getLogger("callagent.agent")


@dataclass(frozen=True)
class Telephone:
    """What the built-in tools work with."""

    profile: "Profile"
    control: CallControl = field(default_factory=NoControl)
    keypad: Keypad = field(default_factory=Keypad)
    sounds: Sounds = field(default_factory=Sounds)
    waits_for_caller: Callable[[], AbstractContextManager[None]] = nullcontext
    """To be inside of while a tool waits for the caller, so that whatever they say is a turn."""
    allowance: Allowance = field(default_factory=Allowance)
    confirmation: Confirmation = field(default_factory=Confirmation)

    def tool(self, name: str) -> Tool:
        """Return the built-in tool of that name."""
        makers: dict[str, Callable[[], Tool]] = {
            "hang_up": self._hang_up,
            "transfer_call": self._transfer_call,
            "warm_transfer": self._warm_transfer,
            "send_dtmf": self._send_dtmf,
            "collect_dtmf": self._collect_dtmf,
            "do_not_call": self._do_not_call,
            "hold_call": self._hold_call,
        }
        return makers[name]()

    def _hang_up(self) -> Tool:
        async def hang_up(context: RunContext[Any]) -> str:
            with self.allowance.use("hang up"):
                context.speech_handle.add_done_callback(lambda _: context.session.shutdown())
            return "Say goodbye to the caller now."

        return self._tool(hang_up, "hang_up", _HANG_UP)

    def _transfer_call(self) -> Tool:
        places = {name: place for name, place in self.profile.transfer.destinations.items() if place.is_referable}

        async def transfer_call(context: RunContext[Any], destination: str) -> None:
            to = self._destination(destination, places)
            with self.allowance.use("transfer"):
                context.disallow_interruptions()  # what is said meanwhile is answered when nobody takes the call
                await self._say(context, self.profile.phrases.transferring)
                await self._try(self.control.transfer(to), self.profile.phrases.not_transferred)

        return self._tool(transfer_call, "transfer_call", _TRANSFER + _listed(places))

    def _warm_transfer(self) -> Tool:
        places = self.profile.transfer.destinations

        async def warm_transfer(context: RunContext[Any], destination: str) -> None:
            to = self._destination(destination, places)
            with self.allowance.use("transfer"):
                context.disallow_interruptions()  # what is said meanwhile is answered when nobody takes the call
                await self._say(context, self.profile.phrases.transferring)
                give_back = self.keypad.take(lambda key: None)  # keys on hold are no turns: nobody would hear the reply
                try:
                    consulting = self.control.consult(to, context.session.history)
                    await self._try(consulting, self.profile.phrases.not_transferred)
                finally:
                    give_back()

        return self._tool(warm_transfer, "warm_transfer", _CONSULT + _listed(places))

    def _send_dtmf(self) -> Tool:
        async def send_dtmf(context: RunContext[Any], keys: str) -> str:
            pressed = "".join(keys.split()).upper()
            if len(pressed) > MOST_KEYS:
                raise ToolError(f"{len(pressed)} keys are too many: {MOST_KEYS} at most at a time.")
            if not pressed or set(pressed) - KEYS:
                raise ToolError(f"{keys!r} are not keys of a telephone: 0 to 9, *, # and A to D.")
            with self.allowance.use("keys"):
                await self._try(self.control.send_dtmf(pressed), self.profile.phrases.failed)
            return f"Pressed {' '.join(pressed)}."

        return self._tool(send_dtmf, "send_dtmf", _SEND)

    def _collect_dtmf(self) -> Tool:
        async def collect_dtmf(context: RunContext[Any], prompt: str, count: int) -> str | None:
            if not 1 <= count <= MOST_KEYS:
                raise ToolError(f"The count must be from 1 to {MOST_KEYS}.")
            with (
                self.allowance.use("entry"),
                Entry(self.keypad, count, self.profile.keys.entry_pause) as entry,
                CallerSpeech(context.session) as speech,
            ):
                question = say(context.session, prompt, self.sounds)
                entry.begun.add_done_callback(lambda _: question.interrupt())
                await first_of(said_and(question, FIRST_KEY_S), entry.begun, speech.heard)
                if entry.begun.done():
                    await entry.complete
            if entry.keys and entry.timed_out:
                return f"Only {len(entry.keys)} of {count} keys came: {entry.keys}"
            if entry.keys:
                return entry.keys
            if entry.begun.done():
                return "The caller has only pressed #"
            # The caller's own words are a turn, to which the agent replies anyway.
            return None if speech.heard.done() else "The caller has not pressed any key."

        return self._tool(collect_dtmf, "collect_dtmf", _COLLECT)

    def _do_not_call(self) -> Tool:
        async def do_not_call(context: RunContext[Any]) -> str:
            with self.allowance.use("do not call"):
                await self._try(self.control.do_not_call(), self.profile.phrases.failed)
            return "Done: this number will not be called again. Say so, apologise, and say goodbye."

        return self._tool(do_not_call, "do_not_call", _DO_NOT_CALL)

    def _hold_call(self) -> Tool:
        async def hold_call(context: RunContext[Any]) -> str | None:
            with self.allowance.use("hold"):
                await self._say(context, self.profile.phrases.holding)
                with Entry(self.keypad, 1, 0.0) as entry, CallerSpeech(context.session) as speech:
                    async with self.control.hold_music():
                        await first_of(self._hold(), entry.begun, speech.heard)
            if speech.heard.done():
                return None
            return "The caller is back." if entry.keys else "The caller has not come back. Ask whether they are there."

        return self._tool(hold_call, "hold_call", _HOLD)

    async def _hold(self) -> None:
        # What was said while the agent was still talking ("okay, thanks") does not end the hold.
        await asyncio.sleep(self.profile.interruption.answer_window)
        with self.waits_for_caller():
            await asyncio.sleep(self.profile.hold.longest)

    def _tool(self, function: Function, name: str, description: str) -> Tool:
        spec = self.profile.tools.get(name)
        acting = self.confirmation.guarding(name, function) if spec is not None and spec.confirm else function
        return function_tool(acting, name=name, description=description)

    def _destination(self, name: str, places: "Mapping[str, Destination]") -> str:
        if name not in places:
            raise ToolError(f"There is no destination {name!r}. There are: {', '.join(places)}.")
        return places[name].to

    async def _say(self, context: RunContext[Any], phrase: str) -> None:
        if phrase:
            await say(context.session, phrase, self.sounds, interruptible=False)

    async def _try(self, doing: Awaitable[None], phrase: str) -> None:
        """Have the failure spoken: `phrase` is the tool's error, which the LLM puts into words of its own."""
        try:
            await doing
        except ControlError as error:
            _log.warning("telephone", extra={"error": str(error)})
            raise ToolError(phrase) from error


def _listed(places: "Mapping[str, Destination]") -> str:
    return "; ".join(f"{name} ({place.description})" if place.description else name for name, place in places.items())
