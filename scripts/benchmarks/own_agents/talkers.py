"""The agents that are interrupted, as an author would write them. Whoever talks says `SPEECH`."""

import asyncio

from livekit.agents import Agent, AgentTask, RunContext, function_tool

import callagent
from scripts.benchmarks.own_agents.loop_lag import LAGS, sample

SPEECH = (
    "Thank you for calling Harbour Dental. Please listen to the following information about data protection before we "
    "begin. Your personal data are kept for as long as your treatment lasts, and they are not given to anybody else."
)
TOOL_S = 12.0
"""Seconds that the tool works, which is longer than a call lasts after it has been asked for."""

BEAT_S = 0.02
"""Seconds between two steps of the tool."""


class Talker(Agent):
    """Says the speech as soon as it is there."""

    def __init__(self) -> None:
        super().__init__(instructions="Talk.")

    async def on_enter(self) -> None:
        """Say it."""
        self.session.say(SPEECH)


class Reception(Agent):
    """Hands the caller over, has a task done, or uses a tool, whichever they ask for."""

    def __init__(self) -> None:
        super().__init__(instructions="Receive.")

    async def on_enter(self) -> None:
        """Say the greeting of the profile."""
        self.session.userdata.greet()

    @function_tool
    async def to_orders(self) -> Agent:
        """Hand over to orders."""
        return Talker()

    @function_tool
    async def look_up(self, context: RunContext[callagent.Call]) -> str:
        """Work for a long time, and talk meanwhile."""
        context.userdata.say(SPEECH)
        for _ in range(round(TOOL_S / BEAT_S)):
            sum(range(1_000))  # some work, as a tool has between two answers of a server
            await asyncio.sleep(BEAT_S)
        return "done"


class Question(AgentTask[str]):
    """Says the speech, and is done when the caller has said something."""

    def __init__(self) -> None:
        super().__init__(instructions="Ask.")

    async def on_enter(self) -> None:
        """Say it."""
        self.session.say(SPEECH)


class Asker(Reception):
    """Runs the task as soon as it is there."""

    async def on_enter(self) -> None:
        """Await the task."""
        await Question()


async def watch_loop(call: callagent.Call) -> None:
    """Measure how late the event loop is for as long as the call lasts: the profile's hook `started`."""
    sampling = asyncio.create_task(sample(LAGS), name="bench.agents.loop_lag")
    call.on("ended", lambda _: sampling.cancel())
