"""What the other side must be told: said first and in time, cut off and said again, missed; whoever the agent is."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import Agent

from callagent.call_context import CallContext
from callagent.journal import Disclosed, DisclosureMissed
from callagent.journal.observer import SessionObserver
from callagent.scripted_calls import CallResult
from callagent.worker.outbound.outbound_job import greet, silenced
from tests.support.scripted import failed, run_text
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

AI, RECORDING = "You are speaking with an automated assistant.", "This call is recorded."
COMPANY = "This is Harbour Dental, the practice at the harbour."


def call(directory: Path, disclosures: str, steps: str, **more: str) -> CallResult:
    """Runs a call of which the agent greets, whose profile owes these disclosures."""
    extra = "".join(f"{key}: {value}\n" for key, value in more.items())
    text = (
        "call: A call\n"
        f"{extra}"
        "agent:\n"
        f"  set: {{compliance.disclosures: {disclosures}}}\n"
        "  greeting: How can I help you?\n"
        "  replies: [{when: friday, say: We are open on Friday.}]\n"
        f"steps:\n{steps}"
    )
    return run_text(directory, text)


def told(result: CallResult) -> list[tuple[str, bool]]:
    return [(entry.kind, entry.complete) for entry in result.log.of(Disclosed)]


def missed(result: CallResult) -> list[tuple[str, str]]:
    return [(entry.kind, entry.why) for entry in result.log.of(DisclosureMissed)]


def test_disclosures_are_said_first_the_company_before_all_and_how_to_opt_out_last(tmp_path: Path) -> None:
    disclosures = f"{{opt_out: on, mine: We sell nothing., recording: on, ai: on, company: '{COMPANY}'}}"
    result = call(tmp_path, disclosures, "  - agent_says: how can i help\n")
    assert failed(result) == []
    order = ["company", "ai", "recording", "mine", "opt_out"]
    assert told(result) == [(kind, True) for kind in order]
    said = [turn["text"] for turn in result.turns]
    assert said[:3] == [COMPANY, AI, RECORDING] and said[-1] == "How can I help you?"


def test_what_is_said_in_time_is_not_missed_and_its_offset_is_the_end_of_it(tmp_path: Path) -> None:
    result = call(tmp_path, "{ai: {within: 4 s}}", "  - agent_says: how can i help\n  - caller: {hangs up: true}\n")
    (entry,) = result.log.of(Disclosed)
    assert missed(result) == []
    assert 1.0 < entry.offset < 4.0 and entry.at == pytest.approx(entry.offset, abs=0.05)


def test_an_uninterruptible_one_is_said_whole_whatever_the_caller_says(tmp_path: Path) -> None:
    steps = (
        "  - agent_says: automated\n"
        "  - caller: No, stop. Are you open on Friday?\n"
        "    when: agent speaking\n"
        "  - agent_says: open on friday\n"
    )
    result = call(tmp_path, "{ai: on}", steps)
    assert failed(result) == []
    assert told(result) == [("ai", True)]


def test_one_that_was_cut_off_is_said_again_whole_after_the_answer(tmp_path: Path) -> None:
    steps = (
        "  - agent_says: harbour\n"
        "  - caller: No, stop. Are you open on Friday?\n"
        "    when: agent speaking\n"
        "  - agent_says: open on friday\n"
        "  - expect: {disclosed: company}\n"
        "    within: 25 s\n"
    )
    long = f"{COMPANY} We look after your teeth on every day of the week but Sunday."
    result = call(tmp_path, f"{{company: {{text: '{long}', uninterruptible: false, within: 30 s}}}}", steps)
    assert failed(result) == []
    assert told(result) == [("company", False), ("company", True)]
    assert missed(result) == []


def test_one_that_is_late_is_told_at_its_time_and_said_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="callagent.agent"):
        result = call(tmp_path, "{ai: {within: 1 s}}", "  - agent_says: how can i help\n")
    (late,) = result.log.of(DisclosureMissed)
    assert (late.kind, late.within, late.why) == ("ai", 1.0, "not said in time")
    assert late.at == pytest.approx(1.0, abs=0.05)
    assert told(result) == [("ai", True)]
    (record,) = [record for record in caplog.records if record.name == "callagent.agent"]
    assert vars(record)["disclosure"] == "ai" and AI not in caplog.text


def test_who_hangs_up_meanwhile_has_not_been_told(tmp_path: Path) -> None:
    steps = "  - agent_says: automated\n  - caller: {hangs up: true}\n"
    result = call(tmp_path, "{ai: on, recording: on}", steps)
    assert missed(result) == [("ai", "the call ended"), ("recording", "the call ended")]
    assert ("ai", True) not in told(result)


def test_a_voice_that_fails_tells_nobody_anything(tmp_path: Path) -> None:
    text = """
        agent:
          set: {compliance.disclosures: {ai: on}}
          faults: {tts: {then: fails}}
        steps:
          - expect: call ends
            within: 60 s
    """
    result = run_text(tmp_path, text)
    assert ("ai", True) not in told(result)
    assert missed(result) != []


def test_a_text_without_words_in_this_call_is_missed(tmp_path: Path) -> None:
    result = call(tmp_path, "{company: '{call.metadata.company}'}", "  - agent_says: how can i help\n")
    assert missed(result) == [("company", "its text has no words in this call")]


def test_only_those_of_the_direction_are_said(tmp_path: Path) -> None:
    disclosures = "{ai: on, opt_out: {directions: [outbound]}}"
    assert told(call(tmp_path, disclosures, "  - agent_says: how can i help\n")) == [("ai", True)]
    steps = "  - agent_says: how can i help\n"
    assert told(call(tmp_path, disclosures, steps, direction="outbound")) == [("ai", True), ("opt_out", True)]


VOICEMAIL = """
    direction: outbound
    callee: {answers: voicemail, detect: true, says: "You have reached Ann. Please leave a message after the tone."}
    agent:
      set:
        dialling.machines.voicemail: leave message
        dialling.machines.message: Please call us back.
        compliance.disclosures: {ai: {within: 5 s}, recording: {voicemail: false}, company: This is Harbour Dental.}
    steps:
      - expect: call ends
        within: 60 s
