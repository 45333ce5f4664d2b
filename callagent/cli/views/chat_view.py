"""A typed conversation in the terminal: the agent's words as they are spoken, tools, what the gate decides."""

import re

from rich.console import Console
from rich.text import Text

from callagent.interactive.typed import written_call
from callagent.journal import (
    AgentKeys,
    AgentWords,
    AuthorNote,
    CallEnded,
    CallerAudible,
    CallerKeys,
    Disclosed,
    DisclosureMissed,
    GateDecided,
    HandedOver,
    Observation,
    OptedOut,
    PlayoutEnded,
    ToolCalled,
    ToolReturned,
    TransferRequested,
    Trouble,
)
from callagent.sanitise import printable
from callagent.sanitise.console import one_line
from callagent.scripted_calls.report.live_view import compliance_words, decision_text, handed_over

_BREAK = re.compile(r"[^\S ]+")
"""Line ends, tabs and the like: what is said is one line."""

_WORD = re.compile(r"\s*\S+\s*")

LABEL = 8
"""Columns of the name of whoever speaks."""


class ChatView:
    """Prints what a typed call brings.

    Args:
        console: where to.
        at_terminal: the caller types at the terminal, which shows what is typed; words are wrapped, a prompt is shown.
    """

    def __init__(self, console: Console, *, at_terminal: bool) -> None:
        self._console = console
        self._at_terminal = at_terminal
        self._column = 0
        self._agent_line = False
        self._over = False

    def observed(self, entry: Observation) -> None:
        """Print an observation, if it is worth a line."""
        match entry:
            case AgentWords(text=text):
                self._words(text)
            case PlayoutEnded(interrupted=interrupted):
                if interrupted and not self._over:
                    self._stopped()
                self._end_line()
            case CallerAudible(text=text):
                self.caller(text)
            case CallerKeys(digits=digits):
                self.caller(f"keys {digits}")
            case AgentKeys(digits=digits):
                self._line("agent", one_line(f"keys {digits}", style="cyan"))
            case TransferRequested(to=to, refused=refused):
                self._line(
                    "agent", one_line(f"transfer to {to}{f' refused: {refused}' if refused else ''}", style="cyan")
                )
            case HandedOver(before=before) if before:
                self._line("agent", one_line(handed_over(entry), style="magenta"))
            case GateDecided():
                self._line("gate", decision_text(entry))
            case ToolCalled():
                self._line("tool", one_line(written_call(entry), style="magenta"))
            case ToolReturned():
                self._line("", one_line(f"→ {entry.text}", style="red" if entry.failed else "magenta"))
            case AuthorNote(text=text):
                self._line("note", one_line(text, style="dim"))
            case Disclosed(complete=False) | DisclosureMissed() | OptedOut():
                self._line("call", one_line(compliance_words(entry), style="magenta"))
            case Trouble(message=message):
                self._line("error", one_line(message, style="red"))
            case CallEnded(reason=reason):
                self._over = True
                self._line("call", one_line(f"ended: {reason}", style="dim"))

    def caller(self, text: str) -> None:
        """Print what the caller says, unless it was typed here."""
        if not self._at_terminal:
            self._line("you", one_line(text, style="yellow"))

    def note(self, text: str) -> None:
        """Print a remark of the program."""
        self._line("", one_line(text, style="dim"))

    def help(self, text: str) -> None:
        """Print the commands."""
        for line in text.splitlines():
            self._line("", one_line(line))

    def ask(self) -> None:
        """Print the prompt."""
        if self._at_terminal:
            self._end_line()
            self._label("you")

    def entered(self) -> None:
        """Somebody at the terminal has ended a line, wherever the cursor was."""
        if self._at_terminal:
            self._column = 0
            self._agent_line = False

    def _words(self, text: str) -> None:
        if not self._agent_line:
            self._end_line()
            self._label("agent")
            self._agent_line = True
            text = text.lstrip()
        for word in _WORD.findall(_BREAK.sub(" ", text)):
            if self._at_terminal and self._column + len(word.rstrip()) >= self._console.width > 2 * LABEL:
                self._end_line()
                self._write(" " * LABEL)
                self._agent_line = True
                word = word.lstrip()
            self._write(word, "cyan")

    def _stopped(self) -> None:
        if not self._agent_line:
            self._end_line()
            self._label("agent")
        self._write(" (stopped)" if self._agent_line else "(stopped)", "red")

    def _line(self, who: str, what: Text) -> None:
        self._end_line()
        self._label(who)
        self._console.print(what, end="")
        self._end_line()

    def _label(self, who: str) -> None:
        self._write(f"{who:<{LABEL}}", "bold")

    def _write(self, text: str, style: str = "") -> None:
        text = printable(text)
        self._console.print(Text(text, style=style), end="")
        self._column += len(text)

    def _end_line(self) -> None:
        if self._column:
            self._console.print()
        self._column = 0
        self._agent_line = False
