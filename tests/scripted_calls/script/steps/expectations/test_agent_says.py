import pytest

from callagent.scripted_calls.script.steps.expectations.agent_says import AgentSays, IsSaid, Says
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def said(call: PlayedCall, phrase: str) -> Verdict:
    return call.carry_out(AgentSays(agent_says=phrase))


def says(phrase: str, within: str = "2 s") -> Says:
    return Says.model_validate({"expect": "agent says", "with": phrase, "within": within})


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_they_are_put_in_words() -> None:
    assert AgentSays(agent_says="good morning").describe() == "the agent says 'good morning'"
    assert says("/good (morning|day)/").describe() == "agent says /good (morning|day)/ within 2 s"


def test_words_count_from_the_moment_they_are_begun(call: PlayedCall) -> None:
    call.agent(0.1, 5.0)
    call.says(0.5, "Welcome to")
    call.says(1.25, " Harbour")
    call.says(1.75, " Dental.")
    assert said(call, "harbour dental") == Verdict(True, "the agent said 'Harbour Dental' at 1.75 s")


def test_words_from_before_the_callers_last_act_do_not_count(call: PlayedCall) -> None:
    call.agent(0.1, 3.0)
    call.says(0.5, "We are open from nine to six.")
    call.caller(1.0, 1.4, "When are you open?")
    verdict = said(call, "nine to six")
    assert not verdict.passed
    assert verdict.gives_up


def test_waiting_is_given_up_when_nobody_speaks(call: PlayedCall) -> None:
    call.agent(0.1, 2.0)
    call.says(0.5, "Hello.")
    verdict = said(call, "goodbye")
    assert verdict == Verdict(False, "it said 'Hello.', then nobody spoke for 8 s", gives_up=True)


def test_waiting_goes_on_as_long_as_the_agent_speaks(call: PlayedCall) -> None:
    call.agent(0.1, 60.0)
    call.says(59.0, "goodbye")
    assert said(call, "goodbye").passed


def test_the_end_of_the_call_ends_the_wait(call: PlayedCall) -> None:
    call.ends(1.0, "agent hung up")
    assert said(call, "goodbye").observed == "it said nothing; the call ended at 1.00 s (agent hung up)"


@pytest.mark.parametrize(
    ("phrase", "within", "verdict"),
    [
        ("moment", "2 s", Verdict(True, "the agent said 'moment' at 1.50 s")),
        ("moment", "1 s", Verdict(False, "it said nothing for 1.00 s")),
        ("goodbye", "2 s", Verdict(False, "it said 'One moment.'")),
    ],
)
def test_words_are_said_in_time(call: PlayedCall, phrase: str, within: str, verdict: Verdict) -> None:
    call.agent(0.5, 5.0)
    call.says(1.5, "One moment.")
    assert call.carry_out(says(phrase, within)) == verdict


def test_words_are_never_said(call: PlayedCall) -> None:
    call.says(2.0, "Please hold the line.")
    assert not call.never({"agent_says": "hold the line"}).passed
    assert call.never({"agent_says": "goodbye"}).passed


def is_said(words: str) -> IsSaid:
    return IsSaid.model_validate({"expect": {"said": words}, "within": "2 s"})


@pytest.fixture
def told() -> PlayedCall:
    call = PlayedCall()
    for at, word in ((0.5, "That"), (0.6, " makes"), (0.7, " twelve"), (0.8, " dollars."), (3.0, " Anything else?")):
        call.says(at, word)
    call.caller(1.0, 1.5)
    return call


def test_these_words_are_put_in_words() -> None:
    assert is_said("twelve dollars").describe() == "the caller was told 'twelve dollars' within 2 s"


def test_the_whole_call_so_far_counts_also_before_the_caller_spoke(told: PlayedCall) -> None:
    assert told.carry_out(is_said("twelve dollars")) == Verdict(True, "it was said at 0.80 s")


def test_what_comes_is_waited_for(told: PlayedCall) -> None:
    assert told.carry_out(is_said("/else\\?/")) == Verdict(True, "it was said at 3.00 s")


def test_words_between_the_words_are_not_these_words(told: PlayedCall) -> None:
    verdict = told.carry_out(is_said("makes dollars"))
    assert verdict == Verdict(False, "the agent said 'That makes twelve dollars. Anything else?'")


def test_an_agent_that_says_nothing_is_told() -> None:
    assert PlayedCall().carry_out(is_said("twelve")) == Verdict(False, "the agent said nothing")


def test_these_words_are_never_said(told: PlayedCall) -> None:
    assert told.never({"said": "that makes"}) == Verdict(False, "it was said at 0.60 s")
    assert told.never({"said": "that twelve"}).passed
