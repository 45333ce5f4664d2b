import json

import pytest

from callagent.profile import ToolMock
from callagent.telephony import read_context
from callagent.worker.call.profile_selection import Brief, read_brief


def brief(metadata: object = "", *, rule: str = "", dev: bool = False) -> Brief:
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    context = read_context({"callagent.profile": rule}, text)
    return read_brief(context, default="en-US", known=lambda: {"en-US", "de-DE", "fr-FR"}, dev=dev)


def test_the_default_profile_without_any_word() -> None:
    assert brief() == Brief("en-US")


def test_the_profile_of_the_context_and_what_chose_it() -> None:
    assert brief({"profile": "de-DE"}) == Brief("de-DE", "dispatch")
    assert brief(rule="fr-FR") == Brief("fr-FR", "rule")


def test_the_problems_of_the_context_and_of_the_choice_are_told() -> None:
    read = brief("{" * 10, rule="xx")
    assert read.problems == (
        "dispatch metadata is not JSON",
        "unknown profile 'xx' in the participant attribute",
    )


def test_metadata_of_others_is_none_of_our_business() -> None:
    assert brief({"order": 17}) == Brief("en-US")


def test_an_agent_script_counts_in_development_only() -> None:
    dispatched = {"agent": {"greeting": "Hello."}, "gate": "stock"}
    assert brief(dispatched) == Brief("en-US")
    assert brief(dispatched, dev=True) == Brief("en-US", "default", {"greeting": "Hello."}, "stock")


def test_mocks_and_what_is_looked_at_count_in_development_only() -> None:
    dispatched = {"mock": {"charge": {"returns": "paid"}}, "watch_state": ["order.total", 7]}
    assert brief(dispatched) == Brief("en-US")
    read = brief(dispatched, dev=True)
    assert (read.mocks, read.watched) == ({"charge": ToolMock(returns="paid")}, ("order.total",))


@pytest.mark.parametrize("mocks", ["hello", ["charge"], {"charge": {}}, {"charge": {"run": "os:abort"}}])
def test_mocks_that_are_none_are_told(mocks: object) -> None:
    read = brief({"mock": mocks}, dev=True)
    assert (read.mocks, read.problems) == ({}, ("the mocked tools in the dispatch metadata are none",))


@pytest.mark.parametrize("script", ["hello", 7, ["greeting"]])
def test_an_agent_script_that_is_no_mapping_is_told(script: object) -> None:
    (problem,) = brief({"agent": script}, dev=True).problems
    assert problem == "the agent script in the dispatch metadata is not a mapping"
