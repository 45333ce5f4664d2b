"""What a SIP status makes of a call, over every final status that there may be."""

from callagent.livekit_api import CallRefused
from callagent.telephony.outbound.outcomes import Failure, failure_of

KNOWN = {
    486: "busy",
    600: "busy",
    408: "no answer",
    487: "no answer",
    603: "declined",
    607: "declined",
    608: "declined",
    403: "forbidden",
    480: "unavailable",
    404: "not in service",
    410: "not in service",
    484: "not in service",
    604: "not in service",
}


def told(status: int) -> Failure:
    return failure_of(
        CallRefused("placing the call", code="unavailable", status=503, sip_status=status, reason="Reason")
    )


def test_each_known_final_status_is_an_outcome_of_its_own_and_every_other_one_of_the_trunk() -> None:
    outcomes = {status: told(status).outcome for status in range(300, 700)}
    assert {status: outcome for status, outcome in outcomes.items() if outcome != "trunk failure"} == KNOWN


def test_the_carriers_words_are_kept_in_one_line() -> None:
    assert told(486) == Failure("busy", "486 Reason", 486)
