import pytest
from hypothesis import given
from hypothesis import strategies as st

from callagent.sanitise import printable, printable_lines
from callagent.sanitise.terminal import is_printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("evil\u202egnp.exe", "evil\\u202egnp.exe"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("one\u2028two", "one\\u2028two"),
        ("half \ud83d", "half \\ud83d"),
        ("\U000e0041", "\\U000e0041"),
        ("\x00\x7f\ufeff", "\\x00\\x7f\\ufeff"),
    ],
)
def test_what_a_terminal_would_act_on_is_written_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Gr\u00fc\u00dfe\u00a0!",
        "\u0928\u092e\u0938\u094d\u200d\u0924\u0947",
        "\U0001f468\u200d\U0001f469\ufe0f",
        "[bold]",
        "a\\x1b",
    ],
)
def test_words_of_every_script_stay_as_they_are(text: str) -> None:
    assert printable(text) == text


def test_a_text_of_several_lines_keeps_them() -> None:
    assert printable_lines("a\x1b\nb\r\n") == "a\\x1b\nb\\r\n"


@given(st.text(st.characters(categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Lo"))))
def test_no_text_acts_once_it_is_printable(text: str) -> None:
    assert is_printable(printable(text))
    assert printable(printable(text)) == printable(text)
