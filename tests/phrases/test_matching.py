import pytest

from callagent.phrases import Found, check_phrase, find, words

TEXT = "Done, you're booked for Friday. Anything else?"


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("booked for friday", "booked for Friday"),
        ("done booked", "Done, you're booked"),
        ("you're", "you're"),
        ("you\u2019re booked", "you're booked"),
        ("youre", "you're"),
        ("/book\\w+ for/", "booked for"),
        ("/BOOKED/", "booked"),
        ("friday booked", None),
        ("book", None),
        ("...", None),
        ("/monday/", None),
    ],
)
def test_words_are_found_in_order_and_expressions_anywhere(phrase: str, found: str | None) -> None:
    match = find(phrase, TEXT)
    assert (None if match is None else TEXT[match.start : match.end]) == found


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("check-up", "a check up, please", "check up"),
        ("営業", "営業時間は何時ですか", "営業"),
        ("営業", "本日の営業は", "営業"),
        ("営業", "営んでいる業者", None),
        ("はい お願い", "はい、よろしくお願いします", "はい、よろしくお願い"),
        ("ガス", "\uff76\uff9e\uff7dの件", "\uff76\uff9e\uff7d"),
        ("AI", "AIは何ですか", "AI"),
        ("10 時", "10時に行きます", "10時"),
        ("ठीक है", "हाँ, ठीक है।", "ठीक है"),
        ("ठीक", "बिल्कुल ठीक", "ठीक"),
        ("है", "हैं", None),
        ("हम", "हम्म", None),
        ("caf\u00e9", "le cafe\u0301 noir", "cafe\u0301"),
        ("strasse", "Die Straße", "Straße"),
        ("d'accord", "D\u2019accord.", "D\u2019accord"),
        ("สวัสดี", "สวัสดีครับ", "สวัสดี"),
    ],
)
def test_every_script_has_its_words(phrase: str, text: str, found: str | None) -> None:
    match = find(phrase, text)
    assert (None if match is None else text[match.start : match.end]) == found


def test_the_search_can_begin_later() -> None:
    assert find("anything", TEXT, 10) == Found(32, 40)
    assert find("done", TEXT, 1) is None
    assert find("営業", "営業、営業", 1) == Found(3, 5)


def test_named_groups_are_given_out() -> None:
    found = find("/on (?P<day>friday|tuesday)(?P<hour> at \\d)?/", "On Friday, please")
    assert found is not None
    assert found.groups == {"day": "Friday"}


def test_words_of_a_text() -> None:
    assert words("You\u2019re ठीक है, 営業!") == ["youre", "ठीक", "है", "営", "業"]


@pytest.mark.parametrize(("phrase", "said"), [("...", "no word"), ("/(/", "not a regular expression")])
def test_what_cannot_be_found_is_refused(phrase: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_phrase(phrase)
