"""The agent that tells somebody what a caller wants, and asks whether they take the call."""

import asyncio
from typing import Any

from livekit.agents import Agent, RunContext, UserStateChangedEvent, function_tool
from livekit.agents.llm import ChatContext

from callagent.agent.untrusted_text import NOTICE, conversation

INSTRUCTIONS = """\
You are on the telephone with a colleague who may take over the call of a customer. The customer is on hold and hears
neither of you. What you hear now is said by the colleague, not by the customer.

Say in one or two short sentences what the customer wants, and ask whether the colleague takes the call. Answer their
questions from the conversation below; where it does not tell, say that you do not know. Speak the language of that
conversation, unless the colleague speaks another. Be brief: the customer is waiting.

Then use one of your tools, and say no more:
- connect_to_caller, as soon as the colleague agrees to take the call;
- decline_transfer, when the colleague does not want to or cannot;
- voicemail_detected, when no person has answered but a mailbox, an announcement or a menu.

The conversation with the customer follows. {notice}
"""

_ROLES = {"user": "Customer", "assistant": "You"}


class Consultant(Agent):
    """Talks with the human. `settled` resolves with the problem, or with nothing once they take the call."""

    def __init__(self, history: ChatContext, settled: "asyncio.Future[str]") -> None:
        super().__init__(instructions=INSTRUCTIONS.format(notice=NOTICE) + told(history))
        self._settled = settled
        self._has_begun = False

    async def on_enter(self) -> None:
        """Let the human speak first, as one does who has called; to silence it speaks by itself."""
        self.session.on("user_state_changed", self._user_state_changed)

    @function_tool
    async def connect_to_caller(self, context: RunContext[Any]) -> None:
        """Connect the colleague and the customer, because the colleague takes the call."""
        await context.wait_for_playout()
        settle(self._settled)

    @function_tool
    async def decline_transfer(self, context: RunContext[Any], reason: str) -> None:
        """End this call, because the colleague does not take the customer's.

        Args:
            reason: why not, in a few words
        """
        await context.wait_for_playout()
        settle(self._settled, f"declined: {reason}")

    @function_tool
    async def voicemail_detected(self) -> None:
        """End this call, because a machine has answered and no person."""
        settle(self._settled, "voicemail")

    def _user_state_changed(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "away" and not self._has_begun:
            self.session.generate_reply()
        self._has_begun = True


def settle(settled: "asyncio.Future[str]", problem: str = "") -> None:
    """Resolve the future; what comes first counts."""
    if not settled.done():
        settled.set_result(problem)


def told(history: ChatContext) -> str:
    """Return a conversation in lines: who said what, in quotes."""
    said = [f"{_ROLES[message.role]}: {message.text_content}" for message in conversation(history).messages()]
    return "\n".join(said) or "(nothing was said yet)"
