"""Scripts written in a test, run at level text."""

from pathlib import Path
from textwrap import dedent

from callagent.scripted_calls import CallResult, Run, load_call, make_level, plan_call, run_calls
from callagent.scripted_calls.script.call_plan import GateName


def run_text(directory: Path, text: str, *sets: str, gate: GateName = "callagent") -> CallResult:
    """Runs one script, of which `call` and `profile` may be left out, and gives what became of it.

    Args:
        sets: settings of the profile, as `--set` takes them.
    """
    text = dedent(text)
    file = directory / "call.yaml"
    file.write_text(text if "call:" in text.splitlines()[0] else f"call: A call\n{text}", encoding="utf-8")
    call = load_call(file)
    (finished,) = run_calls(make_level("text"), [Run(call, plan_call(call, sets=sets, gate=gate, env={}))])
    return finished.result


def observed(result: CallResult) -> list[str]:
    """What was observed, step by step."""
    return [step.observed for step in result.steps]


def failed(result: CallResult) -> list[str]:
    """The steps that were not met, with what was observed."""
    return [f"{step.expected}: {step.observed}" for step in result.steps if not step.passed]
