"""People are called in the hours in which they may be called, by their own clock."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callagent.phone_numbers.number import Number
from callagent.phone_numbers.time_zones import zones_of_country
from callagent.profile import ClockTime
from callagent.profile.sections.dial_settings import NO_COUNTRY
from callagent.telephony.guards.proposal import Proposal, Refusal

RULE = "calling hours"


def hours(proposal: Proposal) -> Refusal | None:
    """Refuse a call outside the calling hours of any time zone that the number may be in.

    A number without zones, such as a free one that countries share, is called in the hours of the caller-ID's country;
    this passes while the caller-ID is not known yet.
    """
    opening = proposal.settings.hours
    if opening.always:
        return None
    span = f"{ClockTime.text(opening.opens)} to {ClockTime.text(opening.closes)}, {' '.join(opening.days)}"
    remedy = f"dialling.hours allows {span}"
    number, caller = proposal.number, proposal.caller_id
    zones, which = number.time_zones, f"where {number} may be"
    if not zones and _called_from_home(number):
        if caller is None and proposal.trunk_numbers is None:
            return None
        if caller is None:
            remedy = "name a caller-ID with --from: the hours of its country count"
        else:
            zones = zones_of_country(caller.region) or caller.time_zones
            which = f"in {caller.region}, the country of the caller-ID, whose hours count for {number} ({number.kind})"
    if not zones:
        return Refusal(RULE, f"the time zone of {number} is not known", remedy)
    for name in zones:
        try:
            there = proposal.now.astimezone(ZoneInfo(name))
        except ZoneInfoNotFoundError:
            return Refusal(RULE, f"this system knows no time zone {name}", "install the package tzdata")
        if not opening.include(there.weekday(), there.time()):
            clock = f"{there:%a %H:%M}".lower()
            where = name if len(zones) == 1 and number.time_zones else f"{name}, {which}"
            return Refusal(RULE, f"it is {clock} in {where}", remedy)
    return None


def _called_from_home(number: Number) -> bool:
    """Tell whether a number without zones can be called only from the countries that share it."""
    return number.region != NO_COUNTRY or number.kind == "toll-free"
