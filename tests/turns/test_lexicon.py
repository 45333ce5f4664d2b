import pytest

from callagent.turns.lexicon import Kind, Lexicon
from callagent.turns.normalise import MAX_CHARACTERS, tokens
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
