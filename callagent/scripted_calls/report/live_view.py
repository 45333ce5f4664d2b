"""A scripted call as it happens, in the terminal: who says what, what the gate decides, which steps are met."""

from rich.console import Console
from rich.text import Text

from callagent.journal import (
    AgentKeys,
    AgentWords,
    Answered,
    CallEnded,
    CallerAudible,
    CallerHeard,
    CallerKeys,
    Disclosed,
    DisclosureMissed,
    GateDecided,
    HandedOver,
    Observation,
    OptedOut,
    PlayoutEnded,
    Ringing,
    ToolCalled,
    TransferRequested,
    Trouble,
)
from callagent.sanitise.console import one_line, table
from callagent.scripted_calls import CallFile, CallPlan, CallResult, Level, Stage, StepResult, Watcher
from callagent.scripted_calls.measure.panel import Panel, rows

DECISIONS = {
    "drop": ("talked on", "green"),
    "interrupt": ("stopped", "red"),
    "deliver": ("answer", "blue"),
    "pass": ("answer", "blue"),
}
"""The gate's decisions as people call them, and their colours."""

VISIBLE = (
    CallerAudible,
    CallerHeard,
    CallerKeys,
    AgentKeys,
    GateDecided,
    ToolCalled,
    TransferRequested,
    HandedOver,
    DisclosureMissed,
    OptedOut,
    PlayoutEnded,
    CallEnded,
    Trouble,
)
BREAKS = (".", "!", "?", "…", ",", ";", ":")
LONGEST_LINE = 60
"""Characters that the agent may say before they are shown, so that the transcript keeps up with the voice."""


class LiveTranscript(Watcher):
    """Prints a line for everything that a listener would notice."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._saying: list[AgentWords] = []
        self._over = False

    def call_begins(self, call: CallFile, plan: CallPlan, level: Level) -> None:
        """Print the head of a call."""
        self._over = False
        gate = "" if plan.gate == "callagent" else f", gate {plan.gate}"
        head = one_line(plan.script.call, style="bold")
        where = f"  {call.document.file}, level {level.name}, profile {plan.profile.name}{gate}"
        head.append_text(one_line(where, "not bold dim"))
        self._console.print(head)

    def observed(self, entry: Observation) -> None:
        """Print what was observed, if a line is due."""
        if isinstance(entry, AgentWords):
            self._saying.append(entry)
            if entry.text.rstrip().endswith(BREAKS) or len("".join(each.text for each in self._saying)) > LONGEST_LINE:
                self._agent_line()
            return
        if isinstance(entry, VISIBLE):
            self._agent_line()
        match entry:
            case PlayoutEnded(interrupted=True) if not self._over:
                self._line(entry.at, "agent", Text("(stopped)", style="red"))
            case CallerAudible(text=text):
                self._line(entry.at, "caller", one_line(text or "(sound)", style="yellow"))
            case CallerHeard(text=text, final=True):
                self._line(entry.at, "heard", one_line(text, style="dim"))
            case CallerKeys(digits=digits):
                self._line(entry.at, "caller", one_line(f"keys {digits}", style="yellow"))
            case GateDecided():
                self._line(entry.at, "gate", decision_text(entry))
            case ToolCalled(name=name, arguments=arguments):
                written = ", ".join(f"{key}={value}" for key, value in arguments.items())
                self._line(entry.at, "tool", one_line(f"{name}({written})", style="magenta"))
            case AgentKeys(digits=digits):
                self._line(entry.at, "agent", one_line(f"keys {digits}", style="cyan"))
            case TransferRequested(to=to, refused=refused):
                told = f"transfer to {to}" + (f" refused: {refused}" if refused else "")
                self._line(entry.at, "agent", one_line(told, style="magenta"))
            case HandedOver(before=before) if before:
                self._line(entry.at, "agent", one_line(handed_over(entry), style="magenta"))
            case Disclosed() | DisclosureMissed() | OptedOut():
                style = "red" if isinstance(entry, DisclosureMissed) else "magenta"
                self._line(entry.at, "call", one_line(compliance_words(entry), style=style))
            case Ringing():
                self._line(entry.at, "call", Text("rings"))
            case Answered():
                self._line(entry.at, "call", Text("answered"))
            case CallEnded(reason=reason):
                self._over = True
                self._line(entry.at, "call", one_line(f"ended: {reason}"))
            case Trouble(message=message):
                self._line(entry.at, "error", one_line(message, style="red"))

    def step_done(self, result: StepResult) -> None:
        """Print what became of a step; what the caller does as planned is in the transcript anyway."""
        if result.acts and result.passed:
            return
        self._agent_line()
        line = Text(" " * 9)
        if result.passed:
            line.append_text(one_line(f"✓ {result.observed}", "green"))
        elif not result.judged:
            line.append_text(one_line(f"? step {result.step}: {result.expected}: {result.observed}", "bold yellow"))
        else:
            line.append_text(one_line(f"✗ step {result.step}: {result.expected}: {result.observed}", "bold red"))
        self._console.print(line)

    def call_over(self, result: CallResult, stage: Stage) -> None:
        """Print the outcome."""
        self._console.print(_outcome(result), end="\n\n")

    def _agent_line(self) -> None:
        if self._saying:
            at, text = self._saying[0].at, "".join(words.text for words in self._saying).strip()
            self._saying = []
            self._line(at, "agent", one_line(text, style="cyan"))

    def _line(self, at: float, who: str, what: Text) -> None:
        line = Text(f"{at:7.2f}  ", style="dim")
        line.append(f"{who:<7} ", style="not dim")
        self._console.print(line + what)


class OutcomeLines(Watcher):
    """Prints a line for each call that is over, and one for each step that was not met."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def call_over(self, result: CallResult, stage: Stage) -> None:
        """Print the outcome."""
        self._console.print(_outcome(result).append_text(one_line(f"  {result.call}")))
        for step in result.steps:
            if not step.passed:
                self._console.print(one_line(f"    step {step.step}: {step.expected}: {step.observed}", style="red"))


