"""The agent of a call: the one that its profile describes, or one that its author has written."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from livekit.agents import Agent
from livekit.agents.llm import Tool, Toolset

from callagent.agent.author.author_functions import failures_told
from callagent.agent.call import Call
from callagent.agent.call_control import CallControl, NoControl
from callagent.agent.dtmf.keys import Keypad
from callagent.agent.handover.history import tell
from callagent.agent.handover.profile_agent import ProfileAgent
from callagent.profile import can_be_called, load_agent, load_own

if TYPE_CHECKING:
    from callagent.profile import Profile

_log = logging.getLogger("callagent.agent")


class CallAgent(Agent):
    """Speaks for `profile`: a plain livekit agent, whose session has the gate.

    `control` is how its tools reach the telephone network (`context.session.current_agent.control`). `instructions` are
    those of the profile as this call has them.
    """

    def __init__(
        self,
        profile: "Profile",
        *,
        tools: Sequence[Tool | Toolset] = (),
        control: CallControl | None = None,
        instructions: str | None = None,
    ) -> None:
        super().__init__(instructions=profile.instructions if instructions is None else instructions, tools=list(tools))
        self.control: CallControl = control or NoControl()

    async def on_enter(self) -> None:
        """Greet the caller, after what they have to be told first."""
        call: Call = self.session.userdata
        call.greet()


def make_agent(profile: "Profile", call: Call, *, control: CallControl | None = None) -> Agent:
    """Return the agent of a call, before which the profile's notice is said.

    Of several it is the one that has the call first. Where the author's own cannot be made, the log says so, and the
    one that the profile describes takes the call.

    Raises:
        ValueError: as `load_own`.
    """
    if profile.start is not None:
        return call.hand_overs.agent(profile.start, opens=True)
    own = _own_agent("agent", load_own(profile, "agent"), call)
    if own is not None:
        return _told(own, call, opens=True)
    return CallAgent(profile, control=control, instructions=call.texts.instructions(profile.instructions))


def _told(agent: Agent, call: Call, *, opens: bool) -> Agent:
    """Return the author's agent, which enters when it knows what an outbound call is about. One that has the call first
    enters when the notice is on its way to the caller besides, whatever it does then.

    livekit tells of no moment between an agent's start, before which nothing can be said, and its `on_enter`.
    """
    enter = agent.on_enter

    async def on_enter() -> None:
        if opens:
            call.say_notice()
        if call.about and all(each.text_content != call.about for each in agent.chat_ctx.messages()):
            await tell(agent, call.about)
        await enter()

    agent.on_enter = on_enter  # type: ignore[method-assign]  # of this one object
    return agent


def agent_makers(profile: "Profile") -> dict[str, Callable[..., Any] | None]:
    """Return what makes the author's own among several agents, by name, None for the others; ahead of a call's talk.

    Raises:
        ValueError: as `load_agent`.
    """
    return {name: load_agent(profile, name) for name in profile.agents}


def make_one_of(
    profile: "Profile",
    call: Call,
    makers: Mapping[str, Callable[..., Any] | None],
    keypad: Keypad,
    control: CallControl,
    name: str,
    opens: bool,
) -> Agent:
    """Return one of several agents of a call, as `make_agent` does.

    Args:
        makers: those of `agent_makers`.
        opens: whether it has the call first.
    """
    own = _own_agent(f"agents.{name}.agent", makers[name], call)
    if own is not None:
        return _told(own, call, opens=opens)
    return ProfileAgent(name, profile, call, keypad=keypad, control=control, opens=opens)


def _own_agent(key: str, make: Callable[..., Any] | None, call: Call) -> Agent | None:
    made = None if make is None else _made(key, make, call)
    if made is not None and not isinstance(made, Agent):
        _log.error(f"`{key}` has made something that is no livekit agent", extra={"kind": type(made).__name__})
        return None
    return made


def make_state(profile: "Profile", call: Call) -> Any:
    """Return what the profile's `state` makes; a dict where there is none, or where it fails, which the log says.

    Raises:
        ValueError: as `load_own`.
    """
    make = load_own(profile, "state")
    made = None if make is None else _made("state", make, call)
    return {} if made is None else made


def _made(key: str, make: Callable[..., Any], call: Call) -> Any:
    made = None
    with failures_told(key, make, f"`{key}` of the profile failed"):
        made = make() if can_be_called(make) else make(call)
    return made
