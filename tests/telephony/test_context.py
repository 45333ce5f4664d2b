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
        ("%2B442079460123", "+442079460123", "GB"),  # as a URI may write it, which livekit-sip leaves as it is
        ("+1%20(202)%20555-0123", "+12025550123", "US"),
        ("%2B12025550123%0d%0aX-Evil: 1", "%2B12025550123%0d%0aX-Evil: 1", ""),
        ("%2B12025550123%00", "%2B12025550123%00", ""),
        ("100%", "100%", ""),
        ("anonymous", "anonymous", ""),
        ("%61nonymous", "anonymous", ""),
        ("", "", ""),
        ("911", "911", ""),
        ("0" * 40, "0" * 40, ""),
    ],
)
def test_callers_in_every_shape(caller: str, number: str, country: str) -> None:
    context = read_context({**CALL, "sip.phoneNumber": caller})
    assert (context.number, context.country) == (number, country)


@pytest.mark.parametrize(
    ("called", "home", "caller", "expected"),
    [
        ("2025550100", "US", "2025550123", ("+12025550100", "+12025550123", "US")),
        ("2032345678", "US", "2035550123", ("+12032345678", "+12035550123", "US")),  # Connecticut, and not Cairo
        ("2042345678", "CA", "2045550123", ("+12042345678", "+12045550123", "CA")),
        ("4312345678", "US", "4325550123", ("+14312345678", "+14325550123", "US")),
        ("02079460100", "GB", "02079460123", ("+442079460100", "+442079460123", "GB")),
        ("00442079460100", "GB", "00442079460123", ("+442079460100", "+442079460123", "GB")),
        ("02079460100", "GB", "447797123456", ("+442079460100", "+447797123456", "JE")),
        ("08047112233", "IN", "09876543210", ("+918047112233", "+919876543210", "IN")),
        ("+12025550100;user=phone", None, "12025550123;cpc=ordinary", ("+12025550100", "+12025550123", "US")),
        ("+18005550100", None, "2035550123", ("+18005550100", "+12035550123", "US")),
        ("+493012345678", None, "4915112345678", ("+493012345678", "+4915112345678", "DE")),
        ("493012345678", None, "015112345678", ("+493012345678", "+4915112345678", "DE")),
        ("+493012345678", None, "442079460123", ("+493012345678", "+442079460123", "GB")),
        ("+390212345678", None, "00393331234567", ("+390212345678", "+393331234567", "IT")),
        ("2032345678", None, "2035550123", ("2032345678", "2035550123", "")),
        ("1001", None, "1002", ("1001", "1002", "")),
        ("1001", "DE", "015112345678", ("1001", "+4915112345678", "DE")),
    ],
)
def test_carriers_send_both_numbers_in_the_form_of_their_country(
    called: str, home: str | None, caller: str, expected: tuple[str, str, str]
) -> None:
    context = read_context({"sip.trunkPhoneNumber": called, "sip.phoneNumber": caller}, home=home)
    assert (context.own_number, context.number, context.country) == expected


@pytest.mark.parametrize(
    ("called", "own_numbers", "expected"),
    [
        ("02079460100", ("+442079460100",), "+442079460100"),
        ("02079460100", ("+442079460100", "+493023125100", "+12025550100"), "+442079460100"),
        ("02079460199", ("+442079460100", "+12025550100"), "+442079460199"),  # nobody else can be meant
        ("03023125100", ("+442079460100", "+493023125100"), "+493023125100"),
        ("03023125100", (), "03023125100"),
        ("1001", ("1001", "+442079460100"), "1001"),
    ],
)
def test_our_own_numbers_tell_how_the_called_number_is_meant(
    called: str, own_numbers: tuple[str, ...], expected: str
) -> None:
    context = read_context({"sip.trunkPhoneNumber": called}, own_numbers=own_numbers)
    assert context.own_number == expected


