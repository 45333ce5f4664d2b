"""What becomes of the recording of a call, as events of its journal. Times in the file are those of the call."""

from dataclasses import dataclass
from typing import Literal

from callagent.journal.events import Observation

RecordingPause = Literal["card", "keys", "asked"]
"""Why nothing is recorded: a card is asked for, digits are keyed in, or code of the author's has asked for it."""


@dataclass(frozen=True, slots=True)
class RecordingEvent(Observation):
    """Something became of the recording."""


@dataclass(frozen=True, slots=True)
class RecordingStarted(RecordingEvent):
    """The call is recorded from now on: in which format (`opus`, `wav`), with how many samples a second and channels,
    the caller left and the agent right. `location` is the file or the URL that it will be at when the call is over.
    """

    location: str
    format: str
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class RecordingPaused(RecordingEvent):
    """Nothing is recorded from now on: silence, until `RecordingResumed`."""

    why: RecordingPause


@dataclass(frozen=True, slots=True)
class RecordingResumed(RecordingEvent):
    """The call is recorded again."""


@dataclass(frozen=True, slots=True)
class RecordingEnded(RecordingEvent):
    """The recording is over; the file is `seconds` long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class RecordingFailed(RecordingEvent):
    """Something of the recording is lost; `why` in words."""

    why: str


def recording_words(event: RecordingEvent) -> str:
    """Return an event in words."""
    match event:
        case RecordingStarted(format=form, sample_rate=rate):
            return f"recording starts ({form}, {rate // 1000} kHz)"
        case RecordingPaused(why=why):
            return f"recording pauses ({why})"
        case RecordingResumed():
            return "recording goes on"
        case RecordingEnded(seconds=seconds):
            return f"recording ends at {seconds:.1f} s"
        case RecordingFailed(why=why):
            return f"recording failed: {why}"
    raise TypeError(f"no words for {type(event).__name__}")
