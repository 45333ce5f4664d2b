import pytest

from callagent.phrases import MAX_CHARACTERS, tokens
from callagent.turns.lexicon import Kind, Lexicon, Match
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


SEEING = Lexicon(
    ["okay", "i see", "i see what you mean", "no problem", "that's right", "right"],
    ["no", "what", "stop it", "right now", "hold on", "see you"],
    asides=["hold on i'm on the phone", "not you"],
    tics=["um", "uh"],
    repeats=["eh", "say what"],
)


def matched(text: str, *, final: bool = True) -> Match:
    return SEEING.match(text, final=final)


@pytest.mark.parametrize(
    ("text", "kind", "phrase", "content"),
    [
        ("Okay, I see.", Kind.ACK, "i see", ()),
        ("I see what you mean.", Kind.ACK, "i see what you mean", ()),
        ("I see. What?", Kind.COMMAND, "what", ("what",)),
        ("No problem.", Kind.ACK, "no problem", ()),
        ("No problem, no.", Kind.COMMAND, "no", ("no",)),
        ("No, no problem.", Kind.COMMAND, "no", ("no",)),
        ("Friday. Stop it!", Kind.COMMAND, "stop it", ("friday", "stop", "it")),
        ("Okay, right now.", Kind.COMMAND, "right now", ("now",)),
        ("That's right now.", Kind.COMMAND, "right now", ("now",)),
        ("I see you.", Kind.COMMAND, "see you", ("you",)),
        ("See you.", Kind.COMMAND, "see you", ("see", "you")),
        ("Hold on, I'm on the phone.", Kind.ASIDE, "hold on i'm on the phone", ()),
        ("No, hold on, I'm on the phone.", Kind.ASIDE, "hold on i'm on the phone", ()),
        ("Hold on, I'm on the phone. Stop it.", Kind.COMMAND, "stop it", ("stop", "it")),
        ("Not you. Friday.", Kind.ASIDE, "not you", ("friday",)),
        ("Friday. Not you.", Kind.ASIDE, "not you", ()),
        ("Okay Friday okay.", Kind.CONTENT, "", ("friday",)),
        ("Friday, okay.", Kind.CONTENT, "", ("friday",)),
        ("Um.", Kind.ACK, "um", ()),
    ],
)
def test_what_a_whole_transcript_amounts_to(text: str, kind: Kind, phrase: str, content: tuple[str, ...]) -> None:
    told = matched(text)
    assert (told.kind, told.matched, told.content) == (kind, phrase, content)


@pytest.mark.parametrize(
    ("text", "kind", "unfinished"),
    [
        ("Hold on", Kind.COMMAND, True),
        ("Hold on, I'm", Kind.COMMAND, True),
        ("Hold on, I said", Kind.COMMAND, False),
        ("Hold on, I", Kind.COMMAND, False),
        ("Friday stop it", Kind.COMMAND, False),
        ("I see what yo", Kind.COMMAND, False),
        ("Ho", Kind.CONTENT, False),
        ("No, hold on", Kind.COMMAND, False),
        ("I see what", Kind.COMMAND, True),
        ("I see what you", Kind.COMMAND, True),
        ("Okay. I see what", Kind.COMMAND, True),
        ("Friday I see what", Kind.COMMAND, False),
        ("I see what day", Kind.COMMAND, False),
        ("What", Kind.COMMAND, False),
        ("No", Kind.COMMAND, False),
        ("I", Kind.PREFIX, False),
        ("Okay, that's", Kind.PREFIX, False),
        ("Okay, tha", Kind.PREFIX, False),
        ("Friday, that's", Kind.CONTENT, False),
        ("Not", Kind.PREFIX, False),
        ("No", Kind.COMMAND, False),
        ("Okay, not", Kind.CONTENT, False),
        ("Okay, okay", Kind.ACK, False),
        ("Okay, Friday", Kind.CONTENT, False),
        ("I see", Kind.ACK, False),
        ("What?", Kind.COMMAND, False),
    ],
)
def test_what_the_words_so_far_amount_to(text: str, kind: Kind, unfinished: bool) -> None:
    told = matched(text, final=False)
    assert (told.kind, told.unfinished) == (kind, unfinished)
    assert not matched(text).unfinished, "a final is all there is"


@pytest.mark.parametrize(
    ("text", "tic"),
    [
        ("Um.", True),
        ("Um, uh.", True),
        ("Um, okay.", False),
        ("Okay, um.", False),
        ("Okay.", False),
        ("Mhm.", False),
        ("Friday.", False),
        ("No.", False),
    ],
)
def test_only_tics_alone_are_tics(text: str, tic: bool) -> None:
    assert matched(text).tic is tic


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Eh?", "eh?"),
        ("Okay. Eh?", "eh?"),
        ("Eh? Okay.", "eh?"),
        ("Say what?", ""),
        ("Hm\uff1f", "hm?"),
        ("Hm\u061f", "hm?"),
        ("Eh. Okay?", ""),
        ("Eh, you?", ""),
        ("Eh? " + "okay " * 38, "eh?"),
        ("Eh? " + "okay " * 41, ""),
        ("?", ""),
        ("Eh? " + "okay " * 39 + "x", "eh?"),
        ("Eh? " + "okay " * 39 + "xy", ""),
    ],
)
def test_a_request_for_a_repeat_is_a_sentence_near_the_end(text: str, phrase: str) -> None:
    told = matched(text)
    assert (told.matched if told.repeat else "") == phrase
    assert told.repeat is bool(phrase)


@pytest.mark.parametrize(("text", "repeat"), [("Come again?", True), ("Again?", False), ("Come?", False)])
def test_a_request_for_a_repeat_may_have_several_words(text: str, repeat: bool) -> None:
    assert Lexicon(["okay"], ["stop"], repeats=["come again"]).match(text, final=True).repeat is repeat


def test_the_end_of_a_longer_acknowledgement_begins_no_command() -> None:
    lexicon = Lexicon(["that's all right"], ["right now"])
    assert lexicon.match("That's all right now.", final=True).kind is Kind.CONTENT


def test_phrases_are_kept_in_their_order() -> None:
    lexicon = Lexicon(["b", "a"], ["d", "c"], asides=["f", "e"], tics=["h", "g"], repeats=["j", "i"])
    lists = (lexicon.soft_acks, lexicon.commands, lexicon.asides, lexicon.tics, lexicon.repeats)
    assert lists == (("b", "a"), ("d", "c"), ("f", "e"), ("h", "g"), ("j", "i"))


@pytest.mark.parametrize("length", [190, 199, 200, 250])
def test_long_transcripts_are_judged_as_short_ones_are(length: int) -> None:
    text = ("okay " * 60)[: length - 5] + " stop"
    assert LEXICON.match(text, final=True).kind is Kind.COMMAND


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("That's right. Now then.", Kind.ACK),
        ("Right. Now then.", Kind.ACK),
        ("That's right. Now.", Kind.ACK),
        ("Right. Now.", Kind.COMMAND),
        ("Right now.", Kind.COMMAND),
        ("That's right. Now Friday.", Kind.CONTENT),
    ],
)
def test_no_command_is_glued_together_from_two_acknowledgements(text: str, kind: Kind) -> None:
    lexicon = Lexicon(["that's right", "right", "now", "now then"], ["right now"])
    assert lexicon.match(text, final=True).kind is kind