def test_the_country_of_our_numbers_is_that_of_the_callers_too() -> None:
    attributes = {"sip.trunkPhoneNumber": "1001", "sip.phoneNumber": "02079460123"}
    assert read_context(attributes, own_numbers=["+442079460100"]).number == "+442079460123"
    assert read_context(attributes, '{"profiles": {"+442079460100": "en-GB"}}').number == "+442079460123"
    assert read_context({**attributes, "callagent.home": "gb"}).number == "+442079460123"


def test_a_home_that_is_no_country_is_told() -> None:
    context = read_context({"sip.phoneNumber": "02079460123", "callagent.home": "UK"})
    assert context.number == "02079460123"
    assert context.problems == ("attribute callagent.home is not a country (ISO 3166, as in DE)",)


@pytest.mark.parametrize(
    "sent",
    [
        *("anonymous", "Anonymous", "restricted", "Unavailable", "PRIVATE", "private number", "Private-Number"),
        *("unknown", "withheld", "blocked", '"Anonymous"', "anonymous@anonymous.invalid"),
        *("sip:anonymous@anonymous.invalid", "<sip:anonymous@192.0.2.1;user=phone>", "+266696687", "7378742833"),
    ],
)
def test_a_caller_who_is_not_shown_has_no_number_and_no_country(sent: str) -> None:
    context = read_context({**CALL, "sip.phoneNumber": sent})
    assert (context.number, context.withheld, context.country, context.time_zones) == ("anonymous", True, "", ())
    assert context.as_dict()["withheld"] is True


@pytest.mark.parametrize("sent", ["", "1002", "alice", "+442079460123", "sip:alice@example.com"])
def test_others_are_shown(sent: str) -> None:
    assert not read_context({**CALL, "sip.phoneNumber": sent}).withheld


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


def test_of_somebody_who_is_no_telephone_nothing_counts_that_only_a_telephone_has() -> None:
    context = read_context({**CALL, "lk.agent.state": "x"}, identity="browser", is_phone=False)
    assert (context.number, context.own_number, context.withheld) == ("", "", False)
    assert (context.trunk, context.rule, context.call_id, context.sip_call_id, context.country) == ("",) * 5
    assert (dict(context.headers), dict(context.attributes)) == ({}, {"campaign": "spring"})
    assert context.problems == ("10 attributes that only a telephone has ignored",)
    assert read_context({"campaign": "spring"}, is_phone=False).problems == ()


@pytest.mark.parametrize(
    "sent",
    [
        "Anonymous <sip:anonymous@anonymous.invalid>",
        '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1',
        "<sip:Restricted@10.0.0.1>",
        '"Unavailable" <sip:unavailable@unknown.invalid>',
        "tel:anonymous",
        "anonymous@anonymous.invalid",
    ],
)
def test_a_caller_withheld_in_a_whole_header_is_withheld(sent: str) -> None:
    context = read_context({"sip.phoneNumber": sent, "sip.trunkPhoneNumber": "+12025550100"})
    assert (context.number, context.withheld, context.country) == ("anonymous", True, "")


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("1001@pbx", "1001"),
        ("sip:1001@pbx.example.com;transport=tcp", "1001"),
        ('"Desk" <sip:*97@pbx>', "*97"),
        ("2025550123@pbx", "+12025550123"),
        ('"Ann" <sip:+12025550123@example.com>', "+12025550123"),
        ("alice@example.com", "alice@example.com"),
    ],
)
def test_an_extension_is_the_user_of_its_address(sent: str, number: str) -> None:
    caller = {"sip.phoneNumber": sent, "sip.trunkPhoneNumber": "+12025550100"}
    called = {"sip.phoneNumber": "+12025550199", "sip.trunkPhoneNumber": sent}
    assert read_context(caller, own_numbers=["+12025550100"]).number == number
    assert read_context(called, own_numbers=["+12025550100"]).own_number == number
