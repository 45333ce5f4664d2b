import textwrap
from pathlib import Path

import pytest
from pydantic import ValidationError

from callagent.journal import AgentAudible, Answered, CallerAudible, Ringing
from callagent.scripted_calls.run.result import CallResult
from callagent.scripted_calls.script.callee import Callee, CalleePart
from callagent.scripted_calls.script.caller import CallerAudio
from tests.support.played_call import PlayedCall
from tests.support.scripted import failed, observed, run_text

pytestmark = pytest.mark.text


def test_it_rings_before_somebody_answers(tmp_path: Path) -> None:
    result = run_text(
        tmp_path,
        """\
        direction: outbound
        callee: {rings: 3, says: Hello?}
        agent: {greeting: "", replies: [{when: hello, say: This is Harbour Dental.}]}
        steps:
          - {expect: agent replies, with: Harbour Dental}
        """,
    )
    assert failed(result) == []
    assert [entry.at for entry in result.log.of(Ringing)] == pytest.approx([0.0, 3.0, 6.0], abs=0.001)
    (answered,), (hello,) = result.log.of(Answered), result.log.of(CallerAudible)
    assert 9.0 <= answered.at <= hello.at < 9.5


@pytest.mark.parametrize("how", ["busy", "no answer", "declined"])
def test_a_call_that_nobody_answers_ends_for_that_reason(tmp_path: Path, how: str) -> None:
    result = run_text(
        tmp_path,
        f"""\
        direction: outbound
        callee: {{rings: 2, answers: {how}}}
        steps:
          - {{expect: call ends, reason: {how}}}
        """,
    )
    assert observed(result) == [f"the call ended at 6.00 s ({how})"]
    assert result.passed


def test_voicemail_greets_and_beeps(tmp_path: Path) -> None:
    result = run_text(
        tmp_path,
        """\
        direction: outbound
        callee: {answers: voicemail, says: This is Ann. Please leave a message.}
        agent: {greeting: "", replies: [{when: leave a message, call: hang_up, say: Your appointment is on Friday.}]}
        steps:
          - {expect: agent replies, with: on Friday}
          - {expect: call ends, reason: agent hung up}
        """,
    )
    assert failed(result) == []
    greeting, beep = result.log.of(CallerAudible)
    assert (greeting.text, beep.text) == ("This is Ann. Please leave a message.", "")


def answers(*presses: tuple[float, str]) -> list[str]:
    """What a menu says to the keys that the agent sends at these times."""
    part = CalleePart.model_validate(
        {"answers": "a menu", "says": "Press one.", "keys": {"1": "Sales.", "12": "Support.", "9": "Fax."}}
    )
    call, said = PlayedCall(), list[str]()

    def speak(what: CallerAudio) -> None:
        said.append(getattr(what, "text", ""))

    for at, key in presses:
        call.keys_sent(at, key)

    async def body() -> None:
        Callee(part, call.log, speak).begin()
        await call.log.sleep_until(10.0)

    call.run(body)
    return said[1:]


def test_a_menu_answers_to_keys() -> None:
    assert answers((1.0, "1"), (5.0, "9")) == ["Sales.", "Fax."]


def test_a_menu_does_not_know_other_keys() -> None:
    assert answers((1.0, "4"), (1.2, "5")) == ["Sorry, that is not a valid choice."]


def test_the_hash_key_ends_an_entry() -> None:
    assert answers((1.0, "12#")) == ["Support."]


SCREENED = "If you record your name and reason for calling, I'll see if this person is available."
INTRODUCED = "agent: {greeting: Hello., set: {dialling.machines: {screening: {say: This is Harbour Dental.}}}}"


def detected(tmp_path: Path, script: str) -> CallResult:
    """What comes of a call whose agent finds out who has answered."""
    result = run_text(tmp_path, f"direction: outbound\n{textwrap.dedent(script)}")
    assert failed(result) == []
    return result


def test_a_screener_is_told_who_calls_twice_at_most(tmp_path: Path) -> None:
    detected(
        tmp_path,
        f"""\
        callee: {{answers: call screening, says: "{SCREENED}"}}
        {INTRODUCED}
        steps:
          - {{expect: agent says, with: This is Harbour Dental, within: 10 s}}
          - {{caller: Please say your name and why you are calling., when: agent listening, after: 1 s}}
          - {{expect: agent says, with: This is Harbour Dental, within: 10 s}}
          - {{caller: Please say your name and why you are calling., when: agent listening, after: 1 s}}
          - {{expect: call ends, reason: agent hung up, within: 10 s}}
        """,
    )


