"""Steps in words, for reports."""

from callagent.calls.phrase import shown
from callagent.calls.steps import (
    AgentSays,
    CallEnds,
    CallerStep,
    IsSilent,
    KeepsSpeaking,
    Keys,
    Never,
    Recording,
    Replies,
    Sound,
    Step,
    Stops,
    ToolCall,
    ToolIsCalled,
)
from callagent.profile.units import DURATION


def describe(step: Step) -> str:
    """What a step does or expects, in one line."""
    match step:
        case AgentSays(agent_says=phrase):
            return f"the agent says {shown(phrase)}"
        case CallerStep():
            return _caller(step)
        case KeepsSpeaking(for_=length, max_gap=gap):
            return f"agent keeps speaking for {_length(length)}, no gap over {_length(gap)}"
        case Stops(within=within):
            return f"agent stops within {_length(within)}"
        case Replies(with_=phrase, within=within):
            words = f" with {shown(phrase)}" if phrase else ""
            return f"agent replies{words} within {_length(within)}"
        case IsSilent(for_=length):
            return f"agent is silent for {_length(length)}"
        case CallEnds(within=within, reason=reason):
            return f"call ends within {_length(within)}" + (f": {reason}" if reason else "")
        case ToolIsCalled(expect=tool, within=within):
            return f"tool {tool} is called within {_length(within)}"
    raise TypeError(f"a step that nobody can describe: {step!r}")


def describe_never(entry: Never) -> str:
    """What must not happen, in one line."""
    return f"never: tool {entry}" if isinstance(entry, ToolCall) else f"never: the agent says {shown(entry.agent_says)}"


def _caller(step: CallerStep) -> str:
    match step.caller:
        case str(text):
            act = f"the caller says '{text}'"
        case Sound(sound=name):
            act = f"the caller makes a sound: {name}"
        case Recording(audio=file):
            act = f"the caller plays {file}"
        case Keys(dtmf=digits):
            act = f"the caller presses {digits}"
        case _:
            act = "the caller hangs up"
    moment = f" when the {step.when.replace(' ', ' is ', 1)}" if step.when else ""
    later = f", after {_length(step.after)}" if step.after else ""
    return act + moment + later


def _length(seconds: float) -> str:
    return DURATION.text(seconds)
