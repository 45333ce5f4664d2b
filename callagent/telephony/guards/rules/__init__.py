"""The guards in the order in which they are asked: what may never be done first."""

from callagent.telephony.guards.proposal import Guard, Proposal, Refusal
from callagent.telephony.guards.rules.attempts import attempts
from callagent.telephony.guards.rules.call_length import length
from callagent.telephony.guards.rules.caller_id import caller_id
from callagent.telephony.guards.rules.calling_hours import hours
from callagent.telephony.guards.rules.countries import countries
from callagent.telephony.guards.rules.do_not_call import do_not_call
from callagent.telephony.guards.rules.emergency import emergency
from callagent.telephony.guards.rules.premium_numbers import kinds

GUARDS: tuple[Guard, ...] = (emergency, kinds, countries, do_not_call, caller_id, length, attempts, hours)


def check(proposal: Proposal) -> Refusal | None:
    """Return the first refusal, or None: the call may be made."""
    for guard in GUARDS:
        if refusal := guard(proposal):
            return refusal
    return None
