"""The sequences whose decisions are kept: what callers say, in every locale and situation, heard well and badly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from callagent.profile import Profile, load_profile
from callagent.profile.paths import packaged_configs
from callagent.scripted_calls.levels.text.cues import spoken_length
from callagent.turns.config import GateConfig
from callagent.turns.gate.events import AgentState, AgentText, CallerStarted, CallerStopped, Event, Transcript
from callagent.yaml_config import load_yaml
from scripts.benchmarks.corpus.case import SOUNDS, Case
from scripts.benchmarks.corpus.make_corpus import make_corpus
from tests.turns.golden import callers
from tests.turns.golden.agents import WORDS, Words, situations, speech
from tests.turns.golden.callers import COUGH, Heard

LOCALES = ("en-US", "en-GB", "es-ES", "es-MX", "fr-FR", "de-DE", "it-IT", "pt-BR", "hi-IN", "ja-JP")
CORPORA = Path(__file__).parents[1] / "corpora"

PHRASES = (
    "Okay.",
    "Mm-hmm.",
    "No.",
    "Yeah, okay, but wait.",
    "Friday.",
    "What does it cost?",
    "My name is Anna Miller.",
    "I see what you mean.",
    "Hold on, I'm on the phone.",
    "Um.",
    "Huh?",
    COUGH,
)
"""One of each kind; said in every situation, and heard in every way."""

FOLLOWED = ("Okay.", "Stop.", "My name is Anna Miller.")
"""What is heard in every way while the agent does something that it can be stopped in, or is about to."""

NO_WORDS = frozenset(SOUNDS)
"""Of the benchmark: sounds that only a recording tells."""

SPREAD = {"ack": 6, "command": 4, "content": 4, "aside": 3, "tic": 1}
"""How many utterances of each label of a locale's corpus are said."""

LEARNT_S = {"": 0.2, "a slow recogniser": 0.7}
"""How long the recogniser took for its first words earlier in the call."""


@dataclass(frozen=True)
class EventSequence:
    """What a gate is told. Seconds count from the caller's first sample; `agent` is what it does unless it is stopped.

    `before`, the call so far, has shown the gate how fast the recogniser is.
    """

    key: str
    config: GateConfig
    caller: Sequence[Event]
    agent: Sequence[Event]
    before: Sequence[Event]


def sequences() -> Iterator[EventSequence]:
    """Every sequence, in the order in which they are kept. No two have the same key."""
    yield from _every_situation()
    yield from _every_way_of_hearing()
    yield from _locales()
    yield from _benchmark()
    yield from _shipped_calls()


@cache
def profile(locale: str) -> Profile:
    """A shipped profile, without what this machine's environment changes in it."""
    return load_profile(packaged_configs() / "profiles" / f"{locale}.yaml", env={})


@cache
def config(locale: str) -> GateConfig:
    """The gate of a shipped profile."""
    return GateConfig.from_profile(profile(locale))


@cache
def corpus(locale: str) -> dict[str, list[str]]:
    """What callers of a locale say, by label."""
    data: dict[str, list[str]] = load_yaml(CORPORA / f"{locale}.yaml").data
    return data


def _words(locale: str) -> Words:
    return WORDS[locale[:2]]


def _utterance(locale: str, *texts: str, pause: float = 1.0) -> list[Event]:
    parts = [(pause if number else 0.0, text) for number, text in enumerate(texts)]
    return callers.utterance(parts, profile(locale).vad)


def _known_recogniser(delay: float = LEARNT_S[""]) -> tuple[Event, ...]:
    return (
        CallerStarted(-29.9, -30.0),
        Transcript(-29.9 + delay, 0, "Hello", final=False),
        CallerStopped(-29.0, -29.4),
    )


def _every_situation() -> Iterator[EventSequence]:
    for name, agent in situations(_words("en-US")).items():
        for text in PHRASES:
            yield EventSequence(
                f"en-US | {name} | {text}", config("en-US"), _utterance("en-US", text), agent, _known_recogniser()
            )


def _every_way_of_hearing() -> Iterator[EventSequence]:
    agents = situations(_words("en-US"))
    for hearing, hear in _hearings().items():
        for name in (name for name in agents if name not in ("silent", "must be heard")):
            for text in PHRASES if name == "speaking" else FOLLOWED:
                heard = hear(_utterance("en-US", text))
                key = f"en-US | {name}, {hearing} | {text}"
                yield EventSequence(key, config("en-US"), heard, agents[name], _known_recogniser())
    for text in PHRASES:
        heard, agent = _utterance("en-US", text), agents["speaking"]
        yield from _other_settings(text, heard, agent)


def _other_settings(text: str, heard: list[Event], agent: Sequence[Event]) -> Iterator[EventSequence]:
    usual = _known_recogniser()
    changes: dict[str, dict[str, Any]] = {
        "standing by for asides": {"asides": "hold"},
        "one word of content": {"content_words": 1},
        "short grace": {"grace": 0.1},
        "long answer window": {"answer_window": 2.0},
        "a strict confidence": {"min_confidence": 0.7},
    }
    for name, change in changes.items():
        gate = replace(config("en-US"), **change)
        told = _whole(heard) if "asides" in change else heard  # "hold on" alone would stop the agent
        yield EventSequence(f"en-US | speaking, {name} | {text}", gate, told, agent, usual)
    yield EventSequence(f"en-US | speaking, first words of the call | {text}", config("en-US"), heard, agent, ())
    slow = _known_recogniser(LEARNT_S["a slow recogniser"])
    late = callers.late(0.6)(heard)
    yield EventSequence(f"en-US | speaking, a slow recogniser | {text}", config("en-US"), late, agent, slow)


