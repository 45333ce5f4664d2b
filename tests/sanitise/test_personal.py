import pytest

from callagent.sanitise import hide_numbers, is_personal, without_personal
from tests.support.processor import processor_time


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call-_+12025550123_x7Kq", "call-_+1***23_x7Kq"),
        ("call-_12025550123_abcd", "call-_***23_abcd"),
        ("call-_2025550123_abcd", "call-_***23_abcd"),
        ("sip_+12025550123", "sip_+1***23"),
        ("sip_12025550123", "sip_***23"),
        ("sip_101", "sip_***"),
        ("<sip:101@pbx.example>", "<sip:***@pbx.example>"),
        ("tel:+49-30-1234567;ext=1", "tel:+49***67;ext=1"),
        ("a%2B12025550123b", "a%2B1***23b"),
        ("\uff0b49 1511 2345678", "\uff0b49***78"),
        ("+1 (202) 555-0123, +44 20 7946 0958", "+1***23, +44***58"),
        ("(202) 555-0123", "***23"),
        ("202-555-0123", "***23"),
        ("1-202-555-0123", "***23"),
        ("020 7946 0958", "***58"),
        ("030/1234567", "***67"),
        ("0049 1511 2345678", "***78"),
        ("2 0 2 5 5 5 0 1 2 3", "***23"),
        ("12025550123@example.com", "***23@example.com"),
        ("004915112345678", "***78"),
        ("{'number': '12025550123'}", "{'number': '***23'}"),
    ],
)
def test_numbers_in_a_text_keep_their_country_code_and_their_end(text: str, shown: str) -> None:
    assert hide_numbers(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "AJ_abc123DEF456 PA_123456789012 speech_358912345678",
        "at 1700000000, 1700000000.123 and 1700000000123",
        "0.123456789012",
        "port 7880 pid 1234567",
        "2026-11-28 04:18:28.123+00:00",
        "01-02-2026 04:18",
        "12345678-1234-1234-1234-123456789012",
        "127.0.0.1:54321 203.0.113.24",
        "20261128T041828-AJ_x.json",
        "sip:192.0.2.1:5060 sip:sip.example.com:5060",
        "486 Busy Here",
        "3f786850e387550fdab836ed7e6dc881de23001b",
    ],
)
def test_other_digits_stay(text: str) -> None:
    assert hide_numbers(text) == text


def test_what_a_validation_message_quotes_is_hidden() -> None:
    assert (
        hide_numbers("bad [type=int, input_value='Eve\nX', input_type=str]")
        == "bad [type=int, input_value=***, input_type=str]"
    )


@pytest.mark.parametrize("piece", ["1", "+1 ", "0-", "0 12", "(", "+((( ", "1 - ", "a_", "input_value="])
def test_a_long_text_takes_time_in_proportion(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    assert processor_time(lambda: hide_numbers(text)) < 0.1


@pytest.mark.parametrize(
    ("key", "personal"),
    [
        ("pii_heard", True),
        ("lk.pii.arguments", True),
        ("x-PII-y", True),
        ("piii", False),
        ("pirate", False),
        ("", False),
    ],
)
def test_fields_with_a_part_named_pii_are_personal(key: str, personal: bool) -> None:
    assert is_personal(key) is personal


def test_personal_fields_are_masked_at_any_depth() -> None:
    inner: dict[str, object] = {"lk.pii.text": "words", "n": 1}
    inner["self"] = inner
    shown = str(without_personal({"a": [inner]}))
    assert "words" not in shown
    assert "'n': 1" in shown
