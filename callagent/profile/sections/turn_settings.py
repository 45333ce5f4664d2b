"""Settings of turn taking: when the caller has begun, when they have finished, what stops the agent."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from callagent.phrases import check_phrase, folded, phrase_key, said_once
from callagent.yaml_config.errors import Flaw, FlawsError
from callagent.yaml_config.units import DURATION, Duration, written
from callagent.yaml_config.validation import Fraction, Settings, Texts

LONGEST_PHRASE = 80

_ANNOTATION = re.compile(r"\[[^\]\d]*\]|\([^)\d]*\)|\*[^*\d]*\*")


@lru_cache(maxsize=4096)
def sound_key(phrase: str) -> str:
    """Return what phrases that recognisers write for each other have in common: beside the `phrase_key` also spaces and
    hyphens ("uhhuh"), drawn-out letters ("okaaay", "mmhm") and the accents of Latin letters ("si") do not count.
    """
    joined = said_once("".join(map(folded, phrase_key(phrase).split())))
    return "".join(_bare(c) for c in unicodedata.normalize("NFC", joined))


def check_phrases(phrases: Sequence[str]) -> None:
    """Raise FlawsError for every phrase that nobody could say."""
    flaws = []
    for index, phrase in enumerate(phrases):
        spoken = phrase_key(_ANNOTATION.sub(" ", phrase))
        if not any(unicodedata.category(c).startswith("L") for c in phrase):
            flaws.append(Flaw((index,), f"a phrase needs letters, {phrase!r} has none"))
        elif not any(unicodedata.category(c).startswith("L") for c in spoken):
            flaws.append(Flaw((index,), f"nothing of {phrase!r} is heard: marks and brackets do not count"))
        elif len(phrase) > LONGEST_PHRASE:
            flaws.append(Flaw((index,), f"a phrase has at most {LONGEST_PHRASE} characters"))
    if flaws:
        raise FlawsError(*flaws)


def key_as_it_is_written(value: object) -> object:
    """Take `off` and a digit for the `TelephoneKey` that they are meant to be, which YAML reads as something else."""
    if value is False:
        return "off"
    return str(value) if isinstance(value, int) and value is not True else value


def overlaps(lists: Mapping[str, Sequence[str]], later: str, *earlier: str) -> Iterator[Flaw]:
    """Yield a flaw for each phrase of the list `later` that one of the lists
    `earlier` has too, however it is spelt there.
    """
    for name in earlier:
        known: dict[str, int] = {}
        for index, phrase in enumerate(lists[name]):
            known.setdefault(sound_key(phrase), index)
        for index, phrase in enumerate(lists[later]):
            at = known.get(sound_key(phrase))
            if at is not None:
                there = lists[name][at]
                spelt = "" if phrase_key(there) == phrase_key(phrase) else f", as '{there}'"
                yield Flaw((later, index), f"'{phrase}' is in {name} too{spelt}", related=(name, at))


def _bare(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else character


Phrases = Annotated[Texts, Field(min_length=1, max_length=2000)]

Threshold = Annotated[float, Field(gt=0, lt=1)]
"""A probability that can be passed and be missed."""


Dictated = Literal["number", "spelling", "date", "email"]
"""What a caller dictates with pauses."""

TurnEnd = Literal["vad", "stt", "model", "realtime", "manual"]
"""Who says that the caller's turn is over."""

TelephoneKey = Literal["off", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "A", "B", "C", "D"]
"""A key of a telephone (RFC 4733), or none."""


class VadSettings(Settings):
    """Voice activity detection on the caller's audio."""

    sample_rate: Literal[8000, 16000] = Field(8000, description="Sample rate of the detector, Hz; a phone has 8000.")
    activation_threshold: Threshold = Field(0.5, description="Speech probability at which speech begins, 0 to 1.")
    deactivation_threshold: Threshold = Field(
        0.35, description="Speech probability below which speech may end; lower than activation_threshold."
    )
    min_speech: Annotated[Duration, DURATION.within("0 ms", "1 s")] = written(
        "50 ms", "How long a sound must last to count as speech."
    )
    min_silence: Annotated[Duration, DURATION.within("50 ms", "5 s")] = written(
        "350 ms", "Silence after which speech has ended."
    )
    prefix_padding: Annotated[Duration, DURATION.within("0 ms", "2 s")] = written(
        "300 ms", "Audio kept from before the detected beginning."
    )

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> "VadSettings":
        if self.deactivation_threshold >= self.activation_threshold:
            message = f"must be below activation_threshold ({self.activation_threshold:g})"
            raise FlawsError(Flaw(("deactivation_threshold",), message, related=("activation_threshold",)))
        return self


