"""Whether what a script expects can happen at all with the profile that it is made with."""

from collections.abc import Iterator, Mapping

from callagent.calls.figures import LATENCIES, Bounds
from callagent.calls.labels import labels_of
from callagent.calls.model import CallScript
from callagent.calls.outcomes import Figures, PanelHolds
from callagent.calls.steps import ToolCall, ToolIsCalled
from callagent.profile import BUILT_IN_TOOLS, Document, Flaw, Problem, Profile, nearest
from callagent.turns import GateConfig

NEEDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "response_latency": (("turn",), "an answer of the agent is expected"),
    "response_rate": (("turn",), "an answer of the agent is expected"),
    "agent_interruption_rate": (("turn",), "an answer of the agent is expected"),
    "lost_answers": (("turn",), "an answer of the agent is expected"),
    "yield_latency": (("interruption",), "the caller stops the agent"),
    "yield_rate": (("interruption",), "the caller stops the agent"),
    "selectivity_backchannel": (("acknowledgement",), "an acknowledgement is to be ignored"),
    "selectivity_vocal_tic": (("tic",), 'a sound or an "um" is to be ignored'),
    "selectivity_non_directed": (("aside",), "an aside is to be ignored"),
    "max_gap_ms": (("acknowledgement", "tic", "aside"), "the agent is to talk on"),
}
"""For each figure: what the script must hold for it to be measured, and that in words."""


def plan_problems(script: CallScript, document: Document, profile: Profile) -> Iterator[Problem]:
    """Expectations that no event could meet, prohibitions that nothing could break, faults of what is not there."""
    for flaw in (*_tools(script, profile), *_figures(script, profile), *_faults(script, profile)):
        yield document.problem(flaw.path, flaw.message, flaw.nearest)


def _tools(script: CallScript, profile: Profile) -> Iterator[Flaw]:
    for index, step in enumerate(script.steps):
        if isinstance(step, ToolIsCalled):
            yield from _tool(("steps", index, "expect"), step.expect, profile)
    for index, entry in enumerate(script.never):
        if isinstance(entry, ToolCall):
            known = entry.tool in profile.tools
            close = nearest(entry.tool, [*profile.tools, *BUILT_IN_TOOLS])
            if known:
                yield from _arguments(("never", index), entry, profile)
            elif close and close != entry.tool:
                yield Flaw(("never", index, "tool"), f"the agent has no tool '{entry.tool}'", close)


def _tool(path: tuple[str | int, ...], expected: ToolCall, profile: Profile) -> Iterator[Flaw]:
    if expected.tool in profile.tools:
        yield from _arguments(path, expected, profile)
    else:
        message = f"can never be met: the agent has no tool '{expected.tool}'"
        yield Flaw((*path, "tool"), message, nearest(expected.tool, profile.tools))


def _arguments(path: tuple[str | int, ...], expected: ToolCall, profile: Profile) -> Iterator[Flaw]:
    if expected.tool in BUILT_IN_TOOLS:
        return
    known = profile.tools[expected.tool].parameters
    for name in expected.with_:
        if name not in known:
            yield Flaw((*path, "with", name), f"is not a parameter of {expected.tool}", nearest(name, known))


def _figures(script: CallScript, profile: Profile) -> Iterator[Flaw]:
    meanings = {label.meaning for label in labels_of(script.steps, GateConfig.from_profile(profile).lexicon)}
    asked: list[tuple[tuple[str | int, ...], Bounds]] = []
    for index, step in enumerate(script.steps):
        if isinstance(step, PanelHolds):
            asked.append((("steps", index, "expect", "panel"), step.expect.panel))
    for index, entry in enumerate(script.never):
        if isinstance(entry, Figures):
            asked.append((("never", index, "panel"), entry.panel))
    for path, bounds in asked:
        for name in bounds.of:
            needed, words = NEEDS[name.split(".")[0] if name.startswith(LATENCIES) else name]
            if meanings.isdisjoint(needed):
                yield Flaw((*path, name), f"can never be measured: in no step {words}")


def _faults(script: CallScript, profile: Profile) -> Iterator[Flaw]:
    for name in script.agent.faults.tool:
        path = ("agent", "faults", "tool", name)
        if name not in profile.tools:
            yield Flaw(path, f"the agent has no tool '{name}'", nearest(name, profile.tools))