def test_a_screener_is_hung_up_on_unless_the_profile_says_what_to_tell_it(tmp_path: Path) -> None:
    detected(
        tmp_path,
        f"""\
        callee: {{answers: call screening, says: "{SCREENED}"}}
        steps: [{{expect: call ends, reason: agent hung up, within: 15 s}}]
        never: [{{agent_says: Harbour}}]
        """,
    )


def test_a_screener_that_passes_the_call_to_a_mailbox_is_a_mailbox(tmp_path: Path) -> None:
    detected(
        tmp_path,
        f"""\
        callee: {{answers: call screening, says: "{SCREENED}"}}
        {INTRODUCED}
        steps:
          - {{expect: agent says, with: This is Harbour Dental, within: 10 s}}
          - {{caller: Please leave a message after the tone., when: agent listening, after: 1 s}}
          - {{expect: call ends, reason: agent hung up, within: 10 s}}
        """,
    )


def test_a_person_who_takes_the_call_during_the_introduction_is_talked_to(tmp_path: Path) -> None:
    detected(
        tmp_path,
        """\
        callee: {answers: call screening, says: This call may be screened.}
        agent:
          greeting: Hello.
          set: {dialling.machines: {screening: {say: This is Harbour Dental about an appointment you have asked for.}}}
        steps:
          - {agent_says: about an}
          - {caller: "Yes, this is Ann speaking."}
          - {expect: agent says, with: Hello, within: 6 s}
        """,
    )


def test_a_hold_is_waited_with_up_to_its_limit(tmp_path: Path) -> None:
    result = detected(
        tmp_path,
        """\
        callee: {answers: a hold, rings: 0, says: Your call is on hold. Please stay on the line.}
        agent: {greeting: Hello., set: {dialling.machines.hold: 30 s}}
        steps: [{expect: call ends, reason: agent hung up, within: 60 s}]
        never: [{agent_says: Hello}]
        """,
    )
    assert result.log.ended is not None
    assert 30 < result.log.ended.at < 38


def test_a_mailbox_that_is_heard_late_gets_its_message_after_the_greeting(tmp_path: Path) -> None:
    result = detected(
        tmp_path,
        """\
        callee: {answers: voicemail, detect: true, beep: false, says: Hello.}
        agent:
          greeting: Good morning, this is Harbour Dental, is this a good time to talk to you?
          set: {dialling.machines: {voicemail: leave message, message: Call us back., beep: 1 s}}
        steps:
          - {agent_says: Harbour}
          - {caller: You have reached the voicemail of Ann. Please leave a message after the tone.}
          - {expect: agent says, with: Call us back, within: 15 s}
          - {expect: call ends, reason: agent hung up}
        never: [{agent_says: good time}]
        """,
    )
    assert len(result.log.of(Answered)) == 1


def test_a_person_who_asks_who_is_calling_is_greeted(tmp_path: Path) -> None:
    detected(
        tmp_path,
        """\
        callee: {detect: true, says: "May I ask who's calling?"}
        agent: {greeting: This is Harbour Dental.}
        steps: [{expect: agent says, with: Harbour Dental, within: 6 s}]
        """,
    )


def test_the_silence_that_makes_a_person_is_the_profiles(tmp_path: Path) -> None:
    said = "callee: {detect: true, rings: 0, says: Hi.}"
    steps = "steps: [{expect: agent says, with: /./, within: 8 s}]"
    quick, slow = (
        detected(
            tmp_path,
            f"{said}\nagent: {{greeting: Hello., set: {{dialling.machines.human_silence: {silence}}}}}\n{steps}",
        ).log.of(AgentAudible)[0]
        for silence in ("200 ms", "3 s")
    )
    assert quick.at < slow.at


@pytest.mark.parametrize("answers", ["call screening", "a hold", "an announcement"])
def test_what_speaks_by_itself_has_something_to_say(answers: str) -> None:
    with pytest.raises(ValidationError, match=f"what {answers} says first"):
        CalleePart.model_validate({"answers": answers})
