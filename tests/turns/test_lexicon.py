import pytest

from callagent.phrases import MAX_CHARACTERS, tokens
from callagent.turns.lexicon import Kind, Lexicon
from tests.turns.driver import LEXICON


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("Mm-hmm, that's OKAAAY!", ["m", "hm", "thats", "okay"]),
        ("Mhmm", ["mhm"]),
        ("１０００ euros", ["1000", "euros"]),  # noqa: RUF001 - full-width digits are the point
        ("D’accord", ["daccord"]),  # noqa: RUF001 - typographic apostrophe
        ("はい、そうです", ["は", "い", "そ", "う", "で", "す"]),
        ("हाँ जी", ["हाँ", "जी"]),
        ("\x00\x07…", []),
        ("👍 okay", ["okay"]),
    ],
)
def test_tokens(spoken: str, expected: list[str]) -> None:
    assert tokens(spoken) == expected


def test_a_very_long_transcript_is_read_at_both_ends() -> None:
    words = tokens("start " + "x" * 100_000 + " finish")
    assert (words[0], words[-1]) == ("start", "finish")
    assert sum(map(len, words)) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    ("spoken", "kind"),
    [
        ("Okay.", Kind.ACK),
        ("okay, yeah. Uh-huh", Kind.ACK),
        ("MMHMM", Kind.ACK),
        ("mm hmm mm hmm", Kind.ACK),
        ("All", Kind.PREFIX),
        ("okay al", Kind.PREFIX),
        ("got", Kind.PREFIX),
        ("got a question", Kind.CONTENT),
        ("no problem", Kind.ACK),
        ("no problem but wait", Kind.COMMAND),
        ("I said stop", Kind.COMMAND),
        ("nonstop", Kind.CONTENT),
        ("hold", Kind.PREFIX),
        ("hold on", Kind.COMMAND),
        ("", Kind.EMPTY),
        ("...", Kind.EMPTY),
    ],
)
def test_streaming_answer(spoken: str, kind: Kind) -> None:
    assert LEXICON.match(spoken, final=False).kind is kind


def test_a_final_is_never_a_prefix() -> None:
    assert LEXICON.match("All", final=True).kind is Kind.CONTENT


def test_content_names_the_words_that_are_no_acknowledgement() -> None:
    assert LEXICON.match("okay what about Friday", final=True).content == ("what", "about", "friday")


def test_scripts_without_spaces() -> None:
    lexicon = Lexicon(["はい", "うん", "なるほど"], ["待って", "ちょっと"])
    assert lexicon.match("はいはい", final=True).kind is Kind.ACK
    assert lexicon.match("うん、待って", final=False).kind is Kind.COMMAND
    assert lexicon.match("なる", final=False).kind is Kind.PREFIX
    assert lexicon.match("予約したい", final=True).kind is Kind.CONTENT


SEED = Lexicon(["okay", "yeah", "uhhuh", "ok", "hmm", "right"], ["stop", "no"])


@pytest.mark.parametrize("spoken", ["Uh-huh.", "Uh huh", "uhhuh", "UHHUH, ok", "O.K.", "o-kay", "Mm-hmm.", "Mmkay"])
def test_a_phrase_is_known_however_it_is_hyphenated_or_spaced(spoken: str) -> None:
    assert SEED.match(spoken, final=True).kind is Kind.ACK


@pytest.mark.parametrize("spoken", ["Uh-uh, nope", "b right", "Alright", "rights", "ok ayes", "him", "hem", "ham"])
def test_other_words_stay_other_words(spoken: str) -> None:
    assert SEED.match(spoken, final=True).kind is Kind.CONTENT


@pytest.mark.parametrize(
    ("phrase", "spoken", "same"),
    [
        ("okey-dokey", "okey dokey", True),
        ("okey dokey", "okeydokey", True),
        ("okeydokey", "okey-dokey", True),
        ("okeydokey", "okey dokey", True),
        ("mmhmm", "mm hmm", True),
        ("all right", "allright", True),
        ("righto", "right-o", True),
        ("go on", "goon", False),
        ("am I", "ami", False),
        ("notable", "not able", False),
        ("also", "al so", False),
        ("wieder", "wie der", False),
    ],
)
def test_unrelated_words_do_not_meet(phrase: str, spoken: str, same: bool) -> None:
    assert (Lexicon([phrase], ["stop"]).match(spoken, final=True).kind is Kind.ACK) is same


def test_an_interim_may_become_a_phrase_that_is_written_as_one() -> None:
    assert SEED.match("Uh", final=False).kind is Kind.PREFIX


def test_a_hum_that_is_listed_elsewhere_means_what_its_list_says() -> None:
    lexicon = Lexicon(["okay"], ["aha"], tics=["hmm"])
    assert lexicon.match("Aha!", final=True).kind is Kind.COMMAND
    assert lexicon.match("Hmm.", final=True).tic


@pytest.mark.parametrize("text", ["Huh?", "Yeah. Hm?", "Eh??", "Huh?!"])
def test_a_hum_with_a_question_mark_asks_for_a_repeat(text: str) -> None:
    lexicon = Lexicon(["yeah"], ["stop"], repeats=["eh"])
    assert lexicon.match(text, final=True).repeat
    assert not lexicon.match(text, final=False).repeat


@pytest.mark.parametrize("text", ["Huh.", "Mm-hmm?", "Nice, huh?", "Yeah?", "Huh! Yeah?"])
def test_other_marks_and_other_words_do_not(text: str) -> None:
    assert not Lexicon(["yeah"], ["stop"], repeats=["eh"]).match(text, final=True).repeat
