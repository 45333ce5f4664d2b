"""Personal data that is planted in a call is in nothing that the call leaves, in whatever form it is said."""

from pathlib import Path
from typing import Any

import pytest

from callagent.call_context import CallContext
from callagent.profile import Profile
from callagent.sanitise.redaction import KINDS
from tests.support.left_traces import CALL, CALLER, Traces, WorkerCall, traces_of
from tests.support.planted_data import KEYED, PLANTED, Planted, found_in, said_by
from tests.support.virtual_call import a_profile

pytestmark = [
    pytest.mark.text,
    pytest.mark.timeout(300),
    pytest.mark.blocks_loop(reason="what draws a report is imported"),
]

DEFAULT = Profile.model_fields["privacy"].get_default(call_default_factory=True).redact
EVERYTHING: tuple[Planted, ...] = (*PLANTED, KEYED)

FOUND_OUT = '{"summary": "They said: %s"}'


def a_tool(parameter: str, **does: str) -> dict[str, Any]:
    return {"description": "x", "parameters": {parameter: {"type": "string", "description": "x"}}, **does}


def a_call(tmp_path: Path, redact: tuple[str, ...]) -> WorkerCall:
    """The agent repeats what it hears, looks it up, fails over it, and notes it."""
    (tmp_path / "records").mkdir()
    profile = a_profile(
        greeting="Hello.",
        tools={
            "look_up": a_tool("what", returns="Found {what}"),
            "fail": a_tool("address", run="ipaddress:ip_address"),
            "collect_dtmf": {},
        },
        replies=[
            {"when": "/key it in/", "call": "collect_dtmf", "say": "Thanks for that.",
             "with": {"prompt": "Please key in your card number.", "count": len(KEYED.needles[0])}},
            {"when": "/(?P<said>.*(?:card|email|born).*)/", "call": "look_up",
             "with": {"what": "{said}"}, "say": "{result}"},
            {"when": "/(?P<said>.*my.*)/", "call": "fail", "with": {"address": "{said}"}, "say": "No."},
            {"when": "/(?P<said>.+)/", "say": "You said {said}"},
        ],
        privacy={"redact": list(redact)},
        after_call={"summary": True},
    )  # fmt: skip
    headers = {f"x-note-{number}": " ".join(each.said) for number, each in enumerate(PLANTED)}
    return WorkerCall(profile, tmp_path, CallContext(number=CALLER, identity=f"sip_{CALLER}", headers=headers))


def left(tmp_path: Path, redact: tuple[str, ...], **more: Any) -> Traces:
    said = [*said_by(PLANTED)]
    return traces_of(a_call(tmp_path, redact), said, KEYED.needles[0], FOUND_OUT % " ".join(said), **more)


def hits(texts: dict[str, str], planted: tuple[Planted, ...]) -> list[str]:
    return [f"{place}: {found}" for place, text in texts.items() for found in found_in(text, planted)]


@pytest.mark.parametrize("redact", [DEFAULT, KINDS], ids=["by default", "all kinds"])
def test_what_is_masked_is_nowhere_and_no_log_trace_or_metric_has_any_of_it(
    tmp_path: Path, redact: tuple[str, ...]
) -> None:
    traces = left(tmp_path, redact)
    masked = tuple(each for each in PLANTED if each.kind in redact)
    assert hits(traces.words, (*masked, KEYED)) == []
    assert hits(traces.wordless, EVERYTHING) == []
    assert len(traces.words) > 15 and all(traces.words.values()) and all(traces.wordless.values())


def test_without_a_policy_it_is_in_every_place_that_has_words_and_still_in_no_log(tmp_path: Path) -> None:
    traces = left(tmp_path, ())
    assert hits(traces.wordless, EVERYTHING) == []
    assert {each for each in PLANTED if not found_in(traces.words["spool"], (each,))} == set()
    assert hits({"spool": traces.words["spool"]}, (KEYED,))
    assert hits({"script": traces.words[f"records script {CALL}"]}, EVERYTHING) == []


def test_who_asks_for_it_has_it_in_the_log(tmp_path: Path) -> None:
    assert hits(left(tmp_path, DEFAULT, show_pii=True).wordless, PLANTED)
