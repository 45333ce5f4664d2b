"""Only countries that are meant to be called are called."""

from callagent.telephony.guards.proposal import Proposal, Refusal

RULE = "countries"


def countries(proposal: Proposal) -> Refusal | None:
    """Refuse a number of another country than those of the settings or, without any, that of the caller-ID."""
    number, allowed, caller = proposal.number, proposal.settings.countries, proposal.caller_id
    if allowed:
        known = f"dialling.countries allows {', '.join(allowed)}"
    elif caller is not None and caller.region:
        allowed = (caller.region,)
        known = f"without dialling.countries only {caller.region}, the country of the caller-ID, is allowed"
    elif proposal.region:
        allowed = (proposal.region,)
        known = f"without dialling.countries only {proposal.region}, the country of --region, is allowed"
    elif caller is not None:
        known = f"the caller-ID {caller} is of no country, and neither dialling.countries nor --region names one"
    else:
        known = "neither dialling.countries nor --from says which country is allowed"
    if number.region in allowed:
        return None
    wider = ", ".join((*allowed, number.region))
    return Refusal(RULE, f"{number} is in {number.region}; {known}", f"set dialling.countries to [{wider}] to allow it")
