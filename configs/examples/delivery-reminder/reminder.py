"""A reminder of a delivery: what the called person wants is kept, and filed when the call is over."""

import logging
from dataclasses import asdict, dataclass
from typing import Literal

from livekit.agents import Agent, RunContext, function_tool

import callagent

_log = logging.getLogger("reminder")


@dataclass
class Delivery:
    """What has become of the delivery: `call.state`."""

    order: str = ""
    day: str = ""
    answer: Literal["", "confirmed", "moved"] = ""


class Reminder(Agent):
    """Talks to whoever has answered."""

    def __init__(self, call: callagent.Call) -> None:
        super().__init__(instructions=call.texts.instructions(call.profile.instructions))
        delivery: Delivery = call.state
        delivery.order = str(call.context.metadata.get("order", ""))
        delivery.day = str(call.context.metadata.get("day", ""))

    async def on_enter(self) -> None:
        """Say who calls, and why."""
        self.session.userdata.greet()

    @function_tool
    async def confirm(self, context: RunContext[callagent.Call]) -> str:
        """Note that somebody will be at home."""
        delivery: Delivery = context.userdata.state
        delivery.answer = "confirmed"
        return f"We will see you on {delivery.day}, then."

    @function_tool
    async def move(self, context: RunContext[callagent.Call], day: str) -> str:
        """Move the delivery to another day.

        Args:
            day: day of the week.
        """
        delivery: Delivery = context.userdata.state
        delivery.day, delivery.answer = day, "moved"
        context.userdata.note(f"moved to {day}")
        return f"I have moved it to {day}."


def file(call: callagent.Call) -> None:
    """Tell the log what has become of the delivery; here, tell your own system. A plain function has a thread."""
    _log.info("delivery %s: %s", asdict(call.state), call.record().get("reason"))
