"""How an utterance unfolds at level text: what a VAD and a streaming recogniser would report of it, and when."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from callagent.scripted_calls.script.caller import CONFIDENCE, CallerAudio, Recording, Reported, Sound

CHARS_PER_SECOND = 15.0
"""Speaking rate of both voices, letters and spaces: about 175 words of English a minute, a lively telephone voice."""

PAUSE_S = {",": 0.15, ";": 0.15, ":": 0.15, ".": 0.3, "!": 0.3, "?": 0.3, "…": 0.3}
"""Silence after a punctuation mark inside an utterance, shorter than any sensible end of speech."""

VAD_LATENCY_S = 0.05
"""From the moment that enough speech has been heard (the profile's `min_speech`) to the VAD's report of it."""

INFERENCE_S = 0.1
"""Distance of the VAD's progress reports from the begin to the end of speech."""

GUESSED_AFTER, GUESSED_AFTER_S = 0.6, 0.25
"""Share of a word, and at most how much of it in seconds, after which a streaming recogniser guesses it."""

INTERIM_LATENCY_S = 0.1
"""From there to the interim transcript that has the word: "No" of 270 ms is reported after 260 ms, as measured."""

FINAL_LATENCY_S = 0.1
"""From the VAD's end of speech to the final transcript."""

LOUD_S, QUIET_S = 0.02, 0.1
"""Audio that shows that the line has become loud, or quiet."""

SOUND_S = {"cough": 0.3, "noise": 1.0, "tone": 0.5, "beep": 0.7}
"""Length of the caller's sounds; only the cough is taken for speech by a VAD."""

CueKind = Literal["loud", "quiet", "speech started", "speech goes on", "interim", "speech ended", "final"]


@dataclass(frozen=True)
class Cue:
    """One report, `at` seconds after the utterance's first sample.

    text: the transcript so far; speech, silence: seconds of speech so far, and of silence behind it; confidence: of the
    transcript, 0..1; more: whether the recogniser has more to say of this stretch of speech behind a final transcript.
    """

    at: float
    kind: CueKind
    text: str = ""
    speech: float = 0.0
    silence: float = 0.0
    confidence: float = CONFIDENCE
    more: bool = False

    @property
    def is_activity(self) -> bool:
        """Whether the VAD tells of it."""
        return self.kind in ("speech started", "speech goes on", "speech ended")


@dataclass(frozen=True)
class Unfolding:
    """Everything that happens because of one utterance, in order; `duration` is its audible length in seconds."""

    duration: float
    cues: tuple[Cue, ...]


@dataclass(frozen=True)
class Word:
    """A word and when it is said, seconds from the begin of the text."""

    text: str
    start: float
    end: float

    @property
    def guessed(self) -> float:
        """When enough of it was heard to tell which word it is."""
        return self.start + min(GUESSED_AFTER_S, GUESSED_AFTER * (self.end - self.start))


def words_of(text: str) -> list[Word]:
    """Tell when each word of a text is said; punctuation makes pauses."""
    words: list[Word] = []
    at = 0.0
    for word in text.split():
        words.append(Word(word, at, at + (len(word) + 1) / CHARS_PER_SECOND))
        at = words[-1].end + PAUSE_S.get(word[-1], 0.0)
    return words


def spoken_length(text: str) -> float:
    """Return seconds that a text takes to say, pauses inside it included."""
    words = words_of(text)
    return words[-1].end if words else 0.0


def unfold(
    what: CallerAudio, *, min_speech: float, min_silence: float, before: str = "", running: bool = False
) -> Unfolding:
    """Return what the VAD and the recogniser report of one utterance.

    Args:
        what: the utterance.
        min_speech: speech that the VAD wants to hear before it reports it, seconds.
        min_silence: silence that the VAD waits for before it reports the end of speech, seconds.
        before: words of the same stretch of speech that were said just before and are not final yet. When given, the
            VAD has already reported this stretch.
        running: whether it has so, for speech whose transcripts are known.
    """
    if isinstance(what, Reported):
        return _unfold_reported(what, min_speech, min_silence, running)
    if isinstance(what, Sound) or not what.text.split():
        return _unfold_sound(what, min_speech, min_silence)
    words = words_of(what.text)
    duration = words[-1].end
    heard = list(itertools.accumulate((word.text for word in words), lambda said, word: f"{said} {word}"))
    if before:
        heard = [f"{before} {said}" for said in heard]
    cues = [
        *_activity(duration, min_speech, min_silence, running=bool(before)),
        *_loudness(words),
        *(Cue(word.guessed + INTERIM_LATENCY_S, "interim", said) for word, said in zip(words, heard, strict=True)),
        Cue(duration + min_silence + FINAL_LATENCY_S, "final", heard[-1]),
    ]
    return Unfolding(duration, tuple(sorted(cues, key=lambda cue: cue.at)))


def _unfold_sound(what: CallerAudio, min_speech: float, min_silence: float) -> Unfolding:
    duration = SOUND_S[what.name] if isinstance(what, Sound) else SOUND_S["noise"]
    cues = [Cue(LOUD_S, "loud"), Cue(duration + QUIET_S, "quiet")]
    if not isinstance(what, Recording) and what == Sound("cough"):
        cues += _activity(duration, min_speech, min_silence, running=False)
    return Unfolding(duration, tuple(sorted(cues, key=lambda cue: cue.at)))


def _unfold_reported(what: Reported, min_speech: float, min_silence: float, running: bool) -> Unfolding:
    loud = ((LOUD_S, what.seconds + QUIET_S),) if what.loud is None else what.loud
    cues = [
        *_activity(what.seconds, min_speech, min_silence, running=running),
        *([] if loud and loud[0][0] <= QUIET_S else [Cue(0.0, "quiet")]),
        *(Cue(begin, "loud") for begin, _ in loud),
        *(Cue(end, "quiet") for _, end in loud),
        *(
            Cue(
                each.after,
                "final" if each.final else "interim",
                each.text,
                confidence=each.confidence,
                more=any(later.final and later.after > each.after for later in what.heard),
            )
            for each in what.heard
        ),
    ]
    return Unfolding(what.seconds, tuple(sorted(cues, key=lambda cue: cue.at)))


def _activity(duration: float, min_speech: float, min_silence: float, *, running: bool) -> Iterator[Cue]:
    started = 0.0 if running else min_speech + VAD_LATENCY_S
    ended = duration + min_silence
    if not running:
        yield Cue(started, "speech started", speech=started)
    for at in _progress(started, ended):
        yield Cue(at, "speech goes on", speech=min(at, duration), silence=max(0.0, at - duration))
    yield Cue(ended, "speech ended", speech=duration, silence=min_silence)


def _progress(start: float, end: float) -> Iterator[float]:
    """Return the times between two moments, every `INFERENCE_S`, neither included."""
    count = 1
    while (at := start + count * INFERENCE_S) < end:
        yield at
        count += 1


def _loudness(words: list[Word]) -> Iterator[Cue]:
    yield Cue(LOUD_S, "loud")
    for word, following in itertools.pairwise(words):
        if following.start - word.end > QUIET_S:
            yield Cue(word.end + QUIET_S, "quiet")
            yield Cue(following.start + LOUD_S, "loud")
    yield Cue(words[-1].end + QUIET_S, "quiet")
