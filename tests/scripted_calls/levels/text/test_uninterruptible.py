"""Words and keys over speech that must not be stopped: answered when it ends, once, in order."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from callagent.scripted_calls import CallResult
from tests.support.scripted import failed, run_text

pytestmark = pytest.mark.text

AGENT = """
agent:
  set:
    flow.notice: "This call is recorded so that we can get better at what we do."
    flow.max_duration: 60 s
    transfer.destinations.desk.to: "+12025550101"
  greeting: Harbour Dental, how can I help you?
  replies:
    - {when: /friday.*monday/, say: Both days.}
    - {when: friday, say: We are open on Friday.}
    - {when: /^1$/, say: Nine to six.}
    - {when: /^2$/, say: On which day?}
    - {when: moment, call: hold_call}
    - {when: somebody, call: transfer_call, with: {destination: desk}}
    - {when: /^yeah/, say: Welcome back.}
  faults: {transfer: {delay: 5 s, then: fails}}
  otherwise: Pardon me.
"""

ANSWERED = {
    "a question over the notice": """
        - {agent_says: is recorded}
        - {caller: "Are you open on Friday?", when: agent speaking}
        - {expect: agent replies, with: We are open on Friday, within: 6 s}
        - expect: no turn lost
        """,
    "two sentences over the notice": """
        - {agent_says: is recorded}
        - {caller: "Are you open on Friday?", when: agent speaking}
        - {caller: "And on Monday?", after: 400 ms}
        - {expect: agent replies, with: Both days, within: 6 s}
        - expect: no turn lost
        """,
    "an acknowledgement, then a question": """
        - {agent_says: is recorded}
        - {caller: "Yeah.", when: agent speaking}
        - {caller: "Are you open on Friday?", after: 1 s}
        - {expect: agent replies, with: We are open, within: 6 s}
        """,
    "an acknowledgement alone answers nothing": """
        - {agent_says: is recorded}
        - {caller: "Yeah.", when: agent speaking}
        - {agent_says: help you}
        - {caller: "Are you open on Friday?", when: agent listening, after: 6 s}
        - {expect: agent replies, with: We are open, within: 6 s}
        """,
    "words in the last 100 ms of the notice": """
        - {agent_says: is recorded}
        - {caller: "Are you open on Friday?", when: agent speaking, after: 4130 ms}
        - {expect: agent says, with: We are open, within: 6 s}
        - expect: no turn lost
        """,
    "a word between the notice and the greeting": """
        - {agent_says: what we do}
        - {caller: "Friday?", when: agent listening}
        - {expect: agent says, with: We are open, within: 6 s}
        - expect: no turn lost
        """,
    "a command over the notice": """
        - {agent_says: is recorded}
        - {caller: "Stop, is it Friday?", when: agent speaking}
        - {expect: agent keeps speaking, for: 2 s}
        - {expect: agent says, with: We are open, within: 6 s}
        """,
    "a key over the notice": """
        - {agent_says: is recorded}
        - {caller: {dtmf: "1"}, when: agent speaking}
        - {expect: agent replies, with: Nine to six, within: 6 s}
        """,
    "two entries over the notice": """
        - {agent_says: is recorded}
        - {caller: {dtmf: "1#2#"}, when: agent speaking}
        - {expect: agent says, with: Nine to six, within: 6 s}
        - {expect: agent says, with: On which day, within: 6 s}
        """,
    "words, then a key": """
        - {agent_says: is recorded}
        - {caller: "Are you open on Friday?", when: agent speaking}
        - {caller: {dtmf: "1"}, after: 300 ms}
        - {expect: agent says, with: We are open, within: 6 s}
        - {expect: agent says, with: Nine to six, within: 6 s}
        - expect: no turn lost
        """,
    "a key, then words": """
        - {agent_says: is recorded}
        - {caller: {dtmf: "1"}, when: agent speaking}
        - {caller: "Are you open on Friday?", after: 300 ms}
        - {expect: agent says, with: We are open, within: 6 s}
        - {expect: {transcript: "1", of: caller}}
        - expect: no turn lost
        """,
    "words over the way to a hold": """
        - {caller: "One moment.", when: agent listening, after: 7 s}
        - {agent_says: take your time}
        - {caller: "Are you open on Friday?", when: agent speaking}
        - {expect: agent says, with: We are open, within: 6 s}
        - expect: no turn lost
        """,
    "an acknowledgement ends a hold": """
        - {caller: "One moment.", when: agent listening, after: 7 s}
        - {agent_says: I will wait}
        - {caller: "Yeah.", after: 6 s}
        - {expect: agent says, with: Welcome back, within: 6 s}
        - expect: no turn lost
        """,
    "thanks on the way to a hold do not end it": """
        - {caller: "One moment.", when: agent listening, after: 7 s}
        - {agent_says: I will}
        - {caller: "Okay, thanks.", when: agent speaking}
        - {expect: agent is silent, for: 6 s}
        - {caller: "It is Friday."}
        - {expect: agent says, with: We are open, within: 6 s}
        """,
    "words before a transfer that fails": """
        - {caller: "Can I speak to somebody?", when: agent listening, after: 7 s}
        - {agent_says: One moment}
        - {caller: "Are you open on Friday?", when: agent speaking}
        - {expect: {transfer: "+12025550101"}, within: 15 s}
        - {expect: agent says, with: could not put you through, within: 15 s}
        - {expect: agent says, with: We are open, within: 15 s}
        - expect: no turn lost
        """,
}


def made(tmp_path: Path, steps: str, *sets: str, agent: str = AGENT) -> CallResult:
    script = f"{agent}steps:\n{indent(dedent(steps), '  ')}\nnever: [{{agent_says: Pardon}}]\n"
    return run_text(tmp_path, script, *sets)


@pytest.mark.parametrize("steps", ANSWERED.values(), ids=ANSWERED)
def test_what_is_said_over_speech_that_must_not_be_stopped_is_answered(tmp_path: Path, steps: str) -> None:
    assert failed(made(tmp_path, steps)) == []


def test_entries_over_the_notice_are_answered_in_the_order_of_the_keys(tmp_path: Path) -> None:
    steps = """
        - {agent_says: is recorded}
        - {caller: {dtmf: "6#1#5#2#4#3#"}, when: agent speaking}
        - {expect: {transcript: "3", of: caller}, within: 20 s}
        """
    turns = made(tmp_path, steps, agent=AGENT.replace("Pardon me", "Thank you")).turns
    assert [turn["text"] for turn in turns if turn["role"] == "user"] == ["6", "1", "5", "2", "4", "3"]


def test_without_a_greeting_the_reply_follows_the_notice(tmp_path: Path) -> None:
    silent = AGENT.replace("Harbour Dental, how can I help you?", '""')
    assert failed(made(tmp_path, ANSWERED["a question over the notice"], agent=silent)) == []


def test_who_speaks_when_the_agent_gives_up_is_there_after_all(tmp_path: Path) -> None:
    steps = """
        - {agent_says: cannot hear you}
        - {caller: "Are you open on Friday?", when: agent speaking}
        - {expect: agent says, with: We are open, within: 15 s}
        - expect: no turn lost
        """
    assert failed(made(tmp_path, steps, "flow.idle=5 s", "flow.idle_questions=0")) == []


def test_a_noise_when_the_agent_gives_up_lets_it_ask_again(tmp_path: Path) -> None:
    steps = """
        - {agent_says: cannot hear you}
        - {caller: {sound: cough}, when: agent speaking}
        - {expect: call ends, within: 30 s}
        """
    result = made(tmp_path, steps, "flow.idle=5 s", "flow.idle_questions=0")
    assert failed(result) == []
    assert sum("cannot hear you" in turn["text"] for turn in result.turns) == 2


def test_what_is_said_over_the_last_sentence_is_in_the_transcript_and_named(tmp_path: Path) -> None:
    steps = """
        - {agent_says: help you}
        - {caller: "It is Friday.", when: agent listening, after: 1 s}
        - {agent_says: have to end}
        - {caller: "But I have a question.", when: agent speaking}
        - {expect: call ends, within: 15 s}
        - {expect: {transcript: I have a question, of: caller}}
        - expect: no turn lost
        """
    result = made(tmp_path, steps, agent=AGENT.replace("60 s", "12 s"))
    assert failed(result) == []
    told = [step.observed for step in result.steps if "reached the model" in step.observed]
    assert told[0].startswith("1 of 2 turns reached the model; 'But I have a question.' at ")
    assert told[0].endswith("was said over the agent's last sentence")
