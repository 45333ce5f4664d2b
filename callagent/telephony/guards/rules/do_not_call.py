"""Whoever asked not to be called is not called."""

from callagent.telephony.guards.proposal import Proposal, Refusal

RULE = "do not call"


def do_not_call(proposal: Proposal) -> Refusal | None:
    """Refuse a number that is on the do-not-call list."""
    if not proposal.do_not_call:
        return None
    remedy = f"`callagent dnc remove {proposal.number}`, or take it out of the file, once they have agreed to be called"
    return Refusal(RULE, f"{proposal.number} is on the do-not-call list ({proposal.do_not_call})", remedy)
