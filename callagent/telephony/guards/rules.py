"""The guards in the order in which they are asked: what may never be done first."""

from callagent.telephony.guards.attempts import attempts
from callagent.telephony.guards.caller_id import caller_id
from callagent.telephony.guards.countries import countries
from callagent.telephony.guards.do_not_call import do_not_call
from callagent.telephony.guards.emergency import emergency
from callagent.telephony.guards.hours import hours
from callagent.telephony.guards.kinds import kinds
from callagent.telephony.guards.length import length
from callagent.telephony.guards.proposal import Guard, Proposal, Refusal

GUARDS: tuple[Guard, ...] = (emergency, kinds, countries, do_not_call, caller_id, length, attempts, hours)


def check(proposal: Proposal) -> Refusal | None:
    """The first refusal, or None: the call may be made."""
    for guard in GUARDS:
        if refusal := guard(proposal):
            return refusal
    return None
