"""The trie of phrases: which pieces words make, where phrases end, and what may still become one."""

import pytest

from callagent.phrases import split
from callagent.phrases.phrase_trie import MOST_JOINTS, Phrases, Pieces, pieces, reach


def parts(text: str) -> Pieces:
    return pieces(*split(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("okay", [[(1, "okay")]]),
        ("go on", [[(1, "go")], [(2, "on")]]),
        ("uh huh", [[(1, "uh"), (2, "uhhuh")], [(2, "huh")]]),
        ("uh okay", [[(1, "uh")], [(2, "okay")]]),
        ("uh huh okay", [[(1, "uh"), (2, "uhhuh")], [(2, "huh")], [(3, "okay")]]),
        ("okay uh", [[(1, "okay")], [(2, "uh")]]),
        ("o.k. yes", [[(1, "o"), (2, "ok")], [(2, "k")], [(3, "yes")]]),
        ("mm hmm mm", [[(1, "m"), (2, "mhm"), (3, "mhm")], [(2, "hm"), (3, "hm")], [(3, "m")]]),
        ("nn nn", [[(1, "nn"), (2, "n")], [(2, "nn")]]),
        ("uhuhuh uh", [[(1, "uhuhuh")], [(2, "uh")]]),
    ],
)
def test_neighbours_that_belong_together_count_as_one_too(text: str, expected: Pieces) -> None:
    assert parts(text) == expected


def test_a_long_row_of_sounds_is_joined_by_fives() -> None:
    joined = parts(" ".join(["uh"] * 8))
    assert [len(piece) for piece in joined] == [5, 5, 5, 5, 4, 3, 2, 1]
    assert joined[0][-1][0] == MOST_JOINTS + 1


@pytest.mark.parametrize(
    ("phrases", "text", "ends"),
    [
        (["got it"], "got it", [[(2, "got it")], []]),
        (["got", "got it"], "got it", [[(1, "got"), (2, "got it")], []]),
        (["got it"], "i got it", [[], [(3, "got it")], []]),
        (["got it"], "got", [[]]),
        (["all right"], "allright", [[(1, "all right")]]),
        (["all right"], "all-right", [[(2, "all right")], []]),
        (["uhhuh"], "uh huh", [[(2, "uhhuh")], []]),
        (["uh-huh"], "uhhuh", [[(1, "uh-huh")]]),
        (["o.k."], "ok", [[(1, "o.k.")]]),
        (["okeydokey"], "okey dokey", [[(2, "okeydokey")], []]),
        (["okay", "OKAY!"], "okay", [[(1, "okay")]]),
        (["..."], "okay", [[]]),
        (["a b c", "abcd"], "a-b-c-d", [[(3, "a b c"), (4, "abcd")], [], [], []]),
    ],
)
def test_where_phrases_end(phrases: list[str], text: str, ends: list[list[tuple[int, str]]]) -> None:
    assert Phrases(phrases).all_ends(parts(text)) == ends


@pytest.mark.parametrize(
    ("phrase", "spoken", "same"),
    [
        ("abcd efgh", "abcdefgh", True),
        ("abcd efg", "abcdefg", False),
        ("abc defgh", "abcdefgh", True),
        ("ab cdefgh", "abcdefgh", False),
        ("abcdefgh", "abc defgh", True),
        ("abcdefgh", "abcde fgh", True),
        ("abcdefgh", "ab cdefgh", False),
        ("abcdefgh", "abcdef gh", False),
        ("abcdefg", "abc defg", False),
        ("abc def ghi", "abcdef ghi", False),
        ("abcdefgh ijk", "abc defgh ijk", False),
    ],
)
def test_long_words_are_cut_and_joined_and_short_ones_are_not(phrase: str, spoken: str, same: bool) -> None:
    words = parts(spoken)
    found = Phrases([phrase]).ends(words, 0)
    assert found == ([(len(words), phrase)] if same else [])


def test_the_first_joints_of_a_phrase_may_be_closed() -> None:
    phrase = "a-b-c-d-e-f"
    for spoken, same in (("abcde f", True), ("a b c d e f", True), ("a bcde f", True), ("a b c d ef", False)):
        words = parts(spoken)
        assert bool(Phrases([phrase]).ends(words, 0)) is same, spoken


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("mhm", [[(1, "mhm")]]),
        ("uh huh", [[(2, "uhhuh")], [(2, "huh")]]),
        ("okay", [[]]),
        ("mmyeah", [[(1, "mmyeah")]]),
        ("mmfriday", [[]]),
        ("mmgot", [[]]),
        ("yeah", [[(1, "yeah")]]),
    ],
)
def test_with_hums_every_spelling_of_one_is_a_phrase(text: str, ends: list[list[tuple[int, str]]]) -> None:
    assert Phrases(["yeah", "got it"], hums=True).all_ends(parts(text)) == ends


def test_what_follows_a_hum_in_one_word_may_be_a_phrase() -> None:
    phrases = Phrases(["yeah", "okay"], hums=True)
    assert phrases.ends(parts("mmokay"), 0) == [(1, "mmokay")]
    assert phrases.ends(parts("mmyeah-x"), 0) == [(1, "mmyeah")]


def test_a_hum_that_begins_a_phrase_comes_before_it() -> None:
    assert Phrases(["mm yes"], hums=True).ends(parts("mm yes"), 0) == [(1, "m"), (2, "mm yes")]


def test_without_hums_none_is() -> None:
    assert Phrases(["yeah"]).all_ends(parts("mhm mmyeah")) == [[], []]


def test_a_hum_that_is_a_phrase_is_told_as_it_is_listed() -> None:
    assert Phrases(["Mhm!"], hums=True).ends(parts("mhm"), 0) == [(1, "Mhm!")]


@pytest.mark.parametrize(
    ("text", "start", "cut", "begins"),
    [
        ("hold", 0, False, True),
        ("hold on", 0, False, True),
        ("hold on i", 0, False, True),
        ("hold on i am on it", 0, False, False),
        ("hold off", 0, False, False),
        ("please hold", 1, False, True),
        ("please hold", 0, False, False),
        ("hol", 0, False, False),
        ("hol", 0, True, True),
        ("hold o", 0, True, True),
        ("hold o", 0, False, False),
        ("hol on", 0, True, False),
        ("hold", 1, False, True),
        ("x", 0, True, False),
    ],
)
def test_what_may_still_become_a_phrase(text: str, start: int, cut: bool, begins: bool) -> None:
    assert Phrases(["hold on i am"]).begins(parts(text), start, cut=cut) is begins


def test_the_last_word_may_be_cut_short_unless_it_is_said_otherwise() -> None:
    assert Phrases(["hold on"]).begins(parts("ho"), 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("okay got it", ([True, True, False, True], "got it")),
        ("okay friday", ([True, True, False], "okay")),
        ("friday okay", ([True, False, False], "")),
        ("", ([True], "")),
        ("got okay", ([True, False, False], "")),
    ],
)
def test_how_far_a_sequence_of_phrases_reaches(text: str, expected: tuple[list[bool], str]) -> None:
    assert reach(Phrases(["okay", "got it"]).all_ends(parts(text))) == expected