class EndpointingSettings(Settings):
    """When the caller's turn is over."""

    by: TurnEnd = Field(
        "vad",
        description="Who says that the turn is over: `vad` a pause, `stt` the recogniser, `model` livekit's local "
        "end-of-turn model, which listens to how it was said, `realtime` the server of a realtime model, `manual` a "
        "key or your code.",
    )
    mode: Literal["fixed", "dynamic"] = Field(
        "fixed",
        description="`dynamic`: min_delay grows, up to max_delay, with the pauses that this caller makes in mid-turn.",
    )
    min_delay: Annotated[Duration, DURATION.within("0 ms", "5 s")] = written(
        "400 ms", "Silence after which a turn that sounds finished is answered."
    )
    max_delay: Annotated[Duration, DURATION.within("0 ms", "30 s")] = written(
        "2 s", "Silence after which an unfinished dictation is answered too, see wait_for; and what `model` doubts."
    )
    wait_for: tuple[Dictated, ...] = Field(
        ("number", "spelling", "date", "email"),
        strict=False,
        description="Dictations that are waited for up to max_delay while they are unfinished: a number that lacks "
        "digits, a spelling, a date without its month, an e-mail address without its end. Empty: nothing is.",
    )
    max_turn: Annotated[Duration, DURATION.within("5 s", "30 min")] | None = Field(
        None,
        description="Longest time that a caller may talk without an answer; then the agent cuts in. None: no limit.",
    )
    key: TelephoneKey = Field("#", description="With `by: manual`: the key that ends the caller's turn; or off.")
    begin_key: TelephoneKey = Field(
        "off",
        description="With `by: manual`: the key that begins it and stops the agent, what was said before does not "
        "count; the same key as `key`: one that does both in turn.",
    )

    @field_validator("key", "begin_key", mode="before")
    @classmethod
    def _key_as_it_is_written(cls, value: object) -> object:
        return key_as_it_is_written(value)

    @model_validator(mode="after")
    def _delays_in_order(self) -> "EndpointingSettings":
        if self.max_delay < self.min_delay:
            message = f"must not be shorter than min_delay ({DURATION.text(self.min_delay)})"
            raise FlawsError(Flaw(("max_delay",), message, related=("min_delay",)))
        return self

    @model_validator(mode="after")
    def _goes_together(self) -> "EndpointingSettings":
        flaws = []
        if self.mode == "dynamic" and self.by in ("manual", "realtime"):
            message = f"dynamic learns from pauses that end turns, and with `by: {self.by}` none does"
            flaws.append(Flaw(("mode",), message, related=("by",)))
        if self.begin_key != "off" and self.by != "manual":
            flaws.append(Flaw(("begin_key",), f"is for `by: manual`, not for `by: {self.by}`", related=("by",)))
        elif self.begin_key != "off" and self.key == "off":
            flaws.append(Flaw(("begin_key",), "begins a turn that no key ends: set key", related=("key",)))
        if flaws:
            raise FlawsError(*flaws)
        return self


class InterruptionSettings(Settings):
    """What the caller may say while the agent speaks without stopping it, and what stops it."""

    grace: Annotated[Duration, DURATION.within("50 ms", "3 s")] = written(
        "350 ms", "How long the caller may speak without a transcript before the agent stops."
    )
    content_words: int = Field(2, ge=1, le=10, description="Words of content in one transcript that stop the agent.")
    answer_window: Annotated[Duration, DURATION.within("0 ms", "5 s")] = written(
        "700 ms", "An acknowledgement that begins this close to the end of the agent's speech is an answer."
    )
    echo_guard: bool = Field(False, description="Drop transcripts of words that the agent itself is just saying.")
    min_confidence: Fraction = Field(
        0.45,
        description="Confidence below which a final transcript is not sure enough to stop the agent: "
        "the exponential of the recogniser's mean log-probability, 0 to 1.",
    )
    soft_acks: Phrases = Field(
        description="Phrases that only show that the caller follows; any sequence of them lets the agent talk on."
    )
    commands: Phrases = Field(description="Phrases that stop the agent at once, wherever they stand in what was said.")
    tics: Annotated[Texts, Field(max_length=100)] = Field(
        (), description="Sounds of hesitation; alone they neither stop the agent nor ask for a reply."
    )
    repeat_requests: Annotated[Texts, Field(max_length=100)] = Field(
        (),
        description="Words that, alone in a sentence with a question mark, ask the agent to say it again, though they "
        'may acknowledge without one. Hums of one beat ("Hm?") always do.',
    )
    questions: Annotated[Texts, Field(max_length=200)] = Field(
        (),
        description="What makes a sentence of the agent a request for an answer, question mark or not: words in this "
        "order, or /a regular expression/. An acknowledgement that follows it is the caller's turn.",
    )
    asides: Literal["ignore", "hold"] = Field(
        "ignore",
        description="What an aside to somebody else in the room does: nothing, or the agent stops and waits for the "
        "caller to come back.",
    )
    aside_phrases: Annotated[Texts, Field(max_length=500)] = Field(
        (), description="Phrases that a caller says to somebody else; a command inside one is none."
    )

    @field_validator("questions")
    @classmethod
    def _questions_can_be_found(cls, questions: tuple[str, ...]) -> tuple[str, ...]:
        flaws = []
        for index, question in enumerate(questions):
            try:
                check_phrase(question)
            except ValueError as error:
                flaws.append(Flaw((index,), f"{question!r} {error}"))
        if flaws:
            raise FlawsError(*flaws)
        return questions

    @field_validator("soft_acks", "commands", "tics", "repeat_requests", "aside_phrases")
    @classmethod
    def _phrases_can_be_said(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        check_phrases(phrases)
        return phrases

    @model_validator(mode="after")
    def _lists_are_apart(self) -> "InterruptionSettings":
        lists = {name: getattr(self, name) for name in ("soft_acks", "commands", "tics", "aside_phrases")}
        flaws = [
            *overlaps(lists, "commands", "soft_acks"),
            *overlaps(lists, "tics", "commands"),
            *overlaps(lists, "aside_phrases", "soft_acks", "commands", "tics"),
        ]
        if flaws:
            raise FlawsError(*flaws)
        return self
