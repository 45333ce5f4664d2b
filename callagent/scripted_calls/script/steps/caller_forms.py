"""What a caller may do beside saying words: a sound, a recording, keys, the end of the call, speech as it was heard."""

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from callagent.audio import read_audio
from callagent.scripted_calls.script.caller import (
    CONFIDENCE,
    CallerAudio,
    Reported,
    ReportedWords,
    SoundName,
    telephone_keys,
)
from callagent.scripted_calls.script.caller import Recording as RecordingAudio
from callagent.scripted_calls.script.caller import Sound as SoundAudio
from callagent.scripted_calls.script.steps.verdict import length
from callagent.yaml_config import Duration, Flaw, Settings, nearest
from callagent.yaml_config.units import DURATION
from callagent.yaml_config.validation import Text


class CallerForm(Settings):
    """Something other than plain words that the caller does."""

    @abstractmethod
    def describe(self) -> str:
        """Say what the caller does."""

    @property
    def words(self) -> str:
        """What is said, empty for what has no words."""
        return ""

    def playable(self, directory: Path) -> CallerAudio | None:
        """Tell what the caller plays, files being looked for in `directory`; None where nothing is played."""
        return None


class Sound(CallerForm):
    """A sound that the caller makes."""

    sound: SoundName = Field(description="Which sound.")

    def describe(self) -> str:
        """Say which sound is made."""
        return f"the caller makes a sound: {self.sound}"

    def playable(self, directory: Path) -> CallerAudio:
        """Give the sound."""
        return SoundAudio(self.sound)


class Recording(CallerForm):
    """A recording that the caller plays."""

    audio: Text = Field(description="A .wav file beside the script.")
    text: str = Field("", description="What is said in it; empty: nothing that should be understood as words.")

    @property
    def words(self) -> str:
        """What is said in it."""
        return self.text

    def describe(self) -> str:
        """Say which file is played."""
        return f"the caller plays {self.audio}"

    def playable(self, directory: Path) -> CallerAudio:
        """Give the recording."""
        return RecordingAudio(directory / self.audio, self.text)

    def file_flaws(self, directory: Path) -> Iterator[Flaw]:
        """Tell why the file cannot be played."""
        file = directory / self.audio
        if not file.is_file():
            beside = nearest(self.audio, [other.name for other in directory.glob("*.wav")])
            yield Flaw(("audio",), f"no such file: {file}", beside)
            return
        try:
            reason = "" if read_audio(file).size else f"{file} is empty"
        except (OSError, ValueError) as error:
            reason = str(error)
        if reason:
            yield Flaw(("audio",), f"cannot be played: {reason}")


class Keys(CallerForm):
    """Keys that the caller presses."""

    dtmf: Text = Field(
        description="The keys: 0 to 9, A to D, * and #; in quotes.",
        json_schema_extra={"pattern": "^[0-9A-Da-d*#]+$"},
    )

    @field_validator("dtmf")
    @classmethod
    def _keys_exist(cls, dtmf: str) -> str:
        return telephone_keys(dtmf)

    def describe(self) -> str:
        """Say which keys are pressed."""
        return f"the caller presses {self.dtmf}"


class HangUp(CallerForm):
    """The end of the call, by the caller."""

    hangs_up: bool = Field(alias="hangs up", description="true")

    @field_validator("hangs_up")
    @classmethod
    def _really(cls, hangs_up: bool) -> bool:
        if not hangs_up:
            raise ValueError("must be true; leave the step out otherwise")
        return hangs_up

    def describe(self) -> str:
        """Say that the call is over."""
        return "the caller hangs up"


class Heard(Settings):
    """A transcript, as a recogniser gave it."""

    after: Duration = Field(description="When it came, from the first sample of the speech.")
    text: str = Field(description="The words so far.")
    final: bool = Field(False, description="Whether it is the last word on them.")
    confidence: float = Field(CONFIDENCE, ge=0.0, le=1.0, description="How sure the recogniser was; 0: it did not say.")


class Loud(Settings):
    """A stretch in which the line was loud."""

    after: Duration = Field(description="When it began, from the first sample of the speech.")
    lasts: Duration = Field(description="How long it went on.")


class ReportedSpeech(CallerForm):
    """Speech of a real call, which level text reports as the recogniser did there; `records script` writes it."""

    speech: str = Field(
        max_length=20_000, description="What is said, by the local voice where there is sound; empty: a cough."
    )
    lasts: Annotated[Duration, DURATION.within("1 ms", "10 min")] = Field(
        description="From its first sample to its last, at level text."
    )
    heard: Annotated[tuple[Heard, ...], Field(strict=False)] = Field(
        (), description="The transcripts at level text, and no others; when they came, and how sure they were."
    )
    loud: Annotated[tuple[Loud, ...], Field(strict=False)] | None = Field(
        None, description="When the line was loud at level text; left out, all the time."
    )

    @property
    def words(self) -> str:
        """What is said."""
        return self.speech

    def describe(self) -> str:
        """Say what is said, and how long it takes."""
        said = f"the caller says '{self.speech}'" if self.speech else "the caller makes a sound"
        return f"{said} for {length(self.lasts)}"

    def playable(self, directory: Path) -> CallerAudio:
        """Give the speech."""
        heard = tuple(ReportedWords(each.after, each.text, each.final, each.confidence) for each in self.heard)
        loud = None if self.loud is None else tuple((each.after, each.after + each.lasts) for each in self.loud)
        return Reported(self.speech, self.lasts, heard, loud)


CALLER_FORMS: tuple[type[CallerForm], ...] = (Sound, Recording, Keys, HangUp, ReportedSpeech)
"""What `caller` may be beside words; the first key of each tells them apart."""
