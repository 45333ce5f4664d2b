"""Expectations about what happens besides talk: a tool is called, the call ends, something never happens."""

from callagent.calls.expectations.verdict import EXACT_S, Verdict, clock, milliseconds, quoted
from callagent.calls.observe import AgentWords, ObservationLog, ToolCalled
from callagent.calls.phrase import find
from callagent.calls.scene import Scene
from callagent.calls.steps import CallEnds, Never, ToolCall, ToolIsCalled


async def tool_is_called(step: ToolIsCalled, scene: Scene) -> Verdict:
    """The tool is called, with these arguments, by a call that no earlier step has taken."""
    wanted = step.expect
    over = await scene.act_over()
    found = await scene.wait(
        lambda: scene.next_tool(lambda call: wanted.fits(call.name, call.arguments)),
        until=max(scene.now, over or 0.0) + step.within + EXACT_S,
    )
    if found is not None:
        return Verdict(True, f"{_written(found)} was called {clock(found.at)}")
    others = [_written(call) for call in scene.log.of(ToolCalled)]
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


def never(entry: Never, log: ObservationLog) -> Verdict:
    """Looks through a whole call for what must not be in it."""
    if isinstance(entry, ToolCall):
        calls = [call for call in log.of(ToolCalled) if entry.fits(call.name, call.arguments)]
        return Verdict(not calls, f"{_written(calls[0])} was called {clock(calls[0].at)}" if calls else "not called")
    words = log.of(AgentWords)
    found = find(entry.agent_says, text := "".join(word.text for word in words))
    return Verdict(found is None, f"the agent said {quoted(text[found.start : found.end])}" if found else "not said")


def _written(call: ToolCalled) -> str:
    return f"{call.name}({', '.join(f'{key}={value}' for key, value in call.arguments.items())})"
