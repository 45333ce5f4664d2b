import pytest

from callagent.telephony import read_context
from callagent.telephony.attestation import attestation

NUMBER = "+12025550123"


@pytest.mark.parametrize(
    ("headers", "sureness"),
    [
        ({}, "unverified"),
        ({"x-twilio-verstat": "TN-Validation-Passed-A"}, "attested A"),
        ({"x-twilio-verstat": "TN-Validation-Passed-B"}, "attested B"),
        ({"x-twilio-verstat": "TN-Validation-Passed-C"}, "attested C"),
        ({"x-twilio-verstat": "TN-Validation-Failed-A"}, "failed"),
        ({"x-twilio-verstat": "No-TN-Validation"}, "unverified"),
        ({"verstat": "TN-Validation-Passed"}, "attested"),
        ({"x-verstat": "tn-validation-passed-a"}, "attested A"),
        ({"x-verstat": "TN-Validation-Passed-Always"}, "unverified"),
        ({"x-verstat": "no"}, "unverified"),
        ({"p-attestation-indicator": "A"}, "attested A"),
        ({"attestation-info": " b "}, "attested B"),
        ({"attestation-info": "AB"}, "unverified"),
        ({"verstat": "TN-Validation-Passed", "attestation-info": "C"}, "attested C"),
        ({"verstat": "TN-Validation-Failed", "attestation-info": "A"}, "failed"),
        (
            {"p-asserted-identity": f"<sip:{NUMBER};verstat=TN-Validation-Passed-A@example.com;user=phone>"},
            "attested A",
        ),
        ({"p-asserted-identity": f'"Al" <tel:{NUMBER};verstat=TN-Validation-Failed>'}, "failed"),
        ({"p-asserted-identity": f"<sip:{NUMBER}@example.com>"}, "asserted"),
        ({"p-asserted-identity": "<sip:12025550123@example.com>, <tel:+12025550199>"}, "asserted"),
        ({"p-asserted-identity": "<sip:2025550123@example.com>"}, "asserted"),
        ({"p-asserted-identity": "<sip:+12025550199@example.com>"}, "unverified"),
        ({"p-asserted-identity": "<sip:anonymous@anonymous.invalid>"}, "unverified"),
        ({"from": "<sip:+12025550123;verstat=No-TN-Validation@example.com>"}, "unverified"),
        ({"x-note": "TN-Validation-Passed-A"}, "unverified"),
        # Of two that do not agree, the one that is less sure.
        ({"x-verstat": "TN-Validation-Passed-A", "x-twilio-verstat": "TN-Validation-Failed"}, "failed"),
        ({"x-verstat": "TN-Validation-Passed-A", "from": "<sip:a;verstat=TN-Validation-Passed-C@b>"}, "attested C"),
    ],
)
def test_how_sure_a_number_is(headers: dict[str, str], sureness: str) -> None:
    assert attestation(headers, NUMBER, "US") == sureness


@pytest.mark.parametrize("number", ["", "anonymous", "1001"])
def test_what_is_no_number_is_never_sure(number: str) -> None:
    assert attestation({"x-verstat": "TN-Validation-Passed-A"}, number) == "unverified"


def test_it_is_part_of_the_context_of_a_call() -> None:
    caller = {"sip.phoneNumber": NUMBER, "sip.h.X-Verstat": "TN-Validation-Passed-A"}
    assert read_context(caller).as_dict()["attestation"] == "attested A"
    assert read_context({"sip.phoneNumber": NUMBER}).attestation == "unverified"
