import json
from collections.abc import Mapping
from typing import Any

import pytest

from callagent.worker.brief import LONGEST_METADATA, Brief, read_brief


def brief(metadata: object = "", attributes: Mapping[str, str] | None = None, *, dev: bool = False) -> Brief:
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    return read_brief(text, attributes or {}, default="en-US", known=lambda: {"en-US", "de-DE", "fr-FR"}, dev=dev)


def test_the_default_profile_without_any_word() -> None:
    assert brief() == Brief("en-US")


def test_the_dispatch_comes_before_the_participant() -> None:
    assert brief({"profile": "de-DE"}, {"callagent.profile": "fr-FR"}).profile == "de-DE"
    assert brief({}, {"callagent.profile": "fr-FR"}).profile == "fr-FR"


def test_an_unknown_profile_gives_way_to_the_next_source_and_is_told() -> None:
    read = brief({"profile": "xx-XX"}, {"callagent.profile": "fr-FR"})
    assert (read.profile, read.problems) == ("fr-FR", ("unknown profile 'xx-XX' in the dispatch metadata",))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "configs/profiles/de-DE.yaml", 7, ["de-DE"], {}])
def test_only_names_of_profiles_are_taken(name: Any) -> None:
    read = brief({"profile": name})
    assert read.profile == "en-US"
    assert len(read.problems) == 1


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ("hello", "dispatch metadata is not JSON"),
        ("[" * 50_000, "dispatch metadata is not JSON"),
        ('"de-DE"', "dispatch metadata is not a JSON object"),
        ("x" * 1_000_000, "dispatch metadata of 1000000 characters ignored"),
        (json.dumps({"profile": "de-DE", "x": "x" * LONGEST_METADATA}), "dispatch metadata of"),
    ],
)
def test_metadata_that_is_no_use_is_told_and_the_call_answered(metadata: str, problem: str) -> None:
    read = brief(metadata)
    assert read.profile == "en-US"
    assert read.problems[0].startswith(problem)


def test_metadata_of_others_is_none_of_our_business() -> None:
    assert brief({"order": 17}) == Brief("en-US")


def test_an_agent_script_counts_in_development_only() -> None:
    dispatched = {"agent": {"greeting": "Hello."}, "gate": "stock"}
    assert brief(dispatched) == Brief("en-US")
    assert brief(dispatched, dev=True) == Brief("en-US", {"greeting": "Hello."}, "stock")


def test_an_agent_script_that_is_no_mapping_is_told() -> None:
    (problem,) = brief({"agent": "hello"}, dev=True).problems
    assert problem == "the agent script in the dispatch metadata is not a mapping"
