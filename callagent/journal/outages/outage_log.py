"""From what fails in a call to its log: see `callagent.journal.outages.outage_events`."""

from collections.abc import Mapping
from typing import Any

from callagent.journal.call_log import ObservationLog
from callagent.journal.events import Observation
from callagent.journal.outages.outage_events import (
    CallBackDue,
    FellBack,
    Hung,
    OutageStep,
    OutageTreated,
    ProviderFailed,
    Recovered,
)


class OutageLog:
    """Writes what it is told into a log: an `OutageWatcher` of `callagent.agent`."""

    def __init__(self, log: ObservationLog) -> None:
        self._log = log

    def provider_failed(self, part: str, provider: str, error: str) -> None:
        """Log that a provider failed."""
        self._log.add(ProviderFailed(self._log.now(), part, provider, error))

    def fell_back(self, part: str, provider: str, to: str) -> None:
        """Log that another one of its chain answers."""
        self._log.add(FellBack(self._log.now(), part, provider, to))

    def recovered(self, part: str, provider: str) -> None:
        """Log that one answers again."""
        self._log.add(Recovered(self._log.now(), part, provider))

    def hung(self, who: str, where: str, seconds: float) -> None:
        """Log that something took too long."""
        self._log.add(Hung(self._log.now(), who, where, seconds))

    def treated(self, step: OutageStep, why: str) -> None:
        """Log what the caller gets, and that somebody has to call them back."""
        self._log.add(OutageTreated(self._log.now(), step, why))
        if step == "call back":
            self._log.add(CallBackDue(self._log.now(), why))


def outage_in_record(entry: Observation) -> Mapping[str, Any] | None:
    """Return an outage as a record of a call has it among its events; None for what is none."""
    match entry:
        case ProviderFailed(part=part, provider=provider, error=error):
            return {"type": "provider failed", "part": part, "provider": provider, "detail": error}
        case FellBack(part=part, provider=provider, to=to):
            return {"type": "fallback", "part": part, "from": provider, "to": to}
        case Recovered(part=part, provider=provider):
            return {"type": "recovered", "part": part, "provider": provider}
        case Hung(who=who, where=where, seconds=seconds):
            return {"type": "hung", "who": who, "where": where, "seconds": seconds}
        case OutageTreated(step=step, why=why):
            return {"type": "outage", "outcome": step, "detail": why}
        case CallBackDue(why=why):
            return {"type": "call back", "detail": why}
    return None
