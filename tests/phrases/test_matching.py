import pytest

from callagent.phrases import Found, check_phrase, find, find_any, is_expression, shown, words

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


@pytest.mark.parametrize(
    ("phrase", "expression"), [("/a/", True), ("//", True), ("/", False), ("/a", False), ("a/", False), ("a", False)]
)
def test_an_expression_stands_between_two_slashes(phrase: str, expression: bool) -> None:
    assert is_expression(phrase) is expression
    assert shown(phrase) == (phrase if expression else f"'{phrase}'")


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("a a", "a", None),
        ("\u00e9", "\u00e9' a", (0, 1)),
        ("a a", "a b a", (0, 5)),
        ("b", "a b", (2, 3)),
        ("a b", "b a b", (2, 5)),
        ("営業", "営x業 営業", (4, 6)),
        ("営 業", "営 業", (0, 3)),
        ("営業A", "営業 x A", (0, 6)),
        ("A営", "A x 営", (0, 5)),
        ("a営業", "a 営x業 営業", (0, 8)),
    ],
)
def test_where_a_phrase_is_found(phrase: str, text: str, found: tuple[int, int] | None) -> None:
    match = find(phrase, text)
    assert (None if match is None else (match.start, match.end)) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rock'n'roll 'quoted' it's'", ["rocknroll", "quoted", "its"]),
        ("l\u2019\u00e9t\u00e9\u2019 \u2019\u00e0", ["l\u00e9t\u00e9", "\u00e0"]),
        ("\u00e9\u2019", ["\u00e9"]),
        ("\u00e9's", ["\u00e9s"]),
        ("\u0302 \u00e9", ["\u0302", "\u00e9"]),
        ("\u00e9\u2019-a", ["\u00e9", "a"]),
        ("\u00e9a5", ["\u00e9a5"]),
        ("क\u094d\u200dष", ["क\u094dष"]),
        ("\u00e9\u00ada", ["\u00e9a"]),
        ("ガ\u3099は", ["ガ\u3099", "は"]),
        ("あéい", ["あ", "é", "い"]),
        ("éあ", ["é", "あ"]),
        ("ไม่", ["ไ", "ม่"]),
        ("½ é", ["1\u20442", "é"]),
        ("\u00e9_a", ["\u00e9", "a"]),
        ("", []),
        ("\u2026", []),
    ],
)
def test_words_of_every_script(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_the_first_of_several_phrases_is_told_by_its_number() -> None:
    assert find_any(["monday", "/fri/", "friday"], TEXT) == (1, Found(24, 27))
    assert find_any(["monday", "tuesday"], TEXT) is None
    assert find_any([], TEXT) is None


@pytest.mark.parametrize("phrase", ["a", "/a/", "//", "営", "a!"])
def test_what_can_be_found_is_taken_as_it_is(phrase: str) -> None:
    assert check_phrase(phrase) == phrase


def test_an_expression_is_searched_from_a_place_on() -> None:
    assert find("/a/", "a b a", 1) == Found(4, 5)


def test_what_was_found_twice_is_one_thing_in_a_set() -> None:
    found = [find("/(?P<day>friday)/", TEXT) for _ in range(2)]
    assert len(set(found)) == 1
