"""A call that is over as a scripted call: the file, with comments that say what cannot be made again."""

import io
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import FoldedScalarString

import callagent.turns.gate.events as told
from callagent import __version__
from callagent.journal import REAL, CallJournal, HandedOver, Head, Ringing, ToolCalled, ToolReturned, Trouble
from callagent.journal.endings import WORDS
from callagent.profile import Profile
from callagent.scripted_calls.reproduction.agent_activity import AgentActivity
from callagent.scripted_calls.reproduction.agent_part import AgentSide, agent_side
from callagent.scripted_calls.reproduction.call_steps import CallSteps, ScriptStep
from callagent.scripted_calls.reproduction.caller_acts import Act, Heard, Pressed, Said, acts_of
from callagent.scripted_calls.reproduction.stand_ins import StandIns
from callagent.turns import GateConfig, Kind
from callagent.turns.endpointing.numerals import digit_words

WIDTH = 118
"""Characters of a line, but for those that may not be broken."""

LONGEST_LINE = 100_000
LONGEST_ON_ONE_LINE = 80
"""Characters of a text that is not folded."""

FLOW_WIDTH = 88
"""Characters of a mapping that is written on one line."""

PRIVACY = (
    "Numbers, digits, e-mail addresses and the names that the context of the call has are replaced by stand-ins. A "
    "name that was only said is not known as one: read the file before you pass it on."
)
MODEL = "What the model said is scripted: it gives the answers that it gave then, to the words that led to them."

UNANSWERED = ("busy", "no answer", "declined")
"""Endings of a script in which nobody answers."""


@dataclass(frozen=True)
class CallAsScript:
    """The text of the file, and what of the call it does not make again, in sentences."""

    text: str
    gaps: Sequence[str]


def script_of(journal: CallJournal, profile: Profile | None = None, *, named: str = "") -> CallAsScript:
    """Return the scripted call that goes like a call that is over.

    Args:
        profile: that of the call, as far as it is here.
        named: what the script is to call the profile; left out, its name in the journal.
    """
    language = profile.language if profile is not None else _language_named(journal.head.profile)
    stand_ins = StandIns(journal.head.context, language, _phrases_of(profile))
    activity = AgentActivity(journal)
    done = acts_of(journal)
    stand_ins.learn(_texts(journal, done))
    acts = list(_with_other_keys(done, activity, stand_ins))
    agent = agent_side(journal, activity, acts, stand_ins, profile)
    steps = CallSteps(journal, activity, acts, stand_ins, agent.tools)
    made = steps.make() or [ScriptStep({"caller": {"hangs up": True}, "after": "1 s"})]
    gaps = [*_gaps(journal), *agent.gaps, *steps.gaps]
    return CallAsScript(_file(journal, named, stand_ins, agent, made, gaps), gaps)


def _language_named(profile: str) -> str:
    """Return the language that a profile which is not here is called by, as `de-DE` is; English for any other name."""
    return profile if digit_words(profile.split("-")[0].lower()) else "en"


def _phrases_of(profile: Profile | None) -> Any:
    """Return what tells the words that the gate of a profile knows."""
    if profile is None:
        return lambda word: False
    lexicon = GateConfig.from_profile(profile).lexicon
    return lambda word: lexicon.match(word, final=True).kind in (Kind.ACK, Kind.COMMAND)


def _texts(journal: CallJournal, acts: Sequence[Act]) -> Iterator[str]:
    """Return every text of the call in which there may be digits."""
    for turn in journal.log.turns:
        yield turn.text
    for event in journal.events:
        if isinstance(event, told.Transcript) and event.final:
            yield event.text
    for act in acts:
        if isinstance(act, Said | Heard):
            yield act.text
    yield "".join(event.text for event in journal.events if isinstance(event, told.AgentText))
    for called in journal.log.of(ToolCalled):
        yield from _strings(called.arguments)
    for returned in journal.log.of(ToolReturned):
        yield returned.result


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _with_other_keys(acts: Sequence[Act], activity: AgentActivity, stand_ins: StandIns) -> Iterator[Act]:
    """Return the acts with stand-ins for keys; those between which the agent says nothing are one number."""
    entries = [0]
    for before, act in pairwise(acts):
        pressed = isinstance(before, Pressed) and isinstance(act, Pressed)
        same = pressed and not activity.begun_between(before.end, act.start)
        entries.append(entries[-1] + (not same))
    for _, group in groupby(zip(entries, acts, strict=False), key=lambda pair: pair[0]):
        entry = [act for _, act in group]
        keys = stand_ins.keys("".join(act.keys for act in entry if isinstance(act, Pressed)))
        for act in entry:
            if isinstance(act, Pressed):
                yield replace(act, keys=keys[: len(act.keys)])
                keys = keys[len(act.keys) :]
            else:
                yield act


