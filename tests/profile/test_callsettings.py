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
        """,
    )
    profile = profiles.load("x")
    ours = profile.for_number("+12025550100")
    assert (ours.greeting, list(ours.tools)) == ("Good evening.", ["hang_up"])
    assert [reply.when for reply in ours.replies] == ["bye", "hi"]
    assert list(profile.for_number("+12025550199").tools) == ["hang_up", "look"]
    assert profile.for_number("+12025550111") is profile


def test_destinations_are_numbers_and_uris(profiles: Profiles) -> None:
    profiles.minimal("x", TRANSFER)
    assert profiles.load("x").transfer.destinations["desk"].to == "+12025550101"


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