"""


def test_a_message_that_is_left_begins_with_what_belongs_before_it(tmp_path: Path) -> None:
    result = run_text(tmp_path, VOICEMAIL)
    said = [turn["text"] for turn in result.turns if turn["role"] == "assistant"]
    assert said == ["This is Harbour Dental.", AI, "Please call us back."]
    assert told(result) == [("company", True), ("ai", True)]
    assert missed(result) == []  # the time counts from the beep


def test_who_hangs_up_on_a_machine_has_missed_nothing(tmp_path: Path) -> None:
    result = run_text(tmp_path, VOICEMAIL.replace("leave message", "hang up"))
    assert (told(result), missed(result)) == ([], [])


def test_who_stood_by_says_them_once_somebody_has_answered() -> None:
    profile = a_profile(greeting="Hello.", compliance={"disclosures": {"ai": {}}})

    async def body() -> list[str]:
        context = CallContext(direction="outbound")
        async with VirtualCall(silenced(profile), stand_by=True, context=context) as call:
            await asyncio.sleep(5.0)
            assert call.said == []
            greet(call.call, profile)
            await call.hears("Hello.")
        return call.said

    assert virtually(body) == [f"agent: {AI}", "agent: Hello."]


class Quiet(Agent):
    """Says nothing by itself."""

    def __init__(self) -> None:
        super().__init__(instructions="")


class Greeting(Agent):
    """Begins to talk at once, and greets afterwards."""

    def __init__(self) -> None:
        super().__init__(instructions="")

    async def on_enter(self) -> None:
        self.session.say("Good morning.")
        self.session.userdata.greet()


@pytest.mark.parametrize(("agent", "then"), [("Quiet", []), ("Greeting", ["agent: Good morning.", "agent: Hello."])])
def test_an_agent_of_an_authors_own_says_them_first_and_once(agent: str, then: list[str]) -> None:
    fields: dict[str, Any] = {
        "agent": f"{__name__}:{agent}",
        "compliance": {"disclosures": {"ai": {}, "recording": {}}},
    }
    profile = a_profile(greeting="Hello.", **fields)

    async def body() -> list[str]:
        async with VirtualCall(profile) as call:
            await asyncio.sleep(20.0)
            await call.idle()
        return call.said

    assert virtually(body) == [f"agent: {AI}", f"agent: {RECORDING}", *then]


def test_the_record_of_a_call_has_them() -> None:
    profile = a_profile(greeting="Hello.", compliance={"disclosures": {"ai": {}, "recording": {"within": "1 s"}}})

    async def body() -> list[dict[str, Any]]:
        call = VirtualCall(profile)
        observer = SessionObserver(call.call.session, call.call.gate, call.record.log, call.clock)
        call.call.call.compliance.watch(observer)
        async with call:
            await call.idle()
        return [event for event in call.record.as_dict()["events"] if event["type"].startswith("disclosure")]

    events = virtually(body)
    assert [(event["type"], event["kind"]) for event in events] == [
        ("disclosure missed", "recording"),
        ("disclosure", "ai"),
        ("disclosure", "recording"),
    ]
    assert events[0]["within"] == 1.0 and events[1]["outcome"] == "complete"
