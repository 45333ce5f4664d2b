"""One of several agents, as its profile describes it: it speaks, asks for what it is to collect, hands over."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from livekit.agents import Agent, AgentTask
from livekit.agents.voice.agent_activity import ActivityClosedError

from callagent.agent.call import Call
from callagent.agent.call_control import CallControl
from callagent.agent.dtmf.keys import Keypad
from callagent.agent.handover.collecting import Collecting, into, told_of
from callagent.agent.handover.hand_overs import TooOftenError
from callagent.agent.handover.history import history_for, tell
from callagent.agent.handover.tasks import task_for
from callagent.agent.untrusted_text import facts
from callagent.profile import CollectSpec

if TYPE_CHECKING:
    from callagent.profile import Profile

_log = logging.getLogger("callagent.agent")

_ASKED_FOR = "What the caller was asked for, and what they have told:"


class ProfileAgent(Agent):
    """The agent `name` of a profile.

    Args:
        opens: whether it has the call first; then it says what the profile begins with, and waits for the caller.
    """

    def __init__(
        self,
        name: str,
        profile: "Profile",
        call: Call,
        *,
        keypad: Keypad,
        control: CallControl,
        opens: bool,
    ) -> None:
        self.spec = profile.agents[name]
        both = (profile.instructions.strip(), self.spec.instructions.strip())
        told = "\n\n".join(text for text in both if text)
        super().__init__(instructions=call.texts.instructions(told), id=name)
        self.control = control
        self._profile, self._call, self._hand_overs, self._keypad = profile, call, call.hand_overs, keypad
        self._opens = opens

    async def on_enter(self) -> None:
        """Say what there is to be said first, and ask for what is to be collected."""
        if self._opens:
            self._call.greet()
        elif self.spec.greeting:
            self._call.say(self._call.texts.spoken(self.spec.greeting))
        if self.spec.collect:
            await self._collect()
        elif not self._opens and not self.spec.greeting:
            self.session.generate_reply()

    async def _collect(self) -> None:
        collecting = Collecting(self.spec.collect, self._task, self._keep, self._call_ends)
        self._hand_overs.collecting = collecting
        try:
            await collecting.run()
        finally:
            self._hand_overs.collecting = None
        if collecting.over:
            return
        told = {name: told_of(name, value) for name, value in collecting.answers.items()}
        if told:
            await tell(self, facts(_ASKED_FOR, told))
        to = collecting.leave_for or (self.spec.done if collecting.is_whole else None)
        try:
            if to is not None:
                self.session.update_agent(await self._hand_overs.next_agent(to, self))
                return
        except TooOftenError:
            if self._hand_overs.apologise():
                return
        self.session.generate_reply()

    async def _task(self, spec: CollectSpec) -> AgentTask[Any]:
        texts = self._call.texts
        filled = {"ask": texts.spoken(spec.ask), "instructions": texts.instructions(spec.instructions)}
        task = task_for(spec.model_copy(update=filled), self._profile, self._keypad, texts.now())
        await task.update_chat_ctx(await history_for("carried", self, None), exclude_invalid_function_calls=False)
        return task

    async def _call_ends(self) -> bool:
        try:
            async with asyncio.timeout(0):
                await self.session.wait_for_idle()
        except TimeoutError:
            return False
        except ActivityClosedError:
            return True
        return False

    def _keep(self, name: str, value: Any) -> None:
        into(self._call.state, name, value)
