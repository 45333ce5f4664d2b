"""The `agent` of a script that is made of a call: greeting, answers as a scripted model's, tools as mocks."""

import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from callagent.journal import CallJournal, ToolCalled, ToolReturned, TurnAdded
from callagent.phrases import sentences, words
from callagent.profile import BUILT_IN_TOOLS, Profile
from callagent.scripted_calls.levels.text.cues import spoken_length
from callagent.scripted_calls.reproduction.agent_activity import BY_MODEL, CUT_S, AgentActivity, Playout
from callagent.scripted_calls.reproduction.caller_acts import Act
from callagent.scripted_calls.reproduction.stand_ins import StandIns
from callagent.yaml_config.units import DURATION

LEAST_DELAY_S = 0.05
"""Tools that take less are not slow."""

LEAST_SAID_S = 1.0
"""Shorter playouts tell little about the pace of a voice, in seconds."""

MUCH_SLOWER = 0.85
"""A pace that is nearer than this to the usual one is the usual one, as far as one that was cut off tells."""

SHORT_SENTENCE = 20
"""Characters; livekit has a shorter sentence spoken with the next."""

NATURAL = (0.97, 1.03)
"""Paces of the voice that need not be written down."""

SLOWEST, FASTEST = 0.25, 4.0

UNKNOWN_S = 2.0
"""A model whose answer was not waited for takes so much longer, in seconds."""

LEAST_THOUGHT_S = 0.15
"""A model that took less need not be slow for a caller who spoke while it thought."""

_FIELD = re.compile(r"\{[^}]*\}")
_MARKS = r"\^$.|?*+()[]{}/"


@dataclass
class Exchange:
    """What the caller said in one turn, and what the agent made of it until the next."""

    said: str
    at: float
    spoken: list[TurnAdded] = field(default_factory=list)
    called: list[ToolCalled] = field(default_factory=list)


@dataclass
class AgentSide:
    """The `agent` of the script, and what cannot be made again, in sentences."""

    part: dict[str, Any]
    gaps: list[str]
    tools: frozenset[str]
    """Tools that the script's model calls."""


def agent_side(
    journal: CallJournal, activity: AgentActivity, acts: Sequence[Act], stand_ins: StandIns, profile: Profile | None
) -> AgentSide:
    """Return what the script says about the agent.

    Args:
        profile: that of the call, where it is here.
    """
    gaps: list[str] = []
    exchanges = list(_exchanges(journal))
    part: dict[str, Any] = {}
    greeting = _greeting(journal, activity, stand_ins, profile, gaps)
    if greeting is not None:
        part["greeting"] = greeting
    if (pace := _pace(journal, activity, acts)) is not None:
        part["pace"] = pace
    replies, tools = _replies(exchanges, activity, stand_ins, gaps)
    if replies:
        part["replies"] = replies
    if mocks := _mocks(journal, tools, stand_ins, gaps):
        part["mock"] = mocks
    if delay := _thought(journal, activity, acts):
        part["faults"] = {"llm": {"delay": DURATION.text(delay)}}
    return AgentSide(part, gaps, tools)


def _exchanges(journal: CallJournal) -> Iterator[Exchange]:
    entries = [*journal.log.turns, *journal.log.of(ToolCalled)]
    current: Exchange | None = None
    for entry in sorted(entries, key=lambda entry: entry.at):
        if isinstance(entry, TurnAdded) and entry.role == "user":
            if current is not None:
                yield current
            current = Exchange(entry.text, entry.at)
        elif current is not None and isinstance(entry, ToolCalled):
            current.called.append(entry)
        elif current is not None and isinstance(entry, TurnAdded) and BY_MODEL in entry.metrics:
            current.spoken.append(entry)
    if current is not None:
        yield current