def _outcome(result: CallResult) -> Text:
    met = sum(step.passed for step in result.steps)
    word, style = ("passed", "green") if result.passed else ("FAILED", "red")
    if not result.passed and not result.failed:
        word, style = "NOT JUDGED", "yellow"
    outcome = Text(word, style=f"bold {style}")
    return outcome.append(f"  {met} of {len(result.steps)} steps, {result.seconds:.1f} s", style="not bold default")


def decision_text(entry: GateDecided) -> Text:
    """Return a decision of the gate in a line: what it did, what was heard, the rule, the reaction."""
    name, colour = DECISIONS.get(entry.decision, (entry.decision, "default"))
    line = Text(name, style=f"bold {colour}")
    reaction = f", {entry.reaction_ms:.0f} ms" if entry.reaction_ms is not None else ""
    heard = f"  '{entry.heard}'" if entry.heard else "  nothing understood"
    line.append_text(one_line(f"{heard}  {entry.rule}{reaction}", f"not bold {colour}"))
    return line


def handed_over(entry: HandedOver) -> str:
    """Say which agent has the call now."""
    return f"{entry.agent} has the call" if not entry.task else f"{entry.before} gives the call to {entry.agent}"


def compliance_words(entry: Disclosed | DisclosureMissed | OptedOut) -> str:
    """Return what became of a disclosure, or who does not want to be called again, in words."""
    match entry:
        case Disclosed(kind=kind, complete=complete, offset=offset):
            return f"{kind} {'disclosed' if complete else 'cut off'} {offset:.1f} s after the answer"
        case DisclosureMissed(kind=kind, within=within, why=why):
            return f"{kind} not disclosed within {within:g} s: {why}"
        case OptedOut(by=by, listed=listed):
            return f"opted out by {by}, {'on the do-not-call list' if listed else 'NOT on the do-not-call list'}"


def print_panel(console: Console, panel: Panel) -> None:
    """Print the interaction panel of all calls, as far as anything was measured."""
    if not (measured := rows(panel)):
        return
    console.print(table(("panel", "", "events"), measured))
