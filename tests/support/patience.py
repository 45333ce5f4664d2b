"""Calls in real time on a machine that may be busy with something else.

What is said and done is tested with them, not how soon: that is what the benchmarks measure.
"""

from dataclasses import replace

from callagent.scripted_calls import CallFile, Run, plan_call
from callagent.scripted_calls.script.steps.base import Step

LONGER = 4
"""How many times as long as its script says the agent may take."""

GRACE = "interruption.grace=3 s"
"""The recogniser of a busy machine may be slower than the grace period."""

CALL_LIMIT_S = 120.0


def patient(call: CallFile, *sets: str) -> Run:
    """A run of the call with every `within` of its steps made longer, and settings of its profile changed."""
    steps = tuple(_longer(step) for step in call.script.steps)
    call = replace(call, script=call.script.model_copy(update={"steps": steps}))
    return Run(call, plan_call(call, sets=(GRACE, *sets), env={}), limit=CALL_LIMIT_S)


def _longer(step: Step) -> Step:
    within = getattr(step, "within", None)
    return step if within is None else step.model_copy(update={"within": within * LONGER})