def _greeting(
    journal: CallJournal, activity: AgentActivity, stand_ins: StandIns, profile: Profile | None, gaps: list[str]
) -> str | None:
    """Return what the agent said first, unless the profile says it by itself; empty where it waited for the caller."""
    if profile is not None and profile.agent is not None:
        return None
    heard = min((turn.at for turn in journal.log.turns if turn.role == "user"), default=float("inf"))
    first = [turn for turn in activity.turns if turn.at < heard]
    own = {_folded(text) for text in _sentences_of(profile)} if profile is not None else set()
    said = next((turn for turn in first if _folded(turn.text) not in own or not turn.text), None)
    if profile is not None and profile.greeting:
        whole = [_folded(activity.whole(turn)[0]) for turn in first]
        if _folded(profile.greeting) in whole or any(_filled(profile.greeting, turn.text) for turn in first):
            return None
    if said is None:
        return "" if activity.playouts or profile is None or profile.greeting else None
    text, known = activity.whole(said)
    if not known:
        gaps.append("what the agent had still to say of its greeting when it was cut off is not known")
    return _without_fields(stand_ins.text(text))


def _filled(template: str, text: str) -> bool:
    """Tell whether a text is what a template with fields becomes."""
    parts = [re.escape(part) for part in _FIELD.split(template)]
    return len(parts) > 1 and re.match(".*".join(parts), text, re.DOTALL) is not None


def _sentences_of(profile: Profile) -> Iterable[str]:
    yield from (profile.flow.notice, *profile.phrases.model_dump().values())


def _pace(journal: CallJournal, activity: AgentActivity, acts: Sequence[Act]) -> float | None:
    """Return how fast the agent spoke, where that is not how fast level text does.

    Where the agent was much slower than usual while the caller did something, that counts: it has to be at it still
    when the caller does so again. Moments after a speech are counted from its end, however long it was.
    """
    if journal.head.level == "text":
        return None
    said = [each for each in activity.playouts if each.text and each.ended - each.began > LEAST_SAID_S]
    whole = [each for each in said if not each.interrupted] or said
    if not whole:
        return None
    usual = statistics.median(_pace_of(each) for each in whole)
    over = [_pace_of(each) for each in said if any(each.began <= act.start < each.ended for act in acts)]
    slowest = min(over, default=usual)
    pace = min(FASTEST, max(SLOWEST, round(slowest if slowest < MUCH_SLOWER * usual else usual, 2)))
    return None if NATURAL[0] <= pace <= NATURAL[1] else pace


def _pace_of(playout: Playout) -> float:
    return _natural_length(playout.text) / (playout.ended - playout.began)


def _natural_length(text: str) -> float:
    """Return how long level text takes to say a text: sentence by sentence, without a pause between two of them."""
    pieces = [""]
    for sentence in sentences(text):
        if len(pieces[-1]) >= SHORT_SENTENCE:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]} {sentence}".strip()
    return sum(map(spoken_length, pieces))


