"""Nobody is called again and again."""

from callagent.telephony.guards.proposal import Proposal, Refusal

RULE = "attempts per day"


def attempts(proposal: Proposal) -> Refusal | None:
    """Refuse a number that was called too often in the last 24 hours."""
    limit = proposal.settings.attempts_per_day
    if proposal.attempts < limit:
        return None
    times = "once" if proposal.attempts == 1 else f"{proposal.attempts} times"
    reason = f"{proposal.number} was called {times} in the last 24 hours"
    return Refusal(RULE, reason, f"dialling.attempts_per_day allows {limit}")
