import io
import logging
import sys

import pytest

from callagent.cli.logs import LineFormatter


def line(message: str, *, show_pii: bool = False, **fields: object) -> str:
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
    assert text.startswith("INFO callagent.turns: failed\nTraceback")
    assert text.endswith("ValueError: boom\n")
