"""The shipped locales against what their callers say: tests/turns/corpora/<locale>.yaml holds labelled utterances."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from callagent.phrases import find, tokens
from callagent.profile import Profile, load_profile
from callagent.profile.paths import packaged_configs
from callagent.turns.config import GateConfig
from callagent.turns.lexicon import Kind, Lexicon
from callagent.yaml_config import load_yaml

LOCALES = ("en-US", "en-GB", "es-ES", "es-MX", "fr-FR", "de-DE", "it-IT", "pt-BR", "hi-IN", "ja-JP")
LABELS = ("ack", "command", "content", "aside", "tic")
CORPORA = Path(__file__).parent / "corpora"
MISSED_ACKS = 0.03
FALSE_ACKS = 0.005
HALF_HEARD = 0.1
MISSED_ASIDES = 0.3
"""Words to a child or a dog are no closed list, and after "no" or "stop" the agent stops whoever was meant."""

pytestmark = pytest.mark.parametrize("locale", LOCALES)


@cache
def profile(locale: str) -> Profile:
    return load_profile(packaged_configs() / "profiles" / f"{locale}.yaml", env={})


@cache
def lexicon(locale: str) -> Lexicon:
    return GateConfig.from_profile(profile(locale)).lexicon


@cache
def corpus(locale: str) -> dict[str, list[str]]:
    data: dict[str, list[str]] = load_yaml(CORPORA / f"{locale}.yaml").data
    return data


def phrases(locale: str) -> dict[str, tuple[str, ...]]:
    words = lexicon(locale)
    return {"soft_acks": words.soft_acks, "commands": words.commands, "tics": words.tics, "asides": words.asides}


def classified(locale: str, *labels: str) -> dict[str, Kind]:
    """Each line of the corpus with one of the labels, as the final transcript of an utterance."""
    lines = [line for label in labels for line in corpus(locale)[label]]
    return {line: lexicon(locale).match(line, final=True).kind for line in lines}


def half_heard(locale: str, line: str) -> set[Kind]:
    """What an interim makes of the first word, the first two words and so on; of characters in Japanese."""
    glue = "" if locale == "ja-JP" else " "
    words = line.split() if glue else list(line)
    return {lexicon(locale).match(glue.join(words[:end]), final=False).kind for end in range(1, len(words))}


def told(wrong: Mapping[str, Kind]) -> str:
    return "".join(f"\n  {kind.value:8} {line}" for line, kind in wrong.items())


def test_acknowledgements_let_the_agent_talk_on(locale: str) -> None:
    lines = classified(locale, "ack")
    wrong = {line: kind for line, kind in lines.items() if kind is not Kind.ACK}
    assert len(wrong) <= MISSED_ACKS * len(lines), told(wrong)


def test_nothing_else_counts_as_an_acknowledgement(locale: str) -> None:
    lines = classified(locale, "command", "content", "aside")
    wrong = {line: kind for line, kind in lines.items() if kind is Kind.ACK}
    assert len(wrong) <= FALSE_ACKS * len(lines), told(wrong)


def test_every_command_is_one(locale: str) -> None:
    wrong = {line: kind for line, kind in classified(locale, "command").items() if kind is not Kind.COMMAND}
    assert not wrong, told(wrong)


def test_tics_stop_nothing(locale: str) -> None:
    wrong = {line: kind for line, kind in classified(locale, "tic").items() if kind not in (Kind.ACK, Kind.EMPTY)}
    assert not wrong, told(wrong)


def test_asides_are_known_as_such(locale: str) -> None:
    lines = classified(locale, "aside")
    wrong = {line: kind for line, kind in lines.items() if kind is not Kind.ASIDE}
    assert len(wrong) <= MISSED_ASIDES * len(lines), told(wrong)


def test_words_to_the_agent_are_no_asides(locale: str) -> None:
    lines = classified(locale, "ack", "command", "content", "tic")
    wrong = {line: kind for line, kind in lines.items() if kind is Kind.ASIDE}
    assert not wrong, told(wrong)


def test_an_acknowledgement_heard_word_by_word_seldom_looks_like_a_command(locale: str) -> None:
    """ "No" of "no problem" does, and stops the agent: waiting for the rest would cost every real "no"."""
    lines = [line for line, kind in classified(locale, "ack").items() if kind is Kind.ACK]
    wrong = {line: Kind.COMMAND for line in lines if Kind.COMMAND in half_heard(locale, line)}
    assert len(wrong) <= HALF_HEARD * len(lines), told(wrong)


def test_a_command_of_one_word_never_waits_for_an_aside(locale: str) -> None:
    words = [command for command in lexicon(locale).commands if " " not in command]
    assert [word for word in words if lexicon(locale).match(word, final=False).unfinished] == []


def test_each_phrase_is_listed_once_and_can_be_heard(locale: str) -> None:
    listed = Counter(tuple(tokens(phrase)) for members in phrases(locale).values() for phrase in members)
    assert [words for words, times in listed.items() if not words or times > 1] == []


def test_each_phrase_means_what_its_list_says(locale: str) -> None:
    meaning = {"soft_acks": Kind.ACK, "commands": Kind.COMMAND, "tics": Kind.ACK, "asides": Kind.ASIDE}
    wrong = {
        f"{phrase} ({name})": kind
        for name, members in phrases(locale).items()
        for phrase in members
        if (kind := lexicon(locale).match(phrase, final=True).kind) is not meaning[name]
    }
    assert not wrong, told(wrong)


def test_the_corpus_is_large_enough(locale: str) -> None:
    lines = corpus(locale)
    sizes = {label: len(lines[label]) for label in LABELS}
    least = {"ack": 60, "command": 30, "content": 60, "aside": 10, "tic": 5}
    if locale == "en-US":
        least |= {"ack": 250, "content": 250}
    assert {label: size for label, size in sizes.items() if size < least[label]} == {}
    assert all(len(set(lines[label])) == sizes[label] for label in LABELS)


def test_the_profile_speaks_for_itself(locale: str) -> None:
    own = profile(locale)
    assert own.language == locale
    assert own.greeting and own.instructions and own.fillers.say
    assert locale.startswith("en") or own.otherwise != Profile.model_fields["otherwise"].default
    assert [filler for filler in own.fillers.say if not tokens(filler)] == []


ASKED = {
    "en-US": ("Are you open on Friday?", "Friday, please.", "How much is it?", "Where are you?", "That's all, bye."),
    "en-GB": ("When do you shut on Friday?", "Friday, please.", "What does it cost?", "Where are you?", "Goodbye."),
    "es-ES": ("¿Abren el viernes?", "El viernes, por favor.", "¿Cuánto cuesta?", "¿Dónde están?", "Nada más, adiós."),
    "es-MX": ("¿Abren el viernes?", "El viernes, por favor.", "¿Cuánto cuesta?", "¿Dónde están?", "Es todo, bye."),
    "fr-FR": ("Vous ouvrez vendredi ?", "Vendredi alors.", "C'est combien ?", "Vous êtes où ?", "Au revoir."),
    "de-DE": ("Haben Sie freitags offen?", "Am Freitag.", "Was kostet das?", "Wo sind Sie?", "Tschüss."),
    "it-IT": ("Siete aperti venerdì?", "Venerdì, grazie.", "Quanto costa?", "Dove siete?", "È tutto, arrivederci."),
    "pt-BR": ("Vocês abrem na sexta?", "Na sexta.", "Quanto custa?", "Onde fica?", "Só isso, tchau."),
    "hi-IN": ("शुक्रवार को कब खुलता है?", "शुक्रवार को।", "कितना लगेगा?", "आप कहाँ हैं?", "बस इतना ही, बाय।"),
    "ja-JP": ("金曜は何時からですか。", "金曜日で。", "いくらですか。", "どこですか。", "以上です。"),
}


def test_the_scripted_agent_understands_its_language(locale: str) -> None:
    replies = profile(locale).replies
    found = [next(r for r in replies if find(r.when, asked) is not None) for asked in ASKED[locale]]
    hours, booked, price, address, goodbye = found
    assert [reply.tool for reply in found] == [None, "book_appointment", None, None, "hang_up"]
    assert len({reply.say for reply in (hours, booked, price, address, goodbye)}) == len(found)
