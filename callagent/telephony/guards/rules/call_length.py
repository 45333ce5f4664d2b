"""No call without an end."""

from callagent.telephony.guards.proposal import Proposal, Refusal
from callagent.yaml_config.units import DURATION

RULE = "length of call"


def length(proposal: Proposal) -> Refusal | None:
    """Refuse a call that is asked to be longer than any may be."""
    limit = proposal.settings.max_call
    if proposal.max_call is None or proposal.max_call <= limit:
        return None
    reason = f"{DURATION.text(proposal.max_call)} is longer than any call may be"
    return Refusal(RULE, reason, f"dialling.max_call allows {DURATION.text(limit)}")
