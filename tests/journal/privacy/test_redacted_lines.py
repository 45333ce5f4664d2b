"""What a policy masks is in no line of a journal: not in one, not in pieces, not key by key, not in what tools get."""

from pathlib import Path
from typing import Any

import pytest

from callagent.journal import (
    AgentWords,
    AuthorNote,
    CallEnded,
    CallerHeard,
    CallerKeys,
    GateDecided,
    Note,
    Observation,
    ObservationLog,
    StateChanged,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.journal.call_record import CallRecord
from callagent.journal.codec import written
from callagent.sanitise.redaction import KINDS, RedactedKind, Redaction
from callagent.turns import Heard, OverlapRecord
from callagent.turns.gate.events import AgentText, Transcript
from tests.support.scripted import run_text

NUMBER = "4111 1111 1111 1111"
OVERLAP = OverlapRecord(1.0, None, 1.5, "interrupt", "words", (Heard(1.25, NUMBER, True, 0.5),), 1.75)


def logged(*lines: Observation, kinds: tuple[RedactedKind, ...] = ("card",)) -> list[Any]:
    log = ObservationLog(lambda: 1.0)
    log.redact(Redaction(kinds, "en-US"))
    for line in lines:
        log.add(line)
    return list(log)


@pytest.mark.parametrize(
    "line",
    [
        CallerHeard(1.0, NUMBER, False),
        CallerHeard(1.0, NUMBER, True),
        TurnAdded(1.0, "user", f"It is {NUMBER}."),
        TurnAdded(1.0, "assistant", f"Is it {NUMBER}?"),
        AgentWords(1.0, NUMBER),
        ToolCalled(1.0, "pay", {"card": {"number": NUMBER}, "digits": 4111111111111111}, "call_1"),
        ToolReturned(1.0, "call_1", "done", f"charged {NUMBER}"),
        GateDecided.of(OVERLAP),
        CallerKeys(1.0, "4111111111111111"),
        Note(1.0, f"bad card {NUMBER}"),
        Trouble(1.0, f"ValueError: bad card {NUMBER}"),
        AuthorNote(1.0, NUMBER),
        StateChanged(1.0, "card", {"number": NUMBER}),
        CallEnded(1.0, "error", f"ValueError: {NUMBER}"),
    ],
    ids=lambda line: type(line).__name__,
)
def test_a_card_number_is_in_no_line(line: Observation) -> None:
    (kept,) = logged(line)
    assert type(kept) is type(line) and kept.at == line.at
    assert "1111 1111 1" not in written(kept) and "11111111" not in written(kept)


@pytest.mark.parametrize("event", [Transcript(1.0, 1, NUMBER, True), AgentText(1.0, NUMBER)], ids=["caller", "agent"])
def test_what_the_gate_was_told_is_masked_too(event: Any) -> None:
    log = ObservationLog(lambda: 1.0)
    log.redact(Redaction(("card",), "en-US"))
    assert "[card]" in written(log.kept(event))


def test_without_a_policy_everything_is_kept() -> None:
    assert logged(TurnAdded(1.0, "user", NUMBER), kinds=())[0].text == NUMBER


def test_interims_show_the_digits_of_the_bank_at_most() -> None:
    texts = [NUMBER[:end] for end in (4, 9, 14, 18)]
    assert [line.text for line in logged(*(CallerHeard(1.0, text, False) for text in texts))] == [
        "4111",
        "4111 1111",
        "4111 1111 ••••",
        "4111 1111 •••• •••",
    ]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["4111 1111", "1111 1111"], ["4111 1111", "[card]"]),
        (["my card is 4111 1111", "and 1111 1111 okay"], ["my card is 4111 1111", "[card] okay"]),
        (["4111", "1111", "1111", "1111"], ["4111", "1111", "••••", "[card]"]),
        (["3782 822463", "10005"], ["3782 822463", "[card]"]),
        (["4111 1111", "1111 1111", "12 27"], ["4111 1111", "[card]", "12 27"]),
    ],
)
@pytest.mark.parametrize("turns", [True, False])
def test_a_card_in_pieces_is_not_put_together(said: list[str], kept: list[str], turns: bool) -> None:
    lines: list[Observation] = []
    for index, text in enumerate(said):
        at = 3.0 * index
        lines.append(TurnAdded(at, "user", text) if turns else CallerHeard(at, text, True))
        lines.append(TurnAdded(at + 1, "assistant", "Go on."))
    assert [line.text for line in logged(*lines) if getattr(line, "text", "") != "Go on."] == kept


@pytest.mark.parametrize(
    "said",
    [
        ["my number is 415 555 2671", "94107"],
        ["4512", "Friday at 10"],
        ["order 4512 3344", "it has 5 parts"],
        ["2026", "1985", "12"],
        ["1234 5678", "9012 3456"],
    ],
)
def test_other_numbers_one_after_the_other_stay(said: list[str]) -> None:
    lines = [CallerHeard(3.0 * index, text, True) for index, text in enumerate(said)]
    assert [line.text for line in logged(*lines)] == said


def test_pieces_long_apart_are_no_number() -> None:
    lines = logged(CallerHeard(1.0, "4111 1111", True), CallerHeard(60.0, "1111 1111", True))
    assert lines[1].text == "1111 1111"


def test_of_a_card_that_is_keyed_in_the_keys_behind_the_eighth_are_masked() -> None:
    lines = logged(*(CallerKeys(1.0 + index, digit) for index, digit in enumerate("4111111111111111")))
    assert "".join(line.digits for line in lines) == "41111111••••••••"


@pytest.mark.parametrize("keys", ["1234567890", "4512#3344#5566#", "12"])
def test_other_keys_stay(keys: str) -> None:
    lines = logged(*(CallerKeys(1.0 + index, key) for index, key in enumerate(keys)))
    assert "".join(line.digits for line in lines) == keys