def _whole(heard: Sequence[Event]) -> list[Event]:
    """The final alone, neither interims nor speech noticed before it."""
    return callers.unnoticed(callers.only(final=True)(heard))


def _hearings() -> dict[str, Heard]:
    return {
        "unsure": callers.confident(0.5),
        "doubtful": callers.confident(0.3),
        "hopeless": callers.confident(0.1),
        "rather sure": callers.confident(0.68),
        "confidence unknown": callers.confident(None),
        "surer and surer": callers.surer_and_surer,
        "late words": callers.late(0.6),
        "final after all": callers.late_final(2.6),
        "finals only": callers.only(final=True),
        "interims only": callers.only(final=False),
        "final becomes content": callers.final_becomes("I have a question."),
        "final becomes a command": callers.final_becomes("Stop."),
        "final becomes an acknowledgement": callers.final_becomes("Okay."),
        "an empty final": callers.wordless,
        "no words": callers.no_words,
        "no VAD": callers.unnoticed,
        "final twice": callers.final_twice,
        "said again": callers.said_again,
        "faint first": callers.faint_first,
        "quiet line": callers.falls_quiet,
    }


def _locales() -> Iterator[EventSequence]:
    """A spread of every locale's own corpus, in four situations, and an echo of the agent's own words."""
    hearings: list[tuple[str, Heard]] = [("", callers.plain), *_hearings().items()]
    turn = 0
    for locale in LOCALES:
        agents = situations(_words(locale))
        for label, count in SPREAD.items():
            for text in spread(corpus(locale)[label], count):
                for name in ("speaking", "asked", "nearly done", "silent"):
                    hearing, hear = hearings[turn % len(hearings)] if name == "speaking" else hearings[0]
                    heard = hear(_utterance(locale, text))
                    key = f"{locale} {label} | {name}{', ' if hearing else ''}{hearing} | {text}"
                    yield EventSequence(key, config(locale), heard, agents[name], _known_recogniser())
                turn += 1
        yield from _echoes(locale, agents["speaking"])


def spread(lines: Sequence[str], count: int) -> list[str]:
    """At most `count` of the lines, from the first on at even distances."""
    count = min(count, len(lines))
    return [lines[len(lines) * number // count] for number in range(count)]


def _echoes(locale: str, agent: Sequence[Event]) -> Iterator[EventSequence]:
    said = _words(locale).statement
    words = said.split()
    own = " ".join(words[2:6]) if len(words) > 6 else said[4:12]
    other = " ".join(reversed(own.split())) if len(words) > 6 else own[::-1]
    for guard in (True, False):
        for text in (own, other):
            gate = replace(config(locale), echo_guard=guard)
            name = f"echo guard {'on' if guard else 'off'}"
            key = f"{locale} | speaking, {name} | {text}"
            yield EventSequence(key, gate, _utterance(locale, text), agent, _known_recogniser())


def _benchmark() -> Iterator[EventSequence]:
    """What the benchmark's corpus says, once for each situation; content over the agent is also heard unsurely."""
    known = set()
    usual = _known_recogniser()
    for case in make_corpus(1, ["any"]):
        texts = [part.text for part in case.parts]
        key = f"benchmark {case.meaning} | {case.situation} | {' / '.join(texts)}"
        if key in known or not NO_WORDS.isdisjoint(texts):
            continue
        known.add(key)
        heard = callers.utterance([(part.pause, part.text) for part in case.parts], profile("en-US").vad)
        agent = _agent_of(case)
        yield EventSequence(key, config("en-US"), heard, agent, usual)
        if case.meaning == "content" and case.situation == "speaking":
            key = key.replace("speaking", "speaking, unsure")
            yield EventSequence(key, config("en-US"), callers.confident(0.5)(heard), agent, usual)


def _agent_of(case: Case) -> Sequence[Event]:
    length = spoken_length(case.agent)
    match case.situation:
        case "speaking":
            return speech(case.agent, -case.at, length - case.at)
        case "asked":
            told = f"{case.agent} {case.agent_goes_on}".strip()
            return speech(told, -length - case.at, spoken_length(told) - length - case.at)
        case "listening":
            return speech(case.agent, -length - case.at, -case.at)


def _shipped_calls() -> Iterator[EventSequence]:
    """What the callers of the shipped calls say over the agent's greeting, one after the other."""
    for path in sorted((packaged_configs() / "calls").rglob("*.yaml")):
        call = load_yaml(path).data
        said = [step["caller"] for step in call["steps"] if isinstance(step.get("caller"), str)]
        texts = [text for text in said if text.strip()]
        locale = call.get("profile", "en-US")
        if texts and locale in LOCALES:
            greeting = call.get("agent", {}).get("greeting") or _words(locale).statement
            agent = (AgentState(-1.6, "thinking"), *speech(greeting, -1.5, spoken_length(greeting) - 1.5))
            heard = _utterance(locale, *texts, pause=1.5)
            key = f"call {path.stem} | {len(texts)} said"
            yield EventSequence(key, config(locale), heard, agent, _known_recogniser())


def in_call_order(events: Iterable[Event]) -> list[Event]:
    """Events in order of time; of those at one moment the agent's text first, as a session tells it."""
    return sorted(events, key=lambda event: (event.at, not isinstance(event, AgentText)))
