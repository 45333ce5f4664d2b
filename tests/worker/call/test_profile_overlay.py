from typing import Any

import pytest

from callagent.profile import Profile, load_profile
from callagent.worker.call.profile_selection import CODE, FIXED, overlay
from callagent.yaml_config import ConfigError


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile("en-US", env={})


def test_without_fields_the_profile_is_itself(profile: Profile) -> None:
    assert overlay(profile, {}) is profile


def test_fields_replace_those_of_the_profile(profile: Profile) -> None:
    changed = overlay(profile, {"greeting": "Hello.", "interruption": {**interruption(profile), "grace": "500 ms"}})
    assert (changed.greeting, changed.interruption.grace) == ("Hello.", 0.5)
    assert changed.instructions == profile.instructions


def test_a_whole_profile_survives_the_way_through_a_dispatch(profile: Profile) -> None:
    fields = profile.model_dump(mode="json", by_alias=True, exclude=set(FIXED | CODE))
    assert overlay(profile, fields) == profile


def test_replies_may_call_tools_that_come_with_them(profile: Profile) -> None:
    tools = {"look_up": {"description": "Looks up.", "returns": "found"}}
    changed = overlay(profile, {"tools": tools, "replies": [{"when": "look", "call": "look_up"}]})
    assert changed.tools["look_up"].returns == "found"
    assert profile.tools.keys() <= changed.tools.keys()


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"tools": {"run_it": {"description": "x", "run": "os:system"}}}, "must stand in the profile"),
        ({"tools": ["run_it"]}, "needs a mapping"),
        ({"agent": "os:abort"}, "cannot be changed"),
        ({"state": "os:abort"}, "cannot be changed"),
        ({"mcp": {"run": {"command": ["sh"]}}}, "cannot be changed"),
        ({"speech": {"transforms": ["os:system"]}}, "must stand in the profile"),
        ({"flow": {"idle": "3 s", "on_wake_up": "os:abort"}}, "must stand in the profile"),
        ({"providers": "cloud"}, "cannot be changed"),
        ({"provider_options": {"stt": {}}}, "cannot be changed"),
        ({"agent": "os:system"}, "agent: cannot be changed"),
        ({"state": "os:getcwd"}, "state: cannot be changed"),
        ({"hooks": {"started": "os:system"}}, "hooks: cannot be changed"),
        ({"greeting": "{caller.nmber}"}, "greeting"),
        ({"greting": "Hello."}, "greting"),
        ({"greeting": 7}, "greeting"),
        ({"interruption": {"grace": 0.5}}, "grace"),
    ],
)
def test_what_makes_no_valid_profile_is_refused(profile: Profile, fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        overlay(profile, fields)


def interruption(profile: Profile) -> dict[str, Any]:
    dumped: dict[str, Any] = profile.interruption.model_dump(mode="json", by_alias=True)
    return dumped
