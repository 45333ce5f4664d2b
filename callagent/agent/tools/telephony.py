"""The built-in tools: what an agent does with the telephone. A profile switches one on by naming it in `tools`."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import Tool, ToolError

from callagent.agent.call_control import ControlError, NotAllowed
from callagent.agent.line.telephone_acts import TelephoneActs

if TYPE_CHECKING:
    from callagent.profile import Destination

T = TypeVar("T")

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
class Telephone(TelephoneActs):
    """What the built-in tools work with, and the tools."""

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
            self.hang_up(context.session, [context.speech_handle])
            return "Say goodbye to the caller now."

        return function_tool(hang_up, name="hang_up", description=_HANG_UP)

    def _transfer_call(self) -> Tool:
        places = self.referable

        async def transfer_call(context: RunContext[Any], destination: str) -> None:
            if destination not in places:
                raise ToolError(f"There is no destination {destination!r}. There are: {', '.join(places)}.")
            transferring = self.transfer(context.session, destination, [context.speech_handle])
            await self._done(transferring, self.profile.phrases.not_transferred)

        return function_tool(transfer_call, name="transfer_call", description=_TRANSFER + _listed(places))

    def _warm_transfer(self) -> Tool:
        description = _CONSULT + _listed(self.profile.transfer.destinations)

        async def warm_transfer(context: RunContext[Any], destination: str) -> None:
            transferring = self.warm_transfer(context.session, destination, [context.speech_handle])
            await self._done(transferring, self.profile.phrases.not_transferred)

        return function_tool(warm_transfer, name="warm_transfer", description=description)

    def _send_dtmf(self) -> Tool:
        async def send_dtmf(context: RunContext[Any], keys: str) -> str:
            pressed = await self._done(self.send_dtmf(context.session, keys), self.profile.phrases.failed)
            return f"Pressed {' '.join(pressed)}."

        return function_tool(send_dtmf, name="send_dtmf", description=_SEND)

    def _collect_dtmf(self) -> Tool:
        async def collect_dtmf(context: RunContext[Any], prompt: str, count: int) -> str | None:
            collecting = self.collect_dtmf(context.session, prompt, count)
            entered = await self._done(collecting, self.profile.phrases.failed)
            if entered.keys and not entered.complete:
                return f"Only {len(entered.keys)} of {count} keys came: {entered.keys}"
            if entered.keys:
                return entered.keys
            if entered.complete:
                return "The caller has only pressed #"
            # The caller's own words are a turn, to which the agent replies anyway.
            return None if entered.spoken else "The caller has not pressed any key."

        return function_tool(collect_dtmf, name="collect_dtmf", description=_COLLECT)

    def _do_not_call(self) -> Tool:
        async def do_not_call(context: RunContext[Any]) -> str:
            await self._done(self.do_not_call(context.session), self.profile.phrases.failed)
            return "Done: this number will not be called again. Say so, apologise, and say goodbye."

        return function_tool(do_not_call, name="do_not_call", description=_DO_NOT_CALL)

    def _hold_call(self) -> Tool:
        async def hold_call(context: RunContext[Any]) -> str | None:
            ended = await self._done(self.hold(context.session), self.profile.phrases.failed)
            if ended == "spoken":
                return None
            back = ended == "key"
            return "The caller is back." if back else "The caller has not come back. Ask whether they are there."

        return function_tool(hold_call, name="hold_call", description=_HOLD)

    async def _done(self, doing: Awaitable[T], phrase: str) -> T:
        """Return the result. Have a failure spoken: `phrase` is the tool's error, which the LLM puts into words."""
        try:
            return await doing
        except NotAllowed:
            raise
        except ControlError as error:
            _log.warning("telephone", extra={"error": str(error)})
            raise ToolError(phrase) from error
        except ValueError as error:
            raise ToolError(str(error)) from error


def _listed(places: "Mapping[str, Destination]") -> str:
    return "; ".join(f"{name} ({place.description})" if place.description else name for name, place in places.items())
