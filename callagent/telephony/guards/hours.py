"""People are called in the hours in which they may be called, by their own clock."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callagent.profile import ClockTime
from callagent.telephony.guards.proposal import Proposal, Refusal

RULE = "calling hours"


def hours(proposal: Proposal) -> Refusal | None:
    """Refuses a call outside the calling hours of any time zone that the number may be in."""
    opening = proposal.settings.hours
    if opening.always:
        return None
    span = f"{ClockTime.text(opening.opens)} to {ClockTime.text(opening.closes)}, {' '.join(opening.days)}"
    remedy = f"dialling.hours allows {span}"
    number = proposal.number
    if not number.time_zones:
        return Refusal(RULE, f"the time zone of {number} is not known", remedy)
    for name in number.time_zones:
        try:
            there = proposal.now.astimezone(ZoneInfo(name))
        except ZoneInfoNotFoundError:
            return Refusal(RULE, f"this system knows no time zone {name}", "install the package tzdata")
        if not opening.include(there.weekday(), there.time()):
            clock = f"{there:%a %H:%M}".lower()
            where = name if len(number.time_zones) == 1 else f"{name}, where {number} may be"
            return Refusal(RULE, f"it is {clock} in {where}", remedy)
    return None
