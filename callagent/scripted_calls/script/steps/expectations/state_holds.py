"""`- expect: {state: …}`: what the author's agent keeps of the call, `call.state`, has these values."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final

from pydantic import Field, field_validator

from callagent.journal import ObservationLog, StateChanged
from callagent.journal.state_watch import PERSONAL
from callagent.phrases import check_expression, find, is_expression, words
from callagent.sanitise import json_text
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import LiveStep, Never, Step, Wait, deadline, unless
from callagent.scripted_calls.script.steps.expectations.panel_bounds import OPERATORS
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, clock, length, quoted
from callagent.yaml_config import Flaw, FlawsError
from callagent.yaml_config.units import written

_COMPARISON: Final = re.compile(r"\s*(>=|<=|==|>|<)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)\s*")
"""A number that is compared, as in `"<= 60"`."""

NOT_TOLD: Final = "nothing is told of the state at this level: the agent is not ours"


class State(Never):
    """Values in the state that the author's agent keeps of the call."""

    state: dict[str, Any] = Field(
        description="What is in it, by name: keys, attributes, indexes of lists, nested or with dots between them. "
        'Numbers, true, false, null and lists as they are, text as words in this order, /a regular expression/, ">= 2".'
    )

    @field_validator("state")
    @classmethod
    def _can_be_held_against(cls, state: dict[str, Any]) -> dict[str, Any]:
        flaws = [] if state else [Flaw((), "must not be empty")]
        flaws += _flaws(state, ())
        if flaws:
            raise FlawsError(*flaws)
        return state

    @property
    def expected(self) -> dict[str, Any]:
        """The values by their paths, with dots."""
        return dict(_leaves(self.state, ""))

    def describe(self) -> str:
        """Say which values, and where."""
        return "the state has " + ", ".join(f"{path}: {_shown(path, each)}" for path, each in self.expected.items())

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects the very values."""
        return isinstance(step, StateHolds) and self.expected == step.expect.expected

    def seen(self, log: ObservationLog) -> dict[str, StateChanged]:
        """Return what stands now at each of the paths, as far as that is known."""
        return {entry.path: entry for entry in log.of(StateChanged) if entry.path in self.expected}

    def holds(self, seen: Mapping[str, StateChanged]) -> bool:
        """Tell whether all of it is as written."""
        return all(
            path in seen and not seen[path].missing and matches(value, seen[path].value)
            for path, value in self.expected.items()
        )

    def told(self, seen: Mapping[str, StateChanged]) -> str:
        """Say what is there instead; what is as written is left out, and personal data is not shown."""
        if not seen:
            return NOT_TOLD
        return ", ".join(
            entry.missing or f"{path} is {_shown(path, entry.value)}"
            for path, value in self.expected.items()
            if (entry := seen.get(path)) is not None and (entry.missing or not matches(value, entry.value))
        )

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for a moment at which all of it was as written."""
        now: dict[str, StateChanged] = {}
        found: StateChanged | None = None
        for entry in evidence.log.of(StateChanged):
            if entry.path in self.expected:
                now[entry.path] = entry
                found = found or (entry if self.holds(now) else None)
        if not now:
            return Verdict(False, NOT_TOLD)
        return unless(f"{self.describe()} {clock(found.at)}" if found is not None else "", "it was never so")


class StateHolds(LiveStep):
    """What the author's agent keeps of the call has these values."""

    looks_back: ClassVar[bool] = True
    outlives_caller: ClassVar[bool] = True
    outlives_call: ClassVar[bool] = True

    expect: State
    within: Wait = written("5 s", "From the caller's last sample, or the moment that the step is reached.")

    def describe(self) -> str:
        """Say which values, and by when."""
        return f"{self.expect.describe()} within {length(self.within)}"

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait until all of it is as written."""
        until = await deadline(scene, self.within)
        await scene.log.wait_for(lambda: self.expect.holds(self.expect.seen(scene.log)) or None, until=until)
        seen = self.expect.seen(scene.log)
        if self.expect.holds(seen):
            return Verdict(True, f"so it was {clock(max(entry.at for entry in seen.values()))}")
        return Verdict(False, self.expect.told(seen))


def paths_of(steps: Iterable[Step], never: Iterable[Never]) -> list[str]:
    """List the paths that a script looks at, each once, in its order."""
    states = [step.expect for step in steps if isinstance(step, StateHolds)]
    states += [entry for entry in never if isinstance(entry, State)]
    return list(dict.fromkeys(path for state in states for path in state.expected))


def matches(expected: Any, value: Any) -> bool:
    """Tell whether a value is as a script has written it."""
    if isinstance(expected, str):
        return _text_matches(expected, value)
    if isinstance(expected, bool) or isinstance(value, bool) or expected is None:
        return expected is value
    if isinstance(expected, int | float):
        return isinstance(value, int | float) and expected == value
    if isinstance(expected, Mapping):
        return isinstance(value, Mapping) and all(
            key in value and matches(each, value[key]) for key, each in expected.items()
        )
    if not isinstance(value, list) or len(value) != len(expected):
        return False
    return all(matches(one, other) for one, other in zip(expected, value, strict=True))


def _text_matches(expected: str, value: Any) -> bool:
    compared = _COMPARISON.fullmatch(expected)
    if compared is not None and isinstance(value, int | float) and not isinstance(value, bool):
        return OPERATORS[compared[1]](value, float(compared[2]))
    if not isinstance(value, str):
        return False
    if is_expression(expected) or words(expected):
        return find(expected, value) is not None
    return expected.strip() == value.strip()


def _leaves(value: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, each in value.items():
        path = f"{above}.{key}" if above else key
        if isinstance(each, Mapping):
            yield from _leaves(each, path)
        else:
            yield path, each


def _flaws(value: Any, path: tuple[str | int, ...]) -> Iterator[Flaw]:
    """Tell of what nothing could be compared with."""
    if isinstance(value, Mapping):
        if path and not value:
            yield Flaw(path, "must not be empty")
        for key, each in value.items():
            yield from _flaws(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _flaws(each, (*path, index))
    elif isinstance(value, str):
        try:
            check_expression(value)
        except ValueError as error:
            yield Flaw(path, str(error))


def _shown(path: str, value: Any) -> str:
    if any(part.startswith(PERSONAL) for part in path.split(".")):
        return "(personal data, not shown)"
    return quoted(value) if isinstance(value, str) else quoted(json_text(_hidden(value), indent=None))[1:-1]


def _hidden(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: "…" if key.startswith(PERSONAL) else _hidden(each) for key, each in value.items()}
    return [_hidden(each) for each in value] if isinstance(value, list) else value