COLLECTED = (
    CallerKeys(2.0, "1"),
    CallerKeys(3.0, "2"),
    ToolReturned(4.0, "call_1", "done", "12"),
    CallerKeys(5.0, "7"),
)


@pytest.mark.parametrize(
    ("prompt", "kinds", "hidden"),
    [
        ("Please key in your card number.", ("card",), True),
        ("The three digits of the security code?", ("card",), True),
        ("Please key in your customer number.", ("card",), False),
        ("Please key in your customer number.", ("keys",), True),
        ("Please key in your card number.", ("email",), False),
    ],
)
def test_keys_are_masked_while_a_card_is_asked_for_or_whenever_the_policy_says_so(
    prompt: str, kinds: tuple[RedactedKind, ...], hidden: bool
) -> None:
    asked = ToolCalled(1.0, "collect_dtmf", {"prompt": prompt, "count": 2}, "call_1")
    _, first, second, result, later = logged(asked, *COLLECTED, kinds=kinds)
    assert (first.digits, second.digits) == (("•", "•") if hidden else ("1", "2"))
    assert result.result == ("(not kept)" if hidden else "12")
    assert later.digits == "7"


def test_a_record_has_none_of_it_in_its_error_either() -> None:
    record = CallRecord("a call", "a room")
    record.log.redact(Redaction(KINDS, "en-US"))
    record.log.add(TurnAdded(1.0, "user", f"I am ann@example.com, card {NUMBER}, born on 5/8/1985, 078-05-1120."))
    record.happened("job failed", f"ValueError: {NUMBER}")
    text = str(record.as_dict()) + str(record.ending)
    for planted in ("ann@", NUMBER, "1985", "078-05"):
        assert planted not in text


def test_by_default_cards_are_masked_in_a_call_while_the_agent_gets_them(tmp_path: Path) -> None:
    text = """
        agent:
          greeting: Which card?
          replies: [{when: 4111 1111 1111 1111, say: Thanks.}]
        steps:
          - agent_says: which card
          - caller: It is 4111 1111 1111 1111.
          - expect: agent says
            with: thanks
    """
    result = run_text(tmp_path, text)
    assert result.passed, [step.observed for step in result.steps]
    assert [turn["text"] for turn in result.turns if turn["role"] == "user"] == ["It is [card]."]
    kept = run_text(tmp_path, text, "privacy.redact=[]")
    assert [turn["text"] for turn in kept.turns if turn["role"] == "user"] == ["It is 4111 1111 1111 1111."]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["my social is five three six", "two two eight four seven one"], "[national id]"),
        (["536", "22", "8471"], "[national id]"),
        (["DE89 3704 0044", "0532 0130 00"], "[iban]"),
        (["ann dot lee", "at example dot com"], "[email]"),
        (["202 555", "0143"], "[phone]"),
        (["August 5", "1985"], "[birth date]"),
        (["542418", "1279834068"], "[card]"),
        (["the card is 5424 1812 uh", "and then 7983 4068 okay?"], "[card] okay?"),
    ],
)
def test_a_number_in_pieces_is_not_put_together(said: list[str], kept: str) -> None:
    lines = [TurnAdded(3.0 * index, "user", text) for index, text in enumerate(said)]
    assert logged(*lines, kinds=KINDS)[-1].text == kept
    apart = [TurnAdded(60.0 * index, "user", text) for index, text in enumerate(said)]
    assert [line.text for line in logged(*apart, kinds=KINDS)] != [*said[:-1], kept]


def test_what_the_agent_asked_for_is_masked_in_the_answer() -> None:
    asked = TurnAdded(1.0, "assistant", "May I have your social security number?")
    _, said, again, later = logged(
        asked,
        TurnAdded(4.0, "user", "536228471."),
        TurnAdded(6.0, "assistant", "So that is five three six, two two, eight four seven one?"),
        TurnAdded(90.0, "user", "And the order is 536228472."),
        kinds=("national_id",),
    )
    assert (said.text, again.text) == ("[national id].", "So that is [national id]?")
    assert later.text == "And the order is 536228472."


def test_in_words_about_a_card_no_more_than_the_digits_of_the_bank_are_kept() -> None:
    (line,) = logged(TurnAdded(1.0, "user", "my card number is 5424 1812 7983 and the rest is 4068"))
    assert line.text == "my card number is 5424 1812 •••• and the rest is ••••"


def test_what_the_agent_says_word_by_word_tells_no_number() -> None:
    pieces = ["So", "that", "is", "5424", "1812", "7983", "4068,", "right?"]
    for make in (AgentText, AgentWords):
        log = ObservationLog(lambda: 1.0)
        log.redact(Redaction(("card", "national_id"), "en-US"))
        kept = "".join(log.kept(make(1.0, f"{piece} ")).text for piece in pieces)  # type: ignore[type-var]
        assert "7983" not in kept and "4068" not in kept and kept.endswith("right? ")


def test_interims_of_the_second_half_show_nothing_of_it() -> None:
    lines = logged(
        CallerHeard(1.0, "it is 5424 1812", True),
        CallerHeard(3.0, "and then 7983", False),
        CallerHeard(4.0, "and then 7983 4068", False),
    )
    assert [line.text for line in lines[1:]] == ["and then ••••", "[card]"]


def test_what_others_have_written_into_the_context_is_masked_and_its_numbers_stay() -> None:
    record = CallRecord("a call", "a room", context={"number": "+12025550123", "headers": {"x-card": NUMBER}})
    record.log.redact(Redaction(KINDS, "en-US"))
    for context in (record.head("a test").context, record.as_dict()["context"]):
        assert context == {"number": "+12025550123", "headers": {"x-card": "[card]"}}
