import json

import pytest

from callagent.telephony.context import LONGEST_METADATA, LONGEST_VALUE, MOST_ENTRIES, read_context

CALL = {
    "sip.callStatus": "active",
    "sip.phoneNumber": "+442079460123",
    "sip.trunkPhoneNumber": "+12025550100",
    "sip.trunkID": "ST_1",
    "sip.ruleID": "SDR_1",
    "sip.callID": "SCL_1",
    "sip.callIDFull": "abc@192.0.2.1",
    "sip.h.X-Order": "17",
    "callagent.profile": "en-GB",
    "campaign": "spring",
}


def test_everything_that_is_known_of_a_call() -> None:
    context = read_context(CALL, '{"order": 17}', identity="sip_+442079460123")
    assert (context.direction, context.number, context.own_number) == ("inbound", "+442079460123", "+12025550100")
    assert (context.country, context.time_zones) == ("GB", ("Europe/London",))
    assert (context.trunk, context.rule, context.call_id, context.sip_call_id) == (
        *("ST_1", "SDR_1", "SCL_1"),
        "abc@192.0.2.1",
    )
    assert dict(context.headers) == {"x-order": "17"}
    assert dict(context.attributes) == {"callagent.profile": "en-GB", "campaign": "spring"}
    assert dict(context.metadata) == {"order": 17}
    assert (context.identity, context.problems) == ("sip_+442079460123", ())


def test_a_context_can_be_written_as_json() -> None:
    assert json.loads(json.dumps(read_context(CALL).as_dict()))["headers"] == {"x-order": "17"}


def test_a_call_that_we_placed_is_outbound() -> None:
    assert read_context(CALL, '{"direction": "outbound"}').direction == "outbound"


@pytest.mark.parametrize(
    ("caller", "number", "country"),
    [
        ("442079460123", "+442079460123", "GB"),  # without its +
        ("(202) 555-0123", "+12025550123", "US"),  # as it is dialled at home
        ("2025550123", "+12025550123", "US"),
        ("sip:+442079460123@192.0.2.1;user=phone", "+442079460123", "GB"),
        ("anonymous", "anonymous", ""),
        ("", "", ""),
        ("911", "911", ""),
        ("0" * 40, "0" * 40, ""),
    ],
)
def test_callers_in_every_shape(caller: str, number: str, country: str) -> None:
    context = read_context({**CALL, "sip.phoneNumber": caller})
    assert (context.number, context.country) == (number, country)


def test_a_call_without_any_attributes_has_an_empty_context() -> None:
    context = read_context({})
    assert (context.number, context.country, context.problems) == ("", "", ())


def test_control_characters_become_spaces_and_are_told() -> None:
    context = read_context({**CALL, "sip.h.X-Name": "Al\r\nInjected: yes\x00\u202e", "sip.trunkID": "ST\n1"})
    assert (context.headers["x-name"], context.trunk) == ("Al Injected: yes", "ST 1")
    assert set(context.problems) == {
        "attribute sip.h.X-Name had control characters",
        "attribute sip.trunkID had control characters",
    }


def test_a_megabyte_in_a_header_is_cut_and_told() -> None:
    context = read_context({**CALL, "sip.h.X-Big": "x" * 1_000_000})
    assert len(context.headers["x-big"]) == LONGEST_VALUE
    assert context.problems == ("attribute sip.h.X-Big of 1000000 characters cut",)


def test_a_thousand_headers_do_not_crowd_out_the_call_itself() -> None:
    flood = {f"sip.h.X-{number}": "x" for number in range(1000)}
    context = read_context({**flood, "sip.h." + "x" * 200: "x", **CALL})
    assert (context.number, context.trunk) == ("+442079460123", "ST_1")
    assert len(context.headers) == MOST_ENTRIES
    assert context.problems == ("940 attributes left out",)


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ("hello", "dispatch metadata is not JSON"),
        ("[" * 50_000, "dispatch metadata is not JSON"),
        ('"de-DE"', "dispatch metadata is not a JSON object"),
        ("x" * 1_000_000, "dispatch metadata of 1000000 characters ignored"),
        (json.dumps({"x": "x" * LONGEST_METADATA}), "dispatch metadata of"),
    ],
)
def test_metadata_that_is_no_use_is_told(metadata: str, problem: str) -> None:
    context = read_context(CALL, metadata)
    assert dict(context.metadata) == {}
    assert context.problems[0].startswith(problem)
