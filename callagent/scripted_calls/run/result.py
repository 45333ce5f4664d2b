"""What a run gives back: the calls, their steps, decisions and turns, and the panel, ready for JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from callagent.journal import (
    AgentKeys,
    AgentWords,
    CallEnded,
    CallerAudible,
    CallerKeys,
    GateDecided,
    HandedOver,
    ObservationLog,
    PlayoutEnded,
    ToolCalled,
    TransferRequested,
)
from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.script.call_script import LevelName


def conversation(log: ObservationLog) -> str:
    """Return one line for each thing that was said or done, in order."""
    lines: list[str] = []
    saying: list[str] = []

    def flush(end: str = "") -> None:
        if saying:
            lines.append(f"Agent: {''.join(saying).strip()}{end}")
            saying.clear()

    for entry in log:
        match entry:
            case AgentWords(text=text):
                saying.append(text)
            case PlayoutEnded(interrupted=interrupted):
                flush(" (cut off)" if interrupted else "")
            case CallerAudible(text=text):
                flush(" …")
                lines.append(f"Caller: {text}" if text else "(a sound from the caller)")
            case CallerKeys(digits=digits):
                flush(" …")
                lines.append(f"(the caller presses {digits})")
            case AgentKeys(digits=digits):
                lines.append(f"(the agent presses {digits})")
            case ToolCalled(name=name, arguments=arguments):
                lines.append(f"(the agent uses {name}: {dict(arguments)})")
            case HandedOver(agent=agent, before=before, task=False) if before:
                lines.append(f"(the call is handed over to {agent})")
            case TransferRequested(to=to):
                lines.append(f"(the agent transfers the call to {to})")
            case CallEnded(reason=reason):
                flush()
                lines.append(f"(the call ends: {reason})")
    flush()
    return "\n".join(lines)


@dataclass(frozen=True)
class StepResult:
    """One step: its number from 1, whether it was met, what was expected and what was observed, in words.

    `acts` is True for what the caller does, False for what is waited for or expected; `at` is the call time at which
    the result was known, None for what was judged after the call. `judged` is False where an LLM was to judge and did
    not: such a step has not passed, and has not failed either.
    """

    step: int
    passed: bool
    expected: str
    observed: str
    acts: bool = False
    at: float | None = field(default=None, compare=False)
    judged: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return the step as `--json` prints it."""
        known = {"step": self.step, "passed": self.passed, "expected": self.expected, "observed": self.observed}
        return known if self.judged else {**known, "judged": False}


@dataclass(frozen=True)
class CallResult:
    """One call at one level. `seconds` is its length in call time."""

    call: str
    file: str
    level: LevelName
    seconds: float
    steps: tuple[StepResult, ...]
    panel: Panel
    log: ObservationLog = field(repr=False)

    @property
    def passed(self) -> bool:
        """Whether every step was met."""
        return all(step.passed for step in self.steps)

    @property
    def failed(self) -> bool:
        """Whether a step was judged and not met."""
        return any(step.judged and not step.passed for step in self.steps)

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """The gate's decisions in the order in which they were made."""
        return [
            {
                "at": round(entry.at, 3),
                "heard": entry.heard,
                "decision": entry.decision,
                "rule": entry.rule,
                "reaction_ms": entry.reaction_ms,
            }
            for entry in sorted(self.log.of(GateDecided), key=lambda entry: entry.at)
        ]

    @property
    def turns(self) -> list[dict[str, Any]]:
        """The conversation as the agent keeps it."""
        return [{"role": entry.role, "text": entry.text, "at": round(entry.at, 3)} for entry in self.log.turns]

    def as_dict(self) -> dict[str, Any]:
        """Return the call as `--json` prints it."""
        return {
            "call": self.call,
            "file": self.file,
            "level": self.level,
            "passed": self.passed,
            "seconds": round(self.seconds, 3),
            "steps": [step.as_dict() for step in self.steps],
            "panel": self.panel.as_dict(),
            "decisions": self.decisions,
            "turns": self.turns,
        }


def as_json(results: Sequence[CallResult]) -> dict[str, Any]:
    """Return the object that `callagent call --json` prints."""
    return {
        "passed": all(result.passed for result in results),
        "calls": [result.as_dict() for result in results],
        "panel": Panel.combined([result.panel for result in results]).as_dict(),
    }
