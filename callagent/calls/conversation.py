"""A call so far as lines of text: what was said, keyed and done, by whom."""

from callagent.journal import (
    AgentKeys,
    AgentWords,
    CallEnded,
    CallerAudible,
    CallerKeys,
    ObservationLog,
    PlayoutEnded,
    ToolCalled,
    TransferRequested,
)


def conversation(log: ObservationLog) -> str:
    """One line for each thing that was said or done, in order."""
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
            case TransferRequested(to=to):
                lines.append(f"(the agent transfers the call to {to})")
            case CallEnded(reason=reason):
                flush()
                lines.append(f"(the call ends: {reason})")
    flush()
    return "\n".join(lines)