def _gaps(journal: CallJournal) -> Iterator[str]:
    if journal.cut_off:
        yield f"the journal ends in the middle of the call, after {journal.seconds:.1f} s"
    if journal.head.level in ("room", "sip"):
        yield f"at the level {journal.head.level} it is not known what the gate was told: words alone are repeated"
    for trouble in journal.log.of(Trouble):
        yield f"at {trouble.at:.1f} s something failed, which `agent.faults` can bring about: {_kind(trouble.message)}"
    if any(entry.before for entry in journal.log.of(HandedOver)):
        yield "several agents had the call; each gives every answer of the script"
    if journal.log.ended is not None and journal.log.ended.reason == "machine answered":
        yield "a machine had answered; the script has a person there, see `callee`"


def _kind(message: str) -> str:
    """Return what kind of error it was: the rest of the message may say anything."""
    return message.partition(":")[0].strip()[:80] or "an error"


def _file(
    journal: CallJournal,
    named: str,
    stand_ins: StandIns,
    agent: AgentSide,
    steps: Sequence[ScriptStep],
    gaps: Sequence[str],
) -> str:
    head = journal.head
    outbound = head.context.get("direction") == "outbound"
    data = CommentedMap()
    data["call"] = _title(head)
    data["profile"] = named or head.profile
    if outbound:
        data["direction"] = "outbound"
        data["callee"] = _flow(_callee(journal))
    if outbound or "faults" in agent.part:
        data["levels"] = _flow(["text", "audio"])
    if context := stand_ins.context():
        data["context"] = _written(context)
    if agent.part:
        data["agent"] = _written(agent.part)
    data["steps"] = _steps(steps)
    yaml = YAML()
    yaml.width = LONGEST_LINE
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(data, out)
    return f"{_header(journal, gaps)}{out.getvalue()}"


def _title(head: Head) -> str:
    if head.level != REAL:
        return f"{head.call} (made again)"
    return f"A real call of {head.started[:10]}" if head.started else "A real call"


def _header(journal: CallJournal, gaps: Sequence[str]) -> str:
    origin = "a real call" if journal.head.level == REAL else f"a call at level {journal.head.level}"
    made = f"Made by callagent {__version__} from the journal of {origin} of {journal.seconds:.1f} s. {PRIVACY} {MODEL}"
    lines = textwrap.wrap(made, WIDTH - 2)
    if gaps:
        lines.append("Not made again:")
        for gap in gaps:
            lines += textwrap.wrap(gap, WIDTH - 6, initial_indent="- ", subsequent_indent="  ")
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _callee(journal: CallJournal) -> dict[str, Any]:
    ended = journal.log.ended
    rings = len(journal.log.of(Ringing))
    callee: dict[str, Any] = {"rings": min(20, rings)}
    if ended is not None and (words := WORDS[ended.reason].script) in UNANSWERED:
        callee["answers"] = words
    return callee


def _steps(steps: Sequence[ScriptStep]) -> CommentedSeq:
    written = CommentedSeq()
    for index, step in enumerate(steps):
        written.append(_written(step.step))
        if step.comments:
            comment = "\n".join(step.comments)
            written.yaml_set_comment_before_after_key(index, before=comment, indent=2)
    return written


def _written(value: Any) -> Any:
    """Return a value as it is to be written: short mappings on one line."""
    if isinstance(value, Mapping):
        mapping = CommentedMap((str(key), _written(inner)) for key, inner in value.items())
        if _fits(value):
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list | tuple):
        return CommentedSeq(_written(inner) for inner in value)
    if isinstance(value, str) and len(value) > LONGEST_ON_ONE_LINE and value.split(" ") == value.split():
        return _folded(value)
    return value


def _folded(text: str) -> FoldedScalarString:
    """Return a text that is written on several lines."""
    folded: FoldedScalarString = FoldedScalarString(text)
    ends = [len(line) for line in textwrap.wrap(text, WIDTH - 14, break_long_words=False, break_on_hyphens=False)]
    folded.fold_pos = [sum(ends[: index + 1]) + index for index in range(len(ends) - 1)]  # type: ignore[attr-defined]  # ruamel's own, untyped
    return folded


def _fits(value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is written on one line: what has mappings in it, or what is a step, is not."""
    nested = any(isinstance(inner, Mapping | list) for inner in value.values())
    return not nested and not {"caller", "expect", "agent_says"} & value.keys() and len(str(dict(value))) <= FLOW_WIDTH


def _flow(value: Any) -> Any:
    written = CommentedMap(value) if isinstance(value, Mapping) else CommentedSeq(value)
    written.fa.set_flow_style()
    return written
