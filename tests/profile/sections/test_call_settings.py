import pytest

from tests.support.profiles import Profiles

TRANSFER = """\
tools: {transfer_call: {}}
transfer: {destinations: {desk: {to: "+12025550101"}}}
"""


def test_a_number_has_its_own_greeting_and_tools(profiles: Profiles) -> None:
    profiles.minimal(
        "x",
        """\
        greeting: Hello.
        tools: {hang_up: {}, look: {description: Looks., returns: found}}
        replies: [{when: look, call: look}, {when: bye, call: hang_up}, {when: hi, say: Hi.}]
        numbers:
          "+12025550100": {greeting: Good evening., tools: [hang_up]}
          "+12025550199": {greeting: Hi there.}
          "1001": {greeting: Desk.}
        """,
    )
    profile = profiles.load("x")
    ours = profile.for_number("+12025550100")
    assert (ours.greeting, list(ours.tools)) == ("Good evening.", ["hang_up"])
    assert [reply.when for reply in ours.replies] == ["bye", "hi"]
    assert profile.for_number("1001").greeting == "Desk."
    assert list(profile.for_number("+12025550199").tools) == ["hang_up", "look"]
    assert profile.for_number("+12025550111") is profile


@pytest.mark.parametrize(
    "to",
    [
        *("+12025550101", "tel:+1-202-555-0101", "TEL:+12025550101;ext=5"),
        *("sip:1001@pbx.example.com", "sips:desk@example.com;transport=tls", "sip:+12025550101@example.com"),
        *("tel:+12025550101;postd=pp7", "+12025550101;ext=7", "+12025550101x7", "+12025550101 ext. 7"),
        *("sip:100@pbx.example.com", "sip:9112@pbx.example.com", "sip:pbx.example.com", "sip:+1@example.com"),
    ],
)
def test_destinations_are_numbers_and_uris(profiles: Profiles, to: str) -> None:
    profiles.minimal("x", TRANSFER.replace("+12025550101", to))
    assert profiles.load("x").transfer.destinations["desk"].to == to


@pytest.mark.parametrize(
    ("to", "problem"),
    [
        ("tel:911", "'tel:911' is an emergency number, which nothing allows an agent to call"),
        ("tel:1-1-2", "is an emergency number"),
        ("tel:+1911", "is an emergency number of US"),
        ("tel:911;phone-context=example.com", "is an emergency number"),
        ("sip:911@pbx.example.com", "is an emergency number"),
        ("sip:%39%31%31@pbx.example.com", "is an emergency number"),
        ("sip:+1911;x=y@pbx.example.com", "is an emergency number"),
        ("+1234567;ext=7", "is a short number of US"),
        ("+19005551234,,7#", "take premium-rate out of dialling.refused_kinds"),
        ("+12025550101,,", "needs a number such as +12025550101"),
        ("+12025550101;7;+12025550102", "needs a number such as +12025550101"),
        ("+12025550101" + ",7" * 40, "needs a number such as +12025550101"),
        ("+1234567", "'+1234567' is a short number of US"),
        ("tel:+12", "is not a telephone number"),
        ("+11235550101", "does not exist; write +, country code and number, as in +12025550101"),
        ("+999123456789", "begins with a country code that does not exist"),
        ("tel:1001", "needs + and the country code, as in +12025550101, or sip:1001@HOST for an extension"),
        ("tel:*72", "needs + and the country code"),
        ("tel:;ext=5", "needs + and the country code"),
        ("+19005551234", "costs more than a call; take premium-rate out of dialling.refused_kinds to allow it"),
        ("+88213300655", "take international-network out of dialling.refused_kinds"),
    ],
)
def test_nobody_is_transferred_to_a_number_that_may_not_be_dialled(profiles: Profiles, to: str, problem: str) -> None:
    profiles.minimal("x", TRANSFER.replace("+12025550101", to))
    (line,) = profiles.problems("x")
    assert line.startswith("x.yaml:6: transfer.destinations.desk.to: ") and problem in line


KEYED = "tools: {%s}\ntransfer: {trunk: ST_1, destinations: {desk: {to: '+12025550101,,7#'}, shop: {to: '%s'}}}\n"


def test_keys_after_the_answer_need_a_warm_transfer(profiles: Profiles) -> None:
    profiles.minimal("warm", KEYED % ("warm_transfer: {}", "+12025550102;7"))
    assert len(profiles.load("warm").transfer.destinations) == 2
    profiles.minimal("both", KEYED % ("warm_transfer: {}, transfer_call: {}", "+12025550102;ext=7"))
    assert [name for name, to in profiles.load("both").transfer.destinations.items() if to.is_referable] == ["shop"]
    profiles.minimal("cold", KEYED % ("transfer_call: {}", "+12025550102"))
    (line,) = profiles.problems("cold")
    assert "destinations.desk.to: '+12025550101,,7#' has keys behind it; transfer_call (REFER) cannot" in line
    assert "use warm_transfer" in line
    profiles.minimal("none", KEYED % ("warm_transfer: {}, transfer_call: {}", "+12025550102w7"))
    assert len(profiles.problems("none")) == 2


def test_a_kind_that_may_be_dialled_may_be_transferred_to(profiles: Profiles) -> None:
    profiles.minimal("x", TRANSFER.replace("+12025550101", "+19005551234") + "dialling: {refused_kinds: []}\n")
    assert profiles.load("x").transfer.destinations


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ("tools: {transfer_call: {}}", "tools.transfer_call: needs transfer.destinations"),
        (TRANSFER.replace("transfer_call", "warm_transfer"), "transfer.trunk: is missing"),
        (TRANSFER.replace("+12025550101", "the desk"), "needs a number such as +12025550101"),
        (TRANSFER.replace("desk:", "The Desk:"), "the name of a destination has small letters"),
        ("numbers: {'0301234': {}}", "needs a number in E.164"),
        ("numbers: {'+12025550100': {tools: [fly]}}", "the profile has no tool 'fly'"),
        ("flow: {idle: 1 s}", "must be between 3 s and 10 min"),
        ("flow: {max_duration: 3600}", "needs its unit"),
    ],
)
def test_what_is_wrong_is_told(profiles: Profiles, extra: str, problem: str) -> None:
    profiles.minimal("x", extra)
    assert any(problem in line for line in profiles.problems("x"))


def test_replies_may_call_built_in_tools_with_their_arguments(profiles: Profiles) -> None:
    profiles.minimal("x", TRANSFER + "replies: [{when: desk, call: transfer_call, with: {destination: desk}}]\n")
    assert profiles.load("x").replies[0].args == {"destination": "desk"}
    profiles.minimal("y", TRANSFER + "replies: [{when: desk, call: transfer_call}]\n")
    assert "is missing; transfer_call needs it" in profiles.problems("y")[0]
