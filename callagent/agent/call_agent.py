"""The agent of a profile: its instructions, its greeting and its tools."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from livekit.agents import Agent
from livekit.agents.llm import Tool, Toolset

from callagent.agent.call_control import CallControl, NoControl
from callagent.agent.prompts import Sounds, say

if TYPE_CHECKING:
    from callagent.profile import Profile


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
        if self._profile.flow.notice:
            say(self.session, self._profile.flow.notice, self._sounds, interruptible=False)
        if self._profile.greeting:
            say(self.session, self._profile.greeting, self._sounds)
