"""Options of the local providers, as a profile writes them beside `use`."""

from typing import Annotated, Literal

from pydantic import Field

from callagent.profile import Duration, Settings
from callagent.profile.units import DURATION, written


class NoOptions(Settings):
    """A provider that takes no options of its own."""


class LocalSttOptions(Settings):
    """Whisper on this machine."""

    interim_interval: Annotated[Duration, DURATION.within("50 ms", "2 s")] = written(
        "150 ms", "Time from the beginning of one interim pass to the next; the first half second is heard more often."
    )
    end_silence: Annotated[Duration, DURATION.within("100 ms", "2 s")] = written(
        "250 ms", "Silence after which the final transcript is given; the session's own VAD ends a turn later."
    )
    prompt: str | None = Field(
        None, description="What the recogniser is primed with instead of the profile's acknowledgements and commands."
    )
    threads: int = Field(2, ge=1, le=16, description="Threads of one recognition pass.")


class LocalTtsOptions(Settings):
    """Piper on this machine."""

    sample_rate: Literal[8000, 16000, 22050, 24000, 44100, 48000] = Field(
        22050, description="Sample rate of the audio, Hz; the voice has 22050, anything else is resampled."
    )
    pace: float = Field(1.0, ge=0.5, le=2.0, description="How long a sound lasts; above 1 is slower.")
