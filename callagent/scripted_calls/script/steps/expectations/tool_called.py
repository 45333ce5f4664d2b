"""`- expect: {tool: …}`: the agent calls a tool."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field

from callagent.journal import ToolCalled
from callagent.profile import BUILT_IN_TOOLS, Profile, all_tools_known, tool_names
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import LiveStep, Never, PlannedCall, Step, Wait, deadline, unless
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, clock, length
from callagent.yaml_config import Flaw, nearest
from callagent.yaml_config.units import written
from callagent.yaml_config.validation import Text


class ToolCall(Never):
    """A call of a tool; arguments that are not named may have any value."""

    tool: Text = Field(description="Name of the tool.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Arguments and their values.")

    def fits(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Tell whether a call of `name` with `arguments` is one of this kind; texts are compared without case."""
        return name == self.tool and all(
            key in arguments and _folded(arguments[key]) == _folded(value) for key, value in self.with_.items()
        )

    def __str__(self) -> str:
        return self.tool + (f"({_listed(self.with_)})" if self.with_ else "")

    def describe(self) -> str:
        """Say which tool, and with which arguments."""
        return f"tool {self}"

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects such a call."""
        return isinstance(step, ToolIsCalled) and self.fits(step.expect.tool, step.expect.with_)

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell of a tool that is misspelt, and of arguments that it does not take."""
        if self.tool in call.profile.tools:
            yield from self.argument_flaws(call.profile)
            return
        close = nearest(self.tool, [*tool_names(call.profile), *BUILT_IN_TOOLS])
        if close and close != self.tool:
            yield Flaw(("tool",), f"the agent has no tool '{self.tool}'", close)

    def argument_flaws(self, profile: Profile) -> Iterator[Flaw]:
        """Tell of arguments that a tool of the profile does not take."""
        if self.tool in BUILT_IN_TOOLS:
            return
        known = profile.tools[self.tool].takes
        for name in self.with_:
            if known is not None and name not in known:
                yield Flaw(("with", name), f"is not a parameter of {self.tool}", nearest(name, known))

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for such a call of a tool."""
        calls = [call for call in evidence.log.of(ToolCalled) if self.fits(call.name, call.arguments)]
        return unless(f"{_told(calls[0])} was called {clock(calls[0].at)}" if calls else "", "not called")


class ToolIsCalled(LiveStep):
    """The agent calls a tool."""

    outlives_caller: ClassVar[bool] = True
    outlives_call: ClassVar[bool] = True

    expect: ToolCall
    within: Wait = written("5 s", "From the moment that the step is reached.")

    def describe(self) -> str:
        """Say which tool has to be called, and by when."""
        return f"{self.expect.describe()} is called within {length(self.within)}"

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell of a tool that the agent does not have, and of arguments that it does not take."""
        tools = call.profile.tools
        if self.expect.tool in tools:
            for flaw in self.expect.argument_flaws(call.profile):
                yield Flaw(("expect", *flaw.path), flaw.message, flaw.nearest)
        elif all_tools_known(call.profile) and self.expect.tool not in (names := tool_names(call.profile)):
            message = f"can never be met: the agent has no tool '{self.expect.tool}'"
            yield Flaw(("expect", "tool"), message, nearest(self.expect.tool, names))

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait for a call that fits and that no earlier step has taken."""
        until = await deadline(scene, self.within)
        found = await scene.wait(
            lambda: scene.next_tool(lambda call: self.expect.fits(call.name, call.arguments)), until=until
        )
        if found is not None:
            return Verdict(True, f"{_told(found)} was called {clock(found.at)}")
        others = [_told(call) for call in scene.log.of(ToolCalled)]
        told = f"not called; the agent called {', '.join(others)}" if others else "no tool was called"
        return Verdict(False, told)


def _folded(value: Any) -> Any:
    return value.strip().casefold() if isinstance(value, str) else value


def _told(call: ToolCalled) -> str:
    return f"{call.name}({_listed(call.arguments)})"


def _listed(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in arguments.items())
