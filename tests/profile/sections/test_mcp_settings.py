"""MCP servers in a profile: what is refused, and what is told before a call begins."""

import pytest

from callagent.profile import load_targets, tool_names
from callagent.profile.profile import hosts_of, targets_of
from callagent.yaml_config import ConfigError
from tests.support.absent import take_away
from tests.support.profiles import Profiles


@pytest.mark.parametrize(
    ("server", "message"),
    [
        ("{}", ": needs exactly one of `url` and `command`"),
        ("{url: 'https://a.example/mcp', command: [a]}", ": needs exactly one of `url` and `command`"),
        ("{url: a.example}", ".url: needs an address such as https://crm.example/mcp"),
        ("{url: 'https://me:pw@a.example/mcp'}", ".url: a secret is for `headers`"),
        ("{url: 'https://a.example/mcp?key=${KEY}'}", ".url: a secret is for `headers`"),
        ("{url: 'https://a.example/mcp', env: {A: b}}", ".env: is for a `command`"),
        ("{command: [a], headers: {A: b}}", ".headers: is for a `url`"),
        ("{command: a}", ".command: needs a list"),
        ("{comand: [a]}", ".comand: unknown key; did you mean 'command'?"),
        ("{command: [a], timeout: 1 ms}", ".timeout: "),
    ],
)
def test_servers_that_could_not_be_reached_are_refused(profiles: Profiles, server: str, message: str) -> None:
    profiles.minimal("x", f"mcp: {{crm: {server}}}\n")
    assert any(told.startswith(f"x.yaml:5: mcp.crm{message}") for told in profiles.problems("x"))


def refused(profiles: Profiles, server: str) -> str:
    profiles.minimal("x", f"mcp: {{crm: {server}}}\n")
    with pytest.raises(ConfigError) as caught:
        load_targets(profiles.load("x"))
    return str(caught.value)


def test_what_is_missing_is_one_line(profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLAGENT_INSECURE", raising=False)
    assert refused(profiles, "{command: [no-such-program]}").endswith(
        "x.yaml:5: mcp.crm.command: there is no program 'no-such-program' that could be started"
    )
    assert "mcp.crm.url: http://crm.example is not encrypted" in refused(profiles, "{url: 'http://crm.example/mcp'}")
    take_away(monkeypatch, "mcp")
    assert refused(profiles, "{url: 'https://crm.example/mcp'}").endswith(
        "x.yaml:5: mcp.crm: an MCP server needs the Python package mcp: pip install 'callagent[mcp]'"
    )


def test_replies_call_what_is_allowed(profiles: Profiles) -> None:
    server = "mcp: {crm: {url: 'https://crm.example/mcp', allowed: [find_customer]}}\n"
    profiles.minimal("x", server + "replies: [{when: who, call: find_customer, with: {name: Eve}}]\n")
    assert tool_names(profiles.load("x")) == ["find_customer"]
    profiles.minimal("x", server + "replies: [{when: who, call: find_costumer}]\n")
    (problem,) = profiles.problems("x")
    assert problem.endswith("replies[0].call: the profile has no tool 'find_costumer'; did you mean 'find_customer'?")


def test_secrets_come_from_the_environment_and_are_shown_nowhere(profiles: Profiles) -> None:
    profiles.minimal(
        "x",
        "mcp:\n  a: {url: 'https://a.example/mcp', headers: {A: '${KEY}'}}\n  b: {command: [sh], env: {K: '${KEY}'}}\n",
    )
    profile = profiles.load("x", KEY="abc123")
    assert (profile.mcp["a"].headers, profile.mcp["b"].env) == ({"A": "abc123"}, {"K": "abc123"})
    assert "abc123" not in repr(profile.mcp)
    assert "a.example" in hosts_of(profile)
    assert targets_of(profile) == ("sh",)
