"""The number that is shown to the callee is one of ours."""

from callagent.telephony.guards.proposal import ANY_NUMBER, Proposal, Refusal
from callagent.telephony.numbers import InvalidNumber, parse_number

RULE = "caller-ID"


def caller_id(proposal: Proposal) -> Refusal | None:
    """Refuses a caller-ID that the trunk does not own; passes while the numbers of the trunk are not known."""
    caller, numbers = proposal.caller_id, proposal.trunk_numbers
    if caller is None or numbers is None or proposal.settings.any_caller_id:
        return None
    if ANY_NUMBER in numbers or caller.e164 in {_e164(number) for number in numbers}:
        return None
    owned = ", ".join(numbers[:5]) + (", …" if len(numbers) > 5 else "")
    remedy = "choose one with --from, or set dialling.any_caller_id to true where the carrier permits it"
    return Refusal(RULE, f"{caller} is not a number of the trunk ({owned or 'it has none'})", remedy)


def _e164(number: str) -> str:
    try:
        return parse_number(number).e164
    except InvalidNumber:
        return number
