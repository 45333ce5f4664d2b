"""Expectations about what happens besides talk: a tool is called, the call ends."""

from callagent.calls.expectations.hindsight import tool_told
from callagent.calls.expectations.verdict import EXACT_S, Verdict, clock, milliseconds
from callagent.calls.observe import ToolCalled
from callagent.calls.scene import Scene
from callagent.calls.steps import CallEnds, ToolIsCalled


async def tool_is_called(step: ToolIsCalled, scene: Scene) -> Verdict:
    """The tool is called, with these arguments, by a call that no earlier step has taken."""
    wanted = step.expect
    over = await scene.act_over()
    found = await scene.wait(
        lambda: scene.next_tool(lambda call: wanted.fits(call.name, call.arguments)),
        until=max(scene.now, over or 0.0) + step.within + EXACT_S,
    )
    if found is not None:
        return Verdict(True, f"{tool_told(found)} was called {clock(found.at)}")
    others = [tool_told(call) for call in scene.log.of(ToolCalled)]
    told = f"not called; the agent called {', '.join(others)}" if others else "no tool was called"
    return Verdict(False, told)


async def call_ends(step: CallEnds, scene: Scene) -> Verdict:
    """The call is over in time, for the right reason."""
    reached = scene.now
    ended = await scene.log.wait_for(lambda: scene.log.ended, until=reached + step.within + EXACT_S)
    if ended is None:
        return Verdict(False, f"the call was still going on after {milliseconds(step.within)}")
    met = step.reason in (None, ended.reason)
    return Verdict(met, scene.ending)
