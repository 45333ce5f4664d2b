"""`expect: {disclosed: …}`, `never` and `must`: met, not met, and never to be met."""

from pathlib import Path

import pytest

from callagent.journal import Disclosed, DisclosureMissed
from callagent.scripted_calls.script.steps.disclosure_made import IsDisclosed, MustBeDisclosed
from callagent.scripted_calls.script.steps.verdict import Verdict
from callagent.yaml_config import ConfigError
from tests.support.played_call import PlayedCall
from tests.support.scripted import failed, run_text


def expected(kind: str) -> IsDisclosed:
    return IsDisclosed.model_validate({"expect": {"disclosed": kind}, "within": "2 s"})


@pytest.fixture
def call() -> PlayedCall:
    call = PlayedCall()
    call.observe(Disclosed(0.5, "ai", False, 0.5))
    call.observe(Disclosed(1.0, "company", False, 1.0))
    call.observe(Disclosed(1.5, "ai", True, 1.5))
    call.observe(DisclosureMissed(1.6, "recording", 10.0, "the call ended"))
    return call


def test_it_is_put_in_words() -> None:
    assert expected("ai").describe() == "ai is disclosed within 2 s"
    assert MustBeDisclosed.model_validate({"disclosed": "ai"}).describe() == "ai is disclosed"


def test_what_was_said_whole_is_waited_for(call: PlayedCall) -> None:
    assert call.carry_out(expected("ai")) == Verdict(True, "said at 1.50 s")


def test_what_was_cut_off_missed_or_never_begun_is_told(call: PlayedCall) -> None:
    assert call.carry_out(expected("company")) == Verdict(False, "cut off at 1.00 s")
    assert call.carry_out(expected("recording")) == Verdict(False, "not said: the call ended")
    assert call.carry_out(expected("mine")) == Verdict(False, "not said")


def test_it_is_never_said(call: PlayedCall) -> None:
    assert call.never({"disclosed": "ai"}) == Verdict(False, "it was at 1.50 s")
    assert call.never({"disclosed": "company"}).passed


DIRECTIONS = "{directions: [outbound]}"
SCRIPT = """
    agent: {{greeting: How can I help?, set: {{compliance.disclosures: {{ai: on, opt_out: {directions}}}}}}}
    steps:
      - agent_says: how can i help
    must: {must}
"""


@pytest.mark.parametrize(
    "must", ["{disclosed: ai, within: 10 s}", "[{disclosed: ai}]", "[{disclosed: ai, within: 4 s}]"]
)
def test_a_call_in_which_it_is_said_in_time_passes(tmp_path: Path, must: str) -> None:
    result = run_text(tmp_path, SCRIPT.format(directions=DIRECTIONS, must=must))
    assert failed(result) == []
    assert result.steps[-1].expected.startswith("must: ai is disclosed")


def test_a_call_in_which_it_comes_late_fails(tmp_path: Path) -> None:
    result = run_text(tmp_path, SCRIPT.format(directions=DIRECTIONS, must="{disclosed: ai, within: 500 ms}"))
    (flaw,) = failed(result)
    assert flaw.startswith("must: ai is disclosed within 500 ms: said ") and "after the answer" in flaw


@pytest.mark.parametrize(
    ("must", "problem"),
    [
        (
            "{disclosed: aI}",
            "call.yaml:6: must.disclosed: the profile has no disclosure 'aI' (compliance.disclosures: ai, ",
        ),
        (
            "[{disclosed: opt_out}]",
            "call.yaml:6: must[0].disclosed: 'opt_out' is not disclosed in a call that is inbound",
        ),
        ("{disclosd: ai}", "call.yaml:6: must.disclosd: needs one of {disclosed: …}; did you mean 'disclosed'?"),
        ("{disclosed: ai, withn: 1 s}", "call.yaml:6: must.withn: unknown key; did you mean 'within'?"),
        (
            "[{disclosed: ai}, disclosed]",
            "call.yaml:6: must[1]: needs one of {disclosed: …}; did you mean 'disclosed'?",
        ),
        ("{disclosed: ai, within: 10}", "call.yaml:6: must.within: needs its unit"),
    ],
)
def test_what_no_call_could_have_is_told_when_it_is_loaded(tmp_path: Path, must: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        run_text(tmp_path, SCRIPT.format(directions=DIRECTIONS, must=must))
    assert problem in str(raised.value)


def test_expectations_of_what_the_profile_does_not_disclose_are_told(tmp_path: Path) -> None:
    text = SCRIPT.format(directions=DIRECTIONS, must="[]").replace(
        "agent_says: how can i help", "expect: {disclosed: recordings}"
    )
    with pytest.raises(ConfigError, match=r"step 1: expect.disclosed: .*no disclosure 'recordings'"):
        run_text(tmp_path, text)
