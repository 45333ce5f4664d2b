"""Numbers that cost more than a call are not called."""

from callagent.telephony.guards.proposal import Proposal, Refusal

RULE = "number kinds"


def kinds(proposal: Proposal) -> Refusal | None:
    """Refuse premium-rate numbers and the like: toll fraud begins with a call to one."""
    number = proposal.number
    if number.kind not in proposal.settings.refused_kinds:
        return None
    remedy = f"take {number.kind} out of dialling.refused_kinds to allow it"
    return Refusal(RULE, f"{number} is a {number.kind} number", remedy)
