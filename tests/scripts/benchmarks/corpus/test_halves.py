import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from callagent.phrases.matching import words
from callagent.yaml_config import load_yaml
from scripts.benchmarks.corpus import voices
from scripts.benchmarks.corpus.case import LINES, SOUNDS, Case
from scripts.benchmarks.corpus.halves import LARGE, PROFILES, Corpus, Half, NoSuchCorpus
from scripts.benchmarks.corpus.make_corpus import make_corpus
from scripts.benchmarks.corpus.phrases.phrase_set import PhraseSet
from scripts.benchmarks.corpus.voices import TEST, TUNE, WEIGHTS

CORPORA = Path(__file__).parents[3] / "turns" / "corpora"
TUNED_01_NAMES = "274d394d773b6d22f6d6bee675dd6169eb437a5f9a6480e799bfd96fc221d3f2"


@pytest.fixture(autouse=True)
def every_voice_can_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "get_voices", lambda names, install: [])


def normal(text: str) -> str:
    return " ".join(words(text))


def phrases(of: PhraseSet) -> Iterator[str]:
    """Everything that a caller says in one breath; of mixed input also the part that means stop."""
    for listed in (of.acknowledgements, of.commands, of.content, of.asides, of.answers, *of.repeated):
        yield from map(normal, listed)
    yield from (normal(tic) for tic in of.tics if tic not in SOUNDS)
    for mixed in of.mixed:
        yield normal(" ".join(mixed))
        yield normal(mixed[-1])


def texts(data: object) -> Iterator[str]:
    match data:
        case str():
            yield normal(data)
        case dict():
            for key, value in data.items():
                yield from texts(key)
                yield from texts(value)
        case list():
            for each in data:
                yield from texts(each)


def cases(half: Half, locale: str = "en") -> list[Case]:
    return Corpus(half, locale).cases()


@pytest.mark.parametrize("locale", PROFILES)
def test_no_phrase_and_no_speech_is_in_both_halves(locale: str) -> None:
    tune, test = Corpus("tune", locale).phrases, Corpus("test", locale).phrases
    assert set(phrases(tune)) & set(phrases(test)) == set()
    assert set(tune.speeches) & set(test.speeches) == set()
    assert set(tune.questions) & set(test.questions) == set()
    assert tune.greeting != test.greeting


@pytest.mark.parametrize("locale", PROFILES)
def test_no_voice_and_no_seed_is_in_both_halves(locale: str) -> None:
    assert set(TUNE[locale]) & set(TEST[locale]) == set()
    seeds = [{case.seed for case in cases(half, locale)} for half in ("tune", "test")]
    assert seeds[0] & seeds[1] == set()


def test_the_tune_half_has_all_phrases_and_voices_of_version_0_1() -> None:
    assert set(phrases(Corpus("tuned-01").phrases)) <= set(phrases(Corpus("tune").phrases))
    assert set(WEIGHTS) <= set(TUNE["en"])


def test_no_english_phrase_of_the_test_half_is_in_the_corpora_that_rules_are_tested_with() -> None:
    known = {text for path in CORPORA.glob("en-*.yaml") for text in texts(load_yaml(path).data)}
    assert len(known) > 200
    assert set(phrases(Corpus("test").phrases)) & known == set()


def test_the_halves_have_at_least_twice_as_many_phrases_as_version_0_1() -> None:
    before, tune, test = (Corpus(half).phrases for half in ("tuned-01", "tune", "test"))
    for kind in ("acknowledgements", "commands", "mixed", "content", "asides", "answers", "speeches", "questions"):
        count = [len(set(getattr(of, kind))) for of in (before, tune, test)]
        assert count[1] + count[2] >= 2 * count[0], kind


def test_the_corpus_of_version_0_1_is_what_it_was() -> None:
    names = "\n".join(case.name for case in make_corpus(1, list(WEIGHTS)))
    assert hashlib.sha256(names.encode()).hexdigest() == TUNED_01_NAMES


@pytest.mark.parametrize("half", get_args(Half))
def test_a_speech_outlasts_what_is_watched_and_asks_nothing(half: Half) -> None:
    of = Corpus(half).phrases
    assert all(len(speech) > 280 and "?" not in speech for speech in of.speeches)
    assert all(question.endswith("?") for question, _ in of.questions)


@pytest.mark.parametrize("locale", PROFILES)
def test_every_line_is_heard_in_every_language(locale: str) -> None:
    made = cases("test", locale)
    assert {case.line for case in made} == set(LINES)
    assert {case.locale for case in made} == {locale}
    assert {case.voice for case in made} == {*TEST[locale], *([f"asterisk {locale}"] if locale != "de" else [])}


def test_25_recorded_prompts_are_content_over_the_agent() -> None:
    human = [case for case in cases("test") if case.voice == "asterisk en"]
    assert len(human) == len({case.text for case in human}) == 25
    assert {(case.meaning, case.situation) for case in human} == {("content", "speaking")}
    assert len(cases("test")) == sum(LARGE.values()) + 25


def test_a_short_corpus_is_small_in_every_half() -> None:
    assert [len(Corpus(half, short=True).cases()) for half in get_args(Half)] == [52, 50, 50]


def test_there_is_no_corpus_of_version_0_1_in_another_language() -> None:
    with pytest.raises(NoSuchCorpus, match=re.escape("tuned-01 is English only")):
        Corpus("tuned-01", "fr")


def test_names_of_cases_tell_languages_apart() -> None:
    case = cases("test")[0]
    assert Case.from_dict({**case.__dict__, "parts": [part.__dict__ for part in case.parts], "locale": "de"}).name != (
        case.name
    )
