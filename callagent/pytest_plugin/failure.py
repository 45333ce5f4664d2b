"""A call that failed, as text: the conversation as it happened, then what was expected and what was observed."""

from collections.abc import Sequence

from callagent.pytest_plugin.playing import Played
from callagent.scripted_calls import CallFile, CallResult, StepResult

CONSEQUENCE = "not reached"
"""How the observation of a step begins that failed only because one before it did."""


class CallFailed(AssertionError):
    """A scripted call failed. `file` and `line` are those of the first step that failed."""

    def __init__(self, played: Played) -> None:
        steps = failed_steps(played.result)
        self.headline = headline(played.result, steps)
        self.file = played.call.document.file
        self.line = line_of(played.call, steps[0].step)
        super().__init__(f"{self.headline}\n\n{story(played)}")


def story(played: Played) -> str:
    """Return the conversation, with the steps in it, and each failed step with its place in the script."""
    parts = [played.transcript.strip("\n")]
    parts += [step_text(played.call, step) for step in failed_steps(played.result)]
    return "\n\n".join(parts)


def failed_steps(result: CallResult) -> list[StepResult]:
    """Return the steps that failed by themselves; all that failed, where there is no such step."""
    failed = [step for step in result.steps if step.judged and not step.passed]
    return [step for step in failed if not step.observed.startswith(CONSEQUENCE)] or failed


def not_judged(result: CallResult) -> str:
    """Tell why a call has neither passed nor failed; empty where it has."""
    open_ = [step for step in result.steps if not step.judged]
    return "" if result.failed or not open_ else f"{result.call}: step {open_[0].step}: {open_[0].observed}"


def headline(result: CallResult, steps: Sequence[StepResult]) -> str:
    """Return the failure in one line."""
    first, rest = steps[0], len(steps) - 1
    more = f" (and {rest} more)" if rest else ""
    return f"{result.call}: step {first.step}: {first.expected}: {first.observed}{more}"


def step_text(call: CallFile, step: StepResult) -> str:
    """Return a failed step: its place, what was expected, what was observed."""
    line = line_of(call, step.step)
    place = call.document.file if line is None else f"{call.document.file}:{line}"
    return f"{place}: step {step.step} failed\n  expected: {step.expected}\n  observed: {step.observed}"


def line_of(call: CallFile, number: int) -> int | None:
    """Return the line of a step, counted from 1; those behind the steps are `never`, then `must`."""
    behind = number - len(call.script.steps)
    if behind <= 0:
        return call.document.line_of(("steps", number - 1))
    wanted = behind - len(call.script.never)
    return call.document.line_of(("never", behind - 1) if wanted <= 0 else ("must", wanted - 1))
