"""Whether the steps make sense one after the other: nothing unreachable, nothing that no event could meet."""

from collections.abc import Iterator, Sequence

from callagent.calls.nevers import Never, NeverHappens
from callagent.calls.outcomes import (
    Figures,
    IsTransferred,
    Judged,
    KeysAreSent,
    KeysSent,
    NoTurnLost,
    PanelHolds,
    TranscriptHas,
    Transfer,
)
from callagent.calls.steps import (
    AgentSays,
    CallEnds,
    CallerStep,
    HangUp,
    KeepsSpeaking,
    Keys,
    Recording,
    Replies,
    Step,
    Stops,
    ToolCall,
    ToolIsCalled,
)
from callagent.profile import Flaw
from callagent.profile.units import DURATION

LOOKING_BACK = (PanelHolds, NoTurnLost, TranscriptHas, Judged)
"""Steps that a call need not go on for."""


def sense_flaws(steps: Sequence[Step], never: Sequence[Never], *, greeted: bool = False) -> list[Flaw]:
    """What is wrong with the order of the steps, paths being relative to the script.

    `greeted` is for a call in which the other side speaks by itself.
    """
    checks = [_unreachable, _nothing_to_stop, _gap_too_long, _nothing_to_lose]
    if not greeted:
        checks.append(_caller_missing)
    return [
        Flaw(("steps", *flaw.path), flaw.message, flaw.nearest) for check in checks for flaw in check(steps)
    ] + list(_contradicted(steps, never))


def _unreachable(steps: Sequence[Step]) -> Iterator[Flaw]:
    hung_up = ended = None
    for index, step in enumerate(steps):
        if isinstance(step, LOOKING_BACK):
            continue
        if ended is not None:
            yield Flaw((index,), f"cannot be reached: the call has ended in step {ended + 1}")
        elif hung_up is not None and not isinstance(step, CallEnds | ToolIsCalled):
            yield Flaw((index,), f"cannot be reached: the caller hangs up in step {hung_up + 1}")
        if isinstance(step, CallEnds):
            ended = index
        elif isinstance(step, CallerStep) and isinstance(step.caller, HangUp):
            hung_up = index


def _caller_missing(steps: Sequence[Step]) -> Iterator[Flaw]:
    for index, step in enumerate(steps):
        if isinstance(step, CallerStep):
            return
        if isinstance(step, Stops):
            yield Flaw((index, "expect"), "can never be met: no caller has spoken before")
        elif isinstance(step, Replies):
            yield Flaw((index, "expect"), "can never be met: nobody has said anything to reply to")


def _nothing_to_stop(steps: Sequence[Step]) -> Iterator[Flaw]:
    last: tuple[int, CallerStep] | None = None
    for index, step in enumerate(steps):
        if isinstance(step, CallerStep):
            last = index, step
        elif isinstance(step, AgentSays | Replies):
            last = None
        elif isinstance(step, Stops | KeepsSpeaking) and last is not None:
            number, caller = last
            if caller.when in ("agent listening", "agent thinking") and not isinstance(caller.caller, Keys):
                message = f"can never be met: the caller of step {number + 1} speaks when the agent does not"
                yield Flaw((index, "expect"), message)


def _nothing_to_lose(steps: Sequence[Step]) -> Iterator[Flaw]:
    if any(isinstance(step, CallerStep) and _has_words(step) for step in steps):
        return
    for index, step in enumerate(steps):
        if isinstance(step, NoTurnLost):
            yield Flaw((index, "expect"), "can never be met: the caller says nothing that could be lost")


def _has_words(step: CallerStep) -> bool:
    return isinstance(step.caller, str) or (isinstance(step.caller, Recording) and bool(step.caller.text))


def _gap_too_long(steps: Sequence[Step]) -> Iterator[Flaw]:
    for index, step in enumerate(steps):
        if isinstance(step, KeepsSpeaking) and step.max_gap >= step.for_:
            message = f"lets every gap pass: it is not shorter than `for` ({DURATION.text(step.for_)})"
            yield Flaw((index, "max_gap"), message)


def _contradicted(steps: Sequence[Step], never: Sequence[Never]) -> Iterator[Flaw]:
    for number, forbidden in enumerate(never):
        for index, step in enumerate(steps):
            if _forbids(forbidden, step):
                yield Flaw(("never", number), f"forbids what step {index + 1} expects")


def _forbids(forbidden: Never, step: Step) -> bool:
    match forbidden, step:
        case ToolCall(), ToolIsCalled(expect=tool):
            return forbidden.fits(tool.tool, tool.with_)
        case KeysSent(dtmf_sent=keys), KeysAreSent(expect=expected):
            return keys in expected.dtmf_sent
        case Transfer(transfer=to), IsTransferred(expect=expected):
            return to == expected.transfer
        case Figures(panel=bounds), PanelHolds(expect=expected):
            return bounds == expected.panel
        case NeverHappens(expect="agent stops"), Stops():
            return True
        case NeverHappens(expect="agent keeps speaking"), KeepsSpeaking():
            return True
        case NeverHappens(expect="agent replies", with_=None), Replies():
            return True
        case NeverHappens(expect="agent replies", with_=phrase), Replies():
            return phrase == step.with_
        case NeverHappens(expect="call ends", reason=reason), CallEnds():
            return reason == step.reason
    return False
