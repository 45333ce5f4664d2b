import io
import logging
import sys
from types import TracebackType
from typing import Any

import pytest

from callagent.cli.logs import LineFormatter, setup_logging


def line(message: str, *, show_pii: bool = False, **fields: Any) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(show_pii=show_pii))
    record = logging.makeLogRecord({"name": "callagent.turns", "msg": message, "levelname": "INFO", **fields})
    handler.emit(record)
    return stream.getvalue().split(" ", 1)[1]


def test_a_record_is_one_line_with_its_fields() -> None:
    assert line("stopped", rule="command", at=1.23456789) == "INFO callagent.turns: stopped rule=command at=1.23457\n"


def test_values_with_spaces_are_quoted() -> None:
    assert line("said", text="no stop", nothing="") == "INFO callagent.turns: said text='no stop' nothing=''\n"


@pytest.mark.parametrize(("show_pii", "shown"), [(False, "***"), (True, "+12025550123")])
def test_personal_fields_are_masked_unless_asked_for(show_pii: bool, shown: str) -> None:
    assert line("call", show_pii=show_pii, pii_number="+12025550123").endswith(f"pii_number={shown}\n")


def test_secrets_are_masked_always() -> None:
    assert "s3cret" not in line("made", show_pii=True, api_key="s3cret", options={"token": "s3cret"})


def test_what_was_heard_cannot_forge_a_line() -> None:
    assert line("said", show_pii=True, pii_text="a\nERROR b\x1b[31m").count("\n") == 1
    assert line("a\nERROR b").count("\n") == 1


def test_a_traceback_follows_on_lines_of_its_own() -> None:
    try:
        raise ValueError("boom")
    except ValueError:
        text = line("failed", exc_info=sys.exc_info())
    assert text.startswith("INFO callagent.turns: failed\n    Traceback")
    assert text.endswith("\n    ValueError: boom\n")


@pytest.mark.parametrize("key", ["lk.pii.transcript", "pii_text", "x.pii"])
def test_personal_fields_of_livekit_are_masked_as_well(key: str) -> None:
    fields: dict[str, Any] = {key: "my name is Eve"}
    assert line("said", **fields).endswith(f"{key}=***\n")
    assert "Eve" in line("said", show_pii=True, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"room": "call-_+12025550123_x7Kq"},
        {"participant": "sip_+12025550123"},
        {"participant": "sip_12025550123"},
        {"error": ValueError("no route to +1 202 555-0123")},
        {"attributes": {"sip": [{"phone": "+12025550123"}]}},
        {"attributes": {"+12025550123": 1}},
        {"note": "a" * 490 + "+12025550123" + "b" * 100},
    ],
)
def test_numbers_are_masked_in_every_field(fields: dict[str, Any]) -> None:
    assert "555" not in line("call", **fields)
    assert "555" in line("call", show_pii=True, **fields) or "note" in fields


@pytest.mark.parametrize("number", ["4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "078-05-1120", "12345678Z"])
def test_cards_accounts_and_identity_numbers_are_masked_wherever_they_stand(number: str) -> None:
    text = line(f"cannot charge {number}", error=f"ValueError: {number}", nested={"card": [number]})
    assert number not in text and number[-4:] not in text
    assert number in line(f"cannot charge {number}", show_pii=True)


def test_numbers_are_masked_in_messages_and_their_arguments() -> None:
    assert (
        line("room %s closed", args=("call-_+12025550123_x",)) == "INFO callagent.turns: room call-_+1***23_x closed\n"
    )
    assert "555" not in line("%d and %d", args=("+12025550123",))


class Unwritable:
    def __repr__(self) -> str:
        raise LookupError("no")

    __str__ = __repr__


def test_what_cannot_be_written_does_not_cost_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    cycle: list[object] = ["+12025550123"]
    cycle.append(cycle)
    assert line("call", a=Unwritable(), b=[Unwritable()], c=cycle, d={Unwritable(): 1}).startswith("INFO")
    assert "555" not in capsys.readouterr().err


def failure(text: str) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    try:
        raise ValueError(text)
    except ValueError as error:
        return type(error), error, error.__traceback__


def test_a_traceback_forges_no_line_and_tells_no_number() -> None:
    text = line("failed", exc_info=failure("of +12025550123\n12:00:00.000 ERROR callagent: forged\x1b[2J\u202e"))
    assert [each for each in text.splitlines()[1:] if not each.startswith("    ")] == []
    assert "\x1b" not in text and "\u202e" not in text and "555" not in text
    assert "forged" in text


def test_a_long_traceback_keeps_its_begin_and_its_end() -> None:
    text = line("failed", exc_info=failure("a" * 1_000_000 + "the end"))
    assert text.splitlines()[1] == "    Traceback (most recent call last):"
    assert text.endswith("the end\n")
    assert len(text) < 50_000


def test_what_ends_the_program_is_logged_like_everything(capsys: pytest.CaptureFixture[str]) -> None:
    setup_logging("warning")
    kind, error, trace = failure("of +12025550123\nERROR forged\x1b[2J")
    sys.excepthook(kind, error, trace)
    told = capsys.readouterr().err
    assert told.splitlines()[0].endswith("CRITICAL callagent: unhandled exception")
    assert not [line for line in told.splitlines()[1:] if not line.startswith("    ")]
    assert "555" not in told and "\x1b" not in told


def test_a_record_of_another_process_is_written_like_one_of_this() -> None:
    here = logging.makeLogRecord({"name": "callagent.worker", "levelname": "ERROR", "msg": "call failed"})
    here.exc_info = failure("of +12025550123\nERROR forged")
    expected = LineFormatter().format(here)
    sent = logging.Formatter().format(here)  # what livekit-agents does before it sends a record
    there = logging.makeLogRecord({**vars(here), "msg": sent, "exc_info": None})
    assert there.exc_text
    assert LineFormatter().format(there) == expected
