"""How VAD and recogniser report an utterance: as they should, and in the ways in which they fail."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from callagent.profile.sections.turn_settings import VadSettings
from callagent.scripted_calls.levels.text.cues import Cue, unfold
from callagent.scripted_calls.script.caller import CallerAudio, Sound, Speech
from callagent.turns.gate.events import CallerAudible, CallerHushed, CallerStarted, CallerStopped, Event, Transcript

CONFIDENCE = 0.9
"""Of clear speech."""

COUGH = "(cough)"
"""Stands for the sound in the words of an utterance."""


def utterance(parts: Iterable[tuple[float, str]], vad: VadSettings) -> list[Event]:
    """The reports of one utterance in parts, each after a pause in seconds. A part whose pause the VAD does not notice
    goes on the transcript of the one before it.
    """
    events: list[Event] = []
    at, said = 0.0, ""
    for pause, text in parts:
        at += pause
        goes_on = bool(said) and pause < vad.min_silence
        if goes_on:
            events = [event for event in events if event.at < at]
        what: CallerAudio = Sound("cough") if text == COUGH else Speech(text)
        before = said if goes_on else ""
        unfolding = unfold(what, min_speech=vad.min_speech, min_silence=vad.min_silence, before=before)
        events += [event for cue in unfolding.cues for event in _reported(cue, at, at + unfolding.duration)]
        at += unfolding.duration
        said = f"{before} {text}".strip()
    return in_order(events)


def _reported(cue: Cue, start: float, end: float) -> list[Event]:
    at = start + cue.at
    match cue.kind:
        case "loud":
            return [CallerAudible(at)]
        case "quiet":
            return [CallerHushed(at)]
        case "speech started":
            return [CallerStarted(at, start)]
        case "speech ended":
            return [CallerStopped(at, end)]
        case "interim" | "final":
            return [Transcript(at, 0, cue.text, cue.kind == "final", CONFIDENCE)]
        case "speech goes on":
            return []


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events in order of time, their transcripts numbered from 1."""
    found: list[Event] = []
    key = 0
    for event in sorted(events, key=lambda event: event.at):
        if isinstance(event, Transcript):
            key += 1
        found.append(replace(event, key=key) if isinstance(event, Transcript) else event)
    return found


def shifted(events: Iterable[Event], seconds: float) -> list[Event]:
    """The same events, later."""
    moved: list[Event] = []
    for event in events:
        match event:
            case CallerStarted():
                moved.append(replace(event, at=event.at + seconds, onset=event.onset + seconds))
            case CallerStopped():
                moved.append(replace(event, at=event.at + seconds, offset=event.offset + seconds))
            case _:
                moved.append(replace(event, at=event.at + seconds))
    return moved


Heard = Callable[[Sequence[Event]], list[Event]]
"""Turns the reports of an utterance into those of a recogniser or a VAD that is not as good."""


def _transcripts(events: Sequence[Event], change: Callable[[Transcript], Transcript | None]) -> list[Event]:
    changed = (change(event) if isinstance(event, Transcript) else event for event in events)
    return in_order(event for event in changed if event is not None)


def confident(confidence: float | None) -> Heard:
    """Every transcript has this confidence."""
    return lambda events: _transcripts(events, lambda words: replace(words, confidence=confidence))


def late(seconds: float) -> Heard:
    """Every transcript comes as much later."""
    return lambda events: _transcripts(events, lambda words: replace(words, at=words.at + seconds))


def late_final(seconds: float) -> Heard:
    """The final comes as much later."""
    return lambda events: _transcripts(
        events, lambda words: replace(words, at=words.at + seconds) if words.final else words
    )


def only(*, final: bool) -> Heard:
    """The recogniser gives finals only, or interims only."""
    return lambda events: _transcripts(events, lambda words: words if words.final is final else None)


def final_becomes(text: str) -> Heard:
    """The final says something else than the interims."""
    return lambda events: _transcripts(events, lambda words: replace(words, text=text) if words.final else words)


def plain(events: Sequence[Event]) -> list[Event]:
    """As it should be."""
    return list(events)


def surer_and_surer(events: Sequence[Event]) -> list[Event]:
    """The recogniser doubts its first words: 0.2, 0.4, 0.6 and so on."""
    return [
        replace(event, confidence=min(0.9, 0.2 * event.key)) if isinstance(event, Transcript) else event
        for event in events
    ]


def unnoticed(events: Sequence[Event]) -> list[Event]:
    """The VAD reports nothing."""
    return [event for event in events if not isinstance(event, CallerStarted | CallerStopped)]


def wordless(events: Sequence[Event]) -> list[Event]:
    """The recogniser understands nothing: an empty final."""
    return _transcripts(events, lambda words: replace(words, text="") if words.final else None)


def no_words(events: Sequence[Event]) -> list[Event]:
    """The recogniser does not say a word."""
    return [event for event in events if not isinstance(event, Transcript)]


def final_twice(events: Sequence[Event]) -> list[Event]:
    """The same final comes again half a second later."""
    again = [replace(event, at=event.at + 0.5) for event in events if isinstance(event, Transcript) and event.final]
    return in_order([*events, *again])


def said_again(events: Sequence[Event]) -> list[Event]:
    """The caller says the same once more, two seconds after it has begun."""
    return in_order([*events, *shifted(events, max(2.0, events[-1].at + 0.1))])


def faint_first(events: Sequence[Event]) -> list[Event]:
    """The VAD takes something faint for speech; the line becomes loud at 160 ms."""
    loudness = (event for event in events if isinstance(event, CallerAudible | CallerHushed))
    rest = (event for event in events if not isinstance(event, CallerAudible | CallerHushed))
    later = (replace(event, at=max(event.at, 0.16)) for event in loudness)
    return in_order([CallerHushed(-0.5), *later, *rest])


def falls_quiet(events: Sequence[Event]) -> list[Event]:
    """The line is quiet after 150 ms, and the VAD notices nothing of it for a long time."""
    rest = (event for event in events if not isinstance(event, CallerAudible | CallerHushed))
    return in_order([CallerAudible(0.02), CallerHushed(0.15), *rest])
