"""An author's own code for calls with speech: an agent with state, tools of several kinds, a function for silences."""

import asyncio
from dataclasses import dataclass, field

from livekit.agents import Agent, RunContext, function_tool

import callagent


@dataclass
class Order:
    """What a call is about.

    Attributes:
        noted: what was noted for the record, as the record has it.
        asked: set once the caller has asked for a price.
    """

    loaves: int = 0
    visits: int = 0
    customer: str = ""
    search: str = ""
    noted: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)


class Desk(Agent):
    """Greets, and is there again when others are done."""

    def __init__(self) -> None:
        super().__init__(instructions="You sell bread.")

    async def on_enter(self) -> None:
        call: callagent.Call = self.session.userdata
        call.state.visits += 1
        if call.state.visits == 1:
            call.greet()
        else:
            call.say("You are back at the desk.")

    @function_tool
    async def add(self, context: RunContext[callagent.Call], loaves: int) -> str:
        """Add loaves to the order."""
        call = context.userdata
        call.state.loaves += loaves
        call.note("bread was ordered")
        call.state.noted = [note["text"] for note in call.record()["author_notes"]]
        return "four dollars"

    @function_tool
    async def how_much(self, context: RunContext[callagent.Call]) -> str:
        """Tell what bread costs."""
        context.userdata.state.asked.set()
        return "three dollars"


async def search(context: RunContext[callagent.Call], item: str) -> str:
    """Look for something; it is found when the caller has asked what it costs meanwhile, and heard it."""
    call = context.userdata
    call.state.search = "under way"
    await call.state.asked.wait()
    if (answer := call.utterance) is not None:
        await answer.wait()
    call.state.search = "over"
    await call.say(f"I have found {item} bread.").wait()
    return "found"


def charge() -> str:
    raise AssertionError("a test charges nobody")


async def wake_up(call: callagent.Call) -> None:
    await call.say("Shall we bake it now?").wait()
