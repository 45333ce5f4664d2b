"""Debug lines of what the gate does: every step of an overlap, with the rule that made it as its tag."""

import logging
from collections.abc import Callable

from callagent.turns.gate.decisions import (
    CancelTimer,
    Decision,
    Deliver,
    Drop,
    Hold,
    Interrupt,
    Journal,
    Pass,
    Resume,
    SetTimer,
)

_log = logging.getLogger("callagent.turns")

_MESSAGES = {Hold: "held", Drop: "dropped", Deliver: "delivered", Pass: "passed"}


def log_step(decision: Decision, text_of: Callable[[int], str]) -> None:
    """Tell about `decision` before it is carried out; `text_of` gives the words of a transcript by its key.

    Fields: `tag` is the rule (`soft_ack`, `grace`, `command`, `content`, …), `at` and `until` are seconds of the call,
    `pii_heard` are the caller's words.
    """
    if not _log.isEnabledFor(logging.DEBUG):
        return
    match decision:
        case SetTimer(purpose="grace", due=due):
            _log.debug("grace begun", extra={"tag": "grace", "until": due})
        case Interrupt(rule=rule, at=at, heard=heard):
            _log.debug("interrupted", extra={"tag": rule, "at": at, "pii_heard": heard})
        case Hold(keys=keys) | Drop(keys=keys) | Deliver(keys=keys) | Pass(keys=keys):
            heard = " / ".join(filter(None, map(text_of, keys)))
            fields = {"tag": decision.rule, "at": decision.at, "pii_heard": heard}
            _log.debug(_MESSAGES[type(decision)], extra=fields)
        case Resume(rule=rule, at=at):
            _log.debug("resumed", extra={"tag": rule, "at": at})
        case Journal(record=record):
            seen = {"tag": record.rule, "decision": record.decision, "reaction_ms": record.reaction_ms}
            _log.debug("overlap", extra={**seen, "pii_heard": record.text})
        case SetTimer() | CancelTimer():
            pass