def _replies(
    exchanges: Sequence[Exchange], activity: AgentActivity, stand_ins: StandIns, gaps: list[str]
) -> tuple[list[dict[str, Any]], frozenset[str]]:
    """Return the answers of the scripted model, those to more words first, and the tools that it calls in them."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for exchange in exchanges:
        reply = _reply(exchange, activity, stand_ins, gaps)
        if reply is None:
            continue
        said = tuple(words(exchange.said)) or (exchange.said,)
        if said in found and found[said] != reply:
            gaps.append(f"the turn at {exchange.at:.1f} s has the words of an earlier one, and is answered like that")
        found.setdefault(said, reply)
    ordered = sorted(found.items(), key=lambda pair: -len(pair[0]))
    replies = [reply for _, reply in ordered]
    return replies, frozenset(reply["call"] for reply in replies if "call" in reply)


def _reply(exchange: Exchange, activity: AgentActivity, stand_ins: StandIns, gaps: list[str]) -> dict[str, Any] | None:
    called = exchange.called[0] if exchange.called else None
    if len(exchange.called) > 1:
        rest = ", ".join(each.name for each in exchange.called[1:])
        gaps.append(f"the turn at {exchange.at:.1f} s led to more than one tool: {rest} is not called")
    spoken = [turn for turn in exchange.spoken if called is None or turn.at >= called.at]
    if len(spoken) < len(exchange.spoken):
        gaps.append(f"what the agent said at {exchange.at:.1f} s before it called {called and called.name} is left out")
    if len(spoken) > 1:
        gaps.append(f"of what the agent said after the turn at {exchange.at:.1f} s only the first is scripted")
    reply: dict[str, Any] = {"when": phrase_for(stand_ins.text(exchange.said))}
    if called is not None:
        reply["call"] = called.name
        if called.arguments:
            reply["with"] = stand_ins.value(called.arguments)
    if spoken:
        text, known = activity.whole(spoken[0])
        if text.strip():
            reply["say"] = _without_fields(stand_ins.text(text))
        if not known:
            gaps.append(f"what the agent had still to say at {spoken[0].at:.1f} s when it was cut off is not known")
    return reply if len(reply) > 1 else None


def phrase_for(said: str) -> str:
    """Return a phrase of a script by which exactly this is found: its words, or an expression where it has few."""
    if len(words(said)) > 1 and not said.startswith("/"):
        return said
    inner = said.strip().strip(".,;:!?…")
    escaped = "".join(f"\\{each}" if each in _MARKS else each for each in inner or said.strip())
    return f"/^\\W*{escaped}\\W*$/" if inner else f"/^\\s*{escaped}\\s*$/"


def _without_fields(text: str) -> str:
    """Return a text in which nothing is taken for a field that is filled in."""
    return text.replace("{", "(").replace("}", ")")


def _mocks(journal: CallJournal, tools: Iterable[str], stand_ins: StandIns, gaps: list[str]) -> dict[str, Any]:
    returned = {entry.call: entry for entry in journal.log.of(ToolReturned)}
    found: dict[str, Any] = {}
    for called in journal.log.of(ToolCalled):
        if called.name in BUILT_IN_TOOLS or called.name not in tools:
            continue
        mock = _mock(called, returned.get(called.call), stand_ins)
        if called.name in found and found[called.name].get("returns") != mock.get("returns"):
            gaps.append(f"{called.name} gave something else at {called.at:.1f} s; here it gives what it did first")
        found.setdefault(called.name, mock)
    return found


def _mock(called: ToolCalled, returned: ToolReturned | None, stand_ins: StandIns) -> dict[str, Any]:
    if returned is None:
        return {"delay": "60 s"}
    mock: dict[str, Any] = {}
    if returned.failed:
        mock["raises"] = stand_ins.text(returned.text) or "it failed"
    else:
        mock["returns"] = stand_ins.text(returned.result)
    if (took := returned.at - called.at) >= LEAST_DELAY_S:
        mock["delay"] = DURATION.text(round(took, 3))
    return mock


def _thought(journal: CallJournal, activity: AgentActivity, acts: Sequence[Act]) -> float:
    """Return how slow the model was, seconds, where the caller spoke while it thought; 0 where that does not matter."""
    tools = _tools_ran(journal)
    slow = []
    for act in acts:
        state = activity.state_at(act.start - CUT_S)  # the end of a call changes it
        if state is None or state.state != "thinking" or activity.playing_at(act.start):
            continue
        reply = activity.next_after(act.start)
        until = reply.began if reply is not None else act.start + UNKNOWN_S
        if not any(began < until and over > state.at for began, over in tools):
            slow.append(until - state.at)
    longest = max(slow, default=0.0)
    return round(longest - 0.1, 2) if longest >= LEAST_THOUGHT_S else 0.0


def _tools_ran(journal: CallJournal) -> list[tuple[float, float]]:
    """Tell from when to when a tool was running."""
    returned = {entry.call: entry.at for entry in journal.log.of(ToolReturned)}
    return [(entry.at, returned.get(entry.call, journal.seconds)) for entry in journal.log.of(ToolCalled)]


def _folded(text: str) -> tuple[str, ...]:
    return tuple(words(text))
