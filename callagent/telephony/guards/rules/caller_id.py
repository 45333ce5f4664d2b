"""The number that is shown to the callee is one of ours."""

from callagent.telephony.guards.proposal import Proposal, Refusal
from callagent.telephony.trunk_numbers import ANY_NUMBER, is_on_trunk

RULE = "caller-ID"


def caller_id(proposal: Proposal) -> Refusal | None:
    """Refuse a caller-ID that the trunk does not own; pass while the numbers of the trunk are not known."""
    caller, numbers = proposal.caller_id, proposal.trunk_numbers
    if numbers is None:
        return None
    if caller is None:
        missing = Refusal(RULE, "the trunk takes any caller-ID and has none of its own", "name one with --from")
        return missing if ANY_NUMBER in numbers else None
    if proposal.settings.any_caller_id or is_on_trunk(caller, numbers):
        return None
    owned = ", ".join(numbers[:5]) + (", …" if len(numbers) > 5 else "")
    remedy = "choose one with --from, or set dialling.any_caller_id to true where the carrier permits it"
    return Refusal(RULE, f"{caller} is not a number of the trunk ({owned or 'it has none'})", remedy)
