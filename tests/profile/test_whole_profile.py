"""What a whole profile says of the calls that it makes: the code that it runs, the hosts that it sends to."""

import pytest

from callagent.profile.profile import hosts_of, targets_of
from tests.support.profiles import Profiles


def test_the_functions_of_its_tools_are_listed_once(profiles: Profiles) -> None:
    profiles.minimal(
        "x",
        """\
        tools:
          hang_up: {}
          first: {description: A., run: 'os:getcwd'}
          second: {description: B., returns: Done.}
          third: {description: C., run: 'os:getcwd'}
          fourth: {description: D., run: 'os:getpid'}
        """,
    )
    assert targets_of(profiles.load("x")) == ("os:getcwd", "os:getpid")
    own = profiles.load("x", "providers.llm=['own:make', 'openai/gpt-5:high', script]", "providers.vad=own:detect")
    assert targets_of(own) == ("os:getcwd", "os:getpid", "own:make", "own:detect")


@pytest.mark.parametrize(
    ("options", "hosts"),
    [
        ("model: nova-3", ()),
        ("base_url: 'https://api.example.com/v1'", ("api.example.com",)),
        ("url: 'wss://api.example.com:8443/${PATH}'", ("api.example.com",)),
        ("base_url: api.example.com/v1", ("api.example.com/v1",)),
        ("base_url: 'https://${HOST}/v1'", ("https://${HOST}/v1",)),
        ("base_url: '${URL}'", ("${URL}",)),
        ("base_url: ''", ()),
        ("base_url: 3", ()),
        ("url: '://x'", ("://x",)),
        (
            "mirrors: ['https://a.example', {eu: 'https://b.example', us: 'https://a.example'}]",
            ("a.example", "b.example"),
        ),
        ("base_url: [first.example, second.example]", ("first.example", "second.example")),
    ],
)
def test_the_hosts_in_options_of_providers_are_listed_once(
    profiles: Profiles, options: str, hosts: tuple[str, ...]
) -> None:
    profiles.minimal("x", f"provider_options: {{stt: {{deepgram: {{{options}}}}}}}\n")
    assert hosts_of(profiles.load("x")) == hosts


def test_a_destination_that_costs_more_is_named_by_its_key(profiles: Profiles) -> None:
    profiles.minimal(
        "x", "tools: {transfer_call: {}}\ntransfer:\n  destinations:\n    line:\n      to: '+19005551234'\n"
    )
    (problem,) = profiles.problems("x")
    assert problem.startswith("x.yaml:9: transfer.destinations.line.to: costs more than a call")


def test_a_tool_that_a_number_does_not_have_is_named_by_its_key(profiles: Profiles) -> None:
    profiles.minimal("x", "numbers:\n  '+12025550100':\n    tools:\n      - gone\n")
    assert profiles.problems("x") == ["x.yaml:8: numbers.+12025550100.tools[0]: the profile has no tool 'gone'"]
