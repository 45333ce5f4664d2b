from pathlib import Path

import pytest

from callagent.calls.callee import Callee, CalleePart
from callagent.calls.caller import CallerAudio
from callagent.calls.observe import Answered, CallerAudible, Ringing
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
