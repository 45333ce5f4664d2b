"""Steps in words, for reports."""

from callagent.calls.nevers import Never, NeverHappens, NeverSays
from callagent.calls.outcomes import (
    Figures,
    IsTransferred,
    Judged,
    KeysAreSent,
    KeysSent,
    NoTurnLost,
    PanelHolds,
    Says,
    Transcript,
    TranscriptHas,
    Transfer,
)
from callagent.calls.steps import (
    AgentSays,
    CallEnds,
    CallerStep,
    IsSilent,
    KeepsSpeaking,
    Keys,
    Recording,
    Replies,
    Sound,
    Step,
    Stops,
    ToolCall,
    ToolIsCalled,
)
from callagent.phrases import shown
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
        case Says(with_=phrase, within=within):
            return f"agent says {shown(phrase)} within {_length(within)}"
        case KeysAreSent(expect=happening, within=within) | IsTransferred(expect=happening, within=within):
            return f"{_happening(happening)} within {_length(within)}"
        case TranscriptHas(expect=transcript):
            return _happening(transcript)
        case PanelHolds(expect=figures):
            return _happening(figures)
        case NoTurnLost():
            return "no turn of the caller is lost"
        case Judged(judge=criterion):
            return f"judge: {criterion}"
    raise TypeError(f"a step that nobody can describe: {step!r}")


def describe_never(entry: Never) -> str:
    """What must not happen, in one line."""
    match entry:
        case ToolCall():
            told = f"tool {entry}"
        case NeverSays(agent_says=phrase):
            told = f"the agent says {shown(phrase)}"
        case NeverHappens(expect=event, with_=phrase, for_=length, reason=reason):
            told = event + (f" with {shown(phrase)}" if phrase else "") + (f": {reason}" if reason else "")
            told += f" for {_length(length)}" if event == "agent is silent" else ""
        case _:
            told = _happening(entry)
    return f"never: {told}"


def _happening(happening: KeysSent | Transfer | Transcript | Figures) -> str:
    match happening:
        case KeysSent(dtmf_sent=keys):
            return f"the agent sends {keys}"
        case Transfer(transfer=to):
            return f"a transfer to {to} is requested"
        case Transcript(transcript=phrase, of=side):
            return f"the transcript has {shown(phrase)}" + ("" if side == "anybody" else f", said by the {side}")
        case Figures(panel=bounds):
            return f"the panel has {bounds}"


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
