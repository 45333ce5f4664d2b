"""Only countries that are meant to be called are called."""

from callagent.telephony.guards.proposal import Proposal, Refusal

RULE = "countries"


def countries(proposal: Proposal) -> Refusal | None:
    """Refuses a number of another country than those of the settings or, without any, that of the caller-ID."""
    number, allowed = proposal.number, proposal.settings.countries
    if allowed:
        known = f"dialling.countries allows {', '.join(allowed)}"
    elif proposal.caller_id is not None:
        allowed = (proposal.caller_id.region,)
        known = f"without dialling.countries only {allowed[0]}, the country of the caller-ID, is allowed"
    else:
        known = "neither dialling.countries nor --from says which country is allowed"
    if number.region in allowed:
        return None
    wider = ", ".join((*allowed, number.region))
    return Refusal(RULE, f"{number} is in {number.region}; {known}", f"set dialling.countries to [{wider}] to allow it")
