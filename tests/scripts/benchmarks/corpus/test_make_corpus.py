from collections import Counter
from typing import Any

from scripts.benchmarks.corpus.case import LINES, Case
from scripts.benchmarks.corpus.make_corpus import FULL, SHORT, make_corpus
from scripts.benchmarks.corpus.voices import WEIGHTS

CASES = make_corpus(1, list(WEIGHTS))


def test_the_same_seed_gives_the_same_cases() -> None:
    assert make_corpus(1, list(WEIGHTS)) == CASES
    assert make_corpus(2, list(WEIGHTS)) != CASES


def test_there_are_at_least_300_overlaps_and_100_answered_turns() -> None:
    overlaps = [case for case in CASES if case.situation == "speaking"]
    answered = [case for case in CASES if case.situation != "speaking" and case.meaning != "tic"]
    assert len(overlaps) >= 300
    assert len(answered) >= 100


def test_phrases_are_varied() -> None:
    said = {meaning: {case.text for case in CASES if case.meaning == meaning} for meaning, _ in FULL}
    assert len(said["acknowledgement"]) >= 60
    assert len(said["command"]) >= 40
    assert len(said["content"]) >= 40
    assert len(said["mixed"]) >= 20
    assert len(said["aside"]) >= 15


def test_every_line_and_six_voices_are_heard() -> None:
    assert {case.line for case in CASES} == set(LINES)
    assert len({case.voice for case in CASES}) >= 6
    assert max(Counter(case.voice for case in CASES).values()) < len(CASES) / 3


def test_names_tell_cases_apart_and_survive_being_written_down() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(Case.from_dict(_as_dict(case)).name == case.name for case in CASES)


def test_the_short_corpus_has_40_overlaps() -> None:
    assert sum(count for (_, situation), count in SHORT.items() if situation == "speaking") == 40


def _as_dict(case: Case) -> dict[str, Any]:
    return {**case.__dict__, "parts": [part.__dict__ for part in case.parts]}
