import pytest

from callagent.phone_numbers.dial_string import DialString, has_keys, read_dial_string


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("+12025550123", ""),
        ("+12025550123,,7#", "wwwwwwww7#"),
        ("+12025550123p7", "wwww7"),
        ("+12025550123;7", "wwww7"),
        ("+12025550123 , 1 w 2", "wwww1w2"),
        ("+12025550123ww7*", "ww7*"),
        ("+12025550123;ext=7", "wwww7"),
        ("+12025550123 x7", "wwww7"),
        ("+12025550123 Ext. 1234", "wwww1234"),
        ("tel:+1-202-555-0123", ""),
        ("tel:+12025550123;ext=7", "wwww7"),
        ("tel:+1.202.555.0123;postd=pp7", "wwwwwwww7"),
    ],
)
def test_a_number_and_the_keys_after_the_answer(text: str, keys: str) -> None:
    found = read_dial_string(text)
    assert (found.to, found.keys) == ("+12025550123", keys)


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("+12025550123", "tel:+12025550123"),
        ("tel:+1-202-555-0123", "tel:+1-202-555-0123"),
        ("+12025550123 x7", "tel:+12025550123;ext=7"),
        ("tel:+12025550123;ext=7", "tel:+12025550123;ext=7"),
        ("tel:+12025550123;postd=pp7", "tel:+12025550123;postd=pp7"),
        ("+12025550123,,7#", None),
        ("sip:1001@pbx.example.com", "sip:1001@pbx.example.com"),
    ],
)
def test_what_a_refer_says(text: str, uri: str | None) -> None:
    assert read_dial_string(text).uri == uri


def test_a_sip_address_is_dialled_as_it_is() -> None:
    assert read_dial_string("sip:1001@pbx.example.com") == DialString(
        "sip:1001@pbx.example.com", "", "sip:1001@pbx.example.com"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1001", DialString("1001", "", "tel:1001")),
        ("nobody", DialString("nobody", "", None)),
        ("tel:nobody", DialString("nobody", "", "tel:nobody")),
        ("+1-202.555-0123x", DialString("+12025550123", "", "tel:+12025550123")),
        ("tel:+12025550123x", DialString("+12025550123", "", "tel:+12025550123x")),
    ],
)
def test_what_is_dialled_where_no_keys_follow(text: str, found: DialString) -> None:
    assert read_dial_string(text) == found


@pytest.mark.parametrize(
    ("tail", "has"),
    [
        (";ext=7", True),
        (" x7", True),
        (",,7#", True),
        (",", False),
        ("", False),
        ("7", False),
        ("," + "7" * 59, True),
        ("," + "7" * 60, False),
        (";ext=" + "7" * 21, False),
    ],
)
def test_what_may_follow_a_number(tail: str, has: bool) -> None:
    assert has_keys(tail) is has
