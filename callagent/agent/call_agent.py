"""The agent of a call: the one that its profile describes, or one that its author has written."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from livekit.agents import Agent
from livekit.agents.llm import Tool, Toolset

from callagent.agent.call import Call
from callagent.agent.call_control import CallControl, NoControl
from callagent.agent.prompts import Sounds, opening, say
from callagent.profile import load_own, takes_nothing

if TYPE_CHECKING:
    from callagent.profile import Profile

_log = logging.getLogger("callagent.agent")


class CallAgent(Agent):
    """Speaks for `profile`: a plain livekit agent, whose session has the gate.

    `control` is how its tools reach the telephone network (`context.session.current_agent.control`).
    """

    def __init__(
        self,
        profile: "Profile",
        *,
        tools: Sequence[Tool | Toolset] = (),
        control: CallControl | None = None,
        sounds: Sounds | None = None,
    ) -> None:
        super().__init__(instructions=profile.instructions, tools=list(tools))
        self.control: CallControl = control or NoControl()
        self._profile = profile
        self._sounds = sounds or Sounds()

    async def on_enter(self) -> None:
        """Greet the caller, after what they have to be told first."""
        for text, interruptible in opening(self._profile):
            say(self.session, text, self._sounds, interruptible=interruptible)


def make_agent(profile: "Profile", call: Call, *, control: CallControl | None = None) -> Agent:
    """Return the agent of a call.

    Where the author's own cannot be made, the log says so, and the one that the profile describes takes the call.

    Raises:
        ValueError: as `load_own`.
    """
    make = load_own(profile, "agent")
    own = None if make is None else _made("agent", make, call)
    if isinstance(own, Agent):
        return own
    if own is not None:
        _log.error("`agent` has made something that is no livekit agent", extra={"kind": type(own).__name__})
    return CallAgent(profile, control=control, sounds=call.sounds)


def make_state(profile: "Profile", call: Call) -> Any:
    """Return what the profile's `state` makes; a dict where there is none, or where it fails, which the log says.

    Raises:
        ValueError: as `load_own`.
    """
    make = load_own(profile, "state")
    made = None if make is None else _made("state", make, call)
    return {} if made is None else made


def _made(key: str, make: Callable[..., Any], call: Call) -> Any:
    try:
        return make() if takes_nothing(make) else make(call)
    except Exception as error:  # the author's code runs here, and may raise anything
        _log.error(f"`{key}` of the profile failed", extra={"error": type(error).__name__}, exc_info=error)
        return None
