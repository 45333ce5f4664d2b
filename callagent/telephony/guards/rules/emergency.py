"""Emergency and short numbers are never called."""

from callagent.telephony.guards.proposal import Proposal, Refusal

RULE = "emergency numbers"


def emergency(proposal: Proposal) -> Refusal | None:
    """Refuse numbers of help lines and services, in every country, whatever the settings say."""
    number = proposal.number
    if number.kind not in ("emergency", "short"):
        return None
    where = f" of {number.region}" if number.region else ""
    what = "an emergency number" if number.kind == "emergency" else "a short number"
    return Refusal(RULE, f"{number} is {what}{where}", "nothing allows an agent to call it")
