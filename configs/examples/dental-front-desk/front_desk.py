"""The front desk of a dental practice: what it keeps of a call, and what it can do."""

from dataclasses import dataclass

from livekit.agents import Agent, RunContext, function_tool

import callagent

FREE = {"Friday": ["ten o'clock", "half past two"], "Monday": ["nine o'clock"]}


@dataclass
class Visit:
    """What caller and desk have agreed on: `call.state`."""

    offered: str = ""
    booked: str = ""


class FrontDesk(Agent):
    """Finds an appointment and keeps it."""

    def __init__(self, call: callagent.Call) -> None:
        super().__init__(instructions=call.texts.instructions(call.profile.instructions))

    async def on_enter(self) -> None:
        """Say the greeting of the profile."""
        self.session.userdata.greet()

    @function_tool
    async def free(self, context: RunContext[callagent.Call], day: str) -> str:
        """Look for a free time on a day.

        Args:
            day: day of the week.
        """
        times = FREE.get(day, [])
        if not times:
            return "nothing free"
        visit: Visit = context.userdata.state
        visit.offered = f"{day}, {times[0]}"
        return times[0]

    @function_tool
    async def book(self, context: RunContext[callagent.Call]) -> str:
        """Keep the time that was offered last."""
        visit: Visit = context.userdata.state
        if not visit.offered:
            return "There is nothing to keep yet. On which day would it suit you?"
        visit.booked = visit.offered
        context.userdata.note(f"booked {visit.booked}")
        return f"I have kept it: {visit.booked}. Is there anything else?"


async def wake_up(call: callagent.Call) -> None:
    """Help a caller on who has fallen silent."""
    visit: Visit = call.state
    question = "Shall I keep that time for you?" if visit.offered and not visit.booked else "Are you still there?"
    await call.say(question).wait()
