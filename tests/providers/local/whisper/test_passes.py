from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

pytest.importorskip("ctranslate2", reason="the extra `local` is not installed")

from callagent.providers.local.whisper.passes import Recogniser
from callagent.providers.local.whisper.transcript import Heard
from callagent.providers.local.whisper.weights import Hypothesis

AUDIO = np.zeros(8000, np.int16)


@dataclass
class FakeWhisper:
    """Says `text`; `plain` is the no-speech probability without a prompt."""

    text: str
    confidence: float
    primed: float = 0.0
    plain: float = 0.1

    def prompt(self, text: str) -> list[int]:
        return [1] if text else []

    def encode(
        self, samples: np.ndarray[tuple[int], np.dtype[np.float32]], *, windows: Sequence[float] = (10.0,)
    ) -> float:
        assert len(samples) == 16_000
        return windows[-1]

    def transcribe(self, encoded: float, prompt: list[int], *, max_tokens: int) -> Hypothesis:
        self.most_tokens = max_tokens
        return Hypothesis(self.text, self.confidence, self.primed if prompt else self.plain)


def final(whisper: FakeWhisper, speech: float = 0.5) -> Heard | None:
    return Recogniser(whisper, "Okay.").final(AUDIO, 8000, speech)  # type: ignore[arg-type]  # a stand-in


def interim(whisper: FakeWhisper, speech: float = 0.5) -> Heard | None:
    return Recogniser(whisper, "Okay.").interim(AUDIO, 8000, speech)  # type: ignore[arg-type]  # a stand-in


@pytest.mark.parametrize("confidence", [0.3, 0.5, 0.95])
def test_speech_is_heard_with_its_confidence(confidence: float) -> None:
    assert final(FakeWhisper("Friday.", confidence)) == Heard("Friday.", confidence)
    assert interim(FakeWhisper("Friday.", confidence)) == Heard("Friday.", confidence)


@pytest.mark.parametrize(("confidence", "plain"), [(0.5, 0.5), (0.54, 0.88), (0.65, 0.9)])
def test_words_from_noise_are_refused(confidence: float, plain: float) -> None:
    assert final(FakeWhisper("Okay.", confidence, primed=0.3, plain=plain)) is None


def test_unsure_interim_over_noise_is_refused() -> None:
    assert interim(FakeWhisper("Okay.", 0.45, primed=0.4)) is None
    assert interim(FakeWhisper("Okay.", 0.85, primed=0.4)) == Heard("Okay.", 0.85)


def test_sounds_in_brackets_are_no_words() -> None:
    assert final(FakeWhisper("(coughs)", 0.9)) is None


def test_loops_are_folded_and_cost_no_more_than_the_speech_can_hold() -> None:
    whisper = FakeWhisper("Stop. Stop. Stop.", 0.9)
    assert final(whisper, 0.4) == Heard("Stop.", 0.9)
    interim(whisper, 0.4)
    assert whisper.most_tokens <= 8


def test_a_hum_that_answers_is_no_noise_where_it_is_heard_well_enough() -> None:
    assert final(FakeWhisper("Mm-hmm.", 0.5, primed=0.3, plain=0.9)) == Heard("Mm-hmm.", 0.5)
    assert final(FakeWhisper("Uh-huh.", 0.25, primed=0.3, plain=0.9)) is None
    assert final(FakeWhisper("Mm.", 0.5, primed=0.3, plain=0.9)) is None


def test_certain_words_are_kept_whatever_the_unprimed_model_says() -> None:
    assert final(FakeWhisper("My name is Miller.", 0.9, primed=0.5, plain=0.9)) == Heard("My name is Miller.", 0.9)
