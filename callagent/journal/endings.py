"""How a call ends: what each event makes of it, and the word that each output has for it.

A call is in one of the `State`s: it is `open`, or `handed over` to somebody in this room, or it has ended. Events
come in the order in which they are noticed, which is not always that in which they happened: a session that
livekit-agents closes because the worker stops looks first as if the agent had hung up. So an end that is known already
gives way to an event that knows better; `TABLE` has which.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Unanswered = Literal[
    "busy",
    "no answer",
    "declined",
    "forbidden",
    "unavailable",
    "not in service",
    "trunk failure",
    "cancelled",
    "refused",
]
"""Why nobody answered an outbound call. `cancelled`: it was hung up on from our side before that; `refused`: a guard
stopped it in the worker, before anybody was called."""

Ending = Literal[
    "caller hung up",
    "agent hung up",
    "transferred",
    "error",
    "timeout",
    "no caller came",
    "machine answered",
    "room closed",
    "worker stopped",
    "agent left",
    Unanswered,
]
"""How a call ended. `caller` is the other side, also where we have called them."""

State = Literal["open", "handed over", Ending]
"""Where a call is on the way to its end."""

Happening = Literal[
    "caller left",
    "another party left",
    "agent hung up",
    "agent left",
    "session failed",
    "job failed",
    "job shut down",
    "worker stopped",
    "room gone",
    "connection lost",
    "nobody knows",
    "no caller came",
    "machine answered",
    "handed over",
    "transfer accepted",
    "time is up",
    Unanswered,
]
"""What may end a call.

caller left: the other side is gone from the room, or from the telephone line.
another party left: somebody who is neither the caller nor an agent of ours.
agent hung up: the agent closed its session, by a tool or because of silence or the longest duration.
agent left: the agent went, and the caller stays with whoever else is there.
session failed: a provider did, for good.
job failed: the program that answers the call did.
job shut down: the session was closed because the job is to end.
worker stopped, room gone: the job tells why it ends, after the session has been closed; it tells one of the two.
connection lost: the server is gone, or went away in between.
nobody knows: the process ends before anybody has told why.
handed over: somebody else talks with the caller in this room; transfer accepted: the network has taken the caller.
time is up: the longest time of a scripted call.
"""

EndReason = Literal[
    "caller hung up", "agent hung up", "error", "timeout", "transferred", "busy", "no answer", "declined"
]
"""The endings that a script tells apart."""

Reason = Literal[
    "caller hung up",
    "agent hung up",
    "no caller came",
    "not answered",
    "machine answered",
    "transferred",
    "error",
    "room closed",
    "worker stopped",
    "agent left",
]
"""The endings that the record of a call tells apart."""

Outcome = Literal["answered", "machine", Unanswered]
"""How an outbound call comes out for whoever dialled: `answered` is a call that was talked on, `machine` one that ended
because a machine had answered."""

UNANSWERED: Final[tuple[Unanswered, ...]] = get_args(Unanswered)
ENDINGS: Final[tuple[Ending, ...]] = get_args(Ending)
HAPPENINGS: Final[tuple[Happening, ...]] = get_args(Happening)

_UNANSWERED: Final[Mapping[Happening, Ending]] = {each: each for each in UNANSWERED}

_KNOWS_BETTER: Final[Mapping[Happening, Ending]] = {
    "room gone": "room closed",
    "worker stopped": "worker stopped",
    "transfer accepted": "transferred",
    **_UNANSWERED,
}
"""Events that tell the truth about an end which something else has been taken for."""

TABLE: Final[Mapping[State, Mapping[Happening, State]]] = {
    "open": {
        "caller left": "caller hung up",
        "agent hung up": "agent hung up",
        "agent left": "agent left",
        "session failed": "error",
        "job failed": "error",
        "job shut down": "worker stopped",
        "worker stopped": "worker stopped",
        "room gone": "room closed",
        "connection lost": "room closed",
        "nobody knows": "worker stopped",
        "no caller came": "no caller came",
        "machine answered": "machine answered",
        "handed over": "handed over",
        "transfer accepted": "transferred",
        "time is up": "timeout",
        **_UNANSWERED,
    },
    "handed over": {
        "caller left": "transferred",
        "another party left": "transferred",
        "job failed": "error",
        "worker stopped": "worker stopped",
        "room gone": "room closed",
        "connection lost": "room closed",
        "nobody knows": "worker stopped",
        "transfer accepted": "transferred",
    },
    "caller hung up": _KNOWS_BETTER,
    "agent hung up": _KNOWS_BETTER,
    "error": _KNOWS_BETTER,
    "no caller came": _KNOWS_BETTER,
    "machine answered": _KNOWS_BETTER,
    "worker stopped": _KNOWS_BETTER,
    "room closed": _KNOWS_BETTER,
    "timeout": _KNOWS_BETTER,
    "transferred": {},
    "agent left": {},
    **{each: {} for each in UNANSWERED},
}
"""State -> event -> state; an event that is not there changes nothing."""


@dataclass(frozen=True, slots=True)
class Words:
    """An ending in the words of each output: the record, a script, and the attempt of a call that nobody answered."""

    record: Reason
    script: EndReason
    attempt: Outcome


WORDS: Final[Mapping[Ending, Words]] = {
    "caller hung up": Words("caller hung up", "caller hung up", "cancelled"),
    "agent hung up": Words("agent hung up", "agent hung up", "cancelled"),
    "transferred": Words("transferred", "transferred", "cancelled"),
    "error": Words("error", "error", "trunk failure"),
    "timeout": Words("agent hung up", "timeout", "cancelled"),
    "agent left": Words("agent left", "agent hung up", "cancelled"),
    "no caller came": Words("no caller came", "error", "cancelled"),
    "machine answered": Words("machine answered", "agent hung up", "machine"),
    "room closed": Words("room closed", "error", "cancelled"),
    "worker stopped": Words("worker stopped", "error", "cancelled"),
    "busy": Words("not answered", "busy", "busy"),
    "no answer": Words("not answered", "no answer", "no answer"),
    "declined": Words("not answered", "declined", "declined"),
    "forbidden": Words("not answered", "declined", "forbidden"),
    "unavailable": Words("not answered", "no answer", "unavailable"),
    "not in service": Words("not answered", "no answer", "not in service"),
    "trunk failure": Words("not answered", "error", "trunk failure"),
    "cancelled": Words("not answered", "error", "cancelled"),
    "refused": Words("not answered", "error", "refused"),
}

SESSION_CLOSED: Final[Mapping[str, Happening]] = {
    "error": "session failed",
    "job_shutdown": "job shut down",
    "participant_disconnected": "caller left",
    "user_initiated": "agent hung up",
    "task_completed": "agent hung up",
}
"""Why a session was closed (the values of livekit's `CloseReason`)."""

AGENT_ENDED: Final[Mapping[str, Happening]] = {
    "silence": "agent hung up",
    "max duration": "agent hung up",
    "provider failure": "session failed",
    "worker stopped": "job shut down",
    "opted out": "agent hung up",
    "operator": "agent hung up",
}
"""What made the agent end the call by itself (`callagent.agent.Ending.why`)."""


def after(state: State, event: Happening) -> State:
    """Tell where the call is after the event."""
    return TABLE[state].get(event, state)


def words_of(state: State) -> Words | None:
    """Return the words for an ending; None while the call goes on."""
    return None if state == "open" or state == "handed over" else WORDS[state]
