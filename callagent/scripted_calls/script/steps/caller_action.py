"""`- caller: …`: the caller speaks, plays something, presses keys or hangs up, at their moment."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator

from callagent.audio import read_audio
from callagent.scripted_calls.run.call_view import QUIET_S, CallerAct, Scene, When
from callagent.scripted_calls.script.caller import CallerAudio, SoundName, Speech, telephone_keys
from callagent.scripted_calls.script.caller import Recording as RecordingAudio
from callagent.scripted_calls.script.caller import Sound as SoundAudio
from callagent.scripted_calls.script.steps.base import LiveStep, StepPlace, keys_of
from callagent.scripted_calls.script.steps.verdict import Verdict, clock, length, milliseconds, quoted
from callagent.yaml_config import Duration, Flaw, Settings, nearest
from callagent.yaml_config.units import written
from callagent.yaml_config.validation import Text


class CallerForm(Settings):
    """Something other than plain words that the caller does."""

    @abstractmethod
    def describe(self) -> str:
        """Say what the caller does."""

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


CALLER_FORMS: tuple[type[CallerForm], ...] = (Sound, Recording, Keys, HangUp)
"""What `caller` may be beside words; the first key of each tells them apart."""


class CallerStep(LiveStep):
    """The caller speaks, plays something, presses keys or hangs up."""

    caller: Annotated[
        Annotated[Text, Tag("speech")]
        | Annotated[Sound, Tag("Sound")]
        | Annotated[Recording, Tag("Recording")]
        | Annotated[Keys, Tag("Keys")]
        | Annotated[HangUp, Tag("HangUp")],
        Discriminator(lambda value: _kind_of_caller(value)),
    ] = Field(description="What the caller says, or a sound, a recording, keys or the end of the call.")
    when: When | None = Field(None, description="What the caller waits for.")
    after: Duration = written("0 s", "How long after `when` became true.")

    @property
    def words(self) -> str:
        """What is said, empty for what has no words."""
        if isinstance(self.caller, str):
            return self.caller
        return self.caller.text if isinstance(self.caller, Recording) else ""

    @property
    def hangs_up(self) -> bool:
        """Whether it is the end of the call."""
        return isinstance(self.caller, HangUp)

    @property
    def is_audible(self) -> bool:
        """Whether something can be heard on the line."""
        return not isinstance(self.caller, Keys | HangUp)

    def playable(self, directory: Path) -> CallerAudio | None:
        """Tell what the caller plays, files being looked for in `directory`; None for keys and for hanging up."""
        return Speech(self.caller) if isinstance(self.caller, str) else self.caller.playable(directory)

    def describe(self) -> str:
        """Say what the caller does, and when."""
        act = f"the caller says '{self.caller}'" if isinstance(self.caller, str) else self.caller.describe()
        moment = f" when the {self.when.replace(' ', ' is ', 1)}" if self.when else ""
        later = f", after {length(self.after)}" if self.after else ""
        return act + moment + later

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait for the moment, then act; an utterance is only begun, so that the next step can watch what it does."""
        await scene.act_over()
        if scene.log.ended:
            return Verdict(False, scene.ending, gives_up=True)
        if not await self._moment(scene):
            return Verdict(False, scene.ending or self._never_came(), gives_up=True)
        if (audio := self.playable(scene.directory)) is not None:
            return await _speak(audio, number, scene)
        at = scene.now
        if isinstance(self.caller, Keys):
            await scene.stage.press_keys(self.caller.dtmf)
            scene.act = CallerAct(number, None, at, scene.now)
            return Verdict(True, f"keys pressed {clock(at)}")
        await scene.stage.hang_up()
        return Verdict(True, f"the caller hung up {clock(at)}")

    async def _moment(self, scene: Scene) -> bool:
        """Wait until `when` has been true for `after`; False when that does not come."""
        if self.when is None:
            await scene.log.sleep_until(scene.now + self.after)
            return scene.log.ended is None
        when = self.when
        while True:
            since = await scene.wait_unless_quiet(lambda: scene.since(when))
            if since is None:
                return False
            if since + self.after <= scene.now:
                return True
            await scene.wait(
                lambda since=since: True if scene.since(when) != since else None,  # type: ignore[misc]  # bound default
                until=since + self.after,
            )
            if scene.since(when) == since:
                return scene.log.ended is None

    def _never_came(self) -> str:
        held = f" for {milliseconds(self.after)}" if self.after else ""
        doing = (self.when or "").removeprefix("agent ")
        return f"the agent was never {doing}{held}; nobody spoke for {QUIET_S:.0f} s"


def agent_silent_flaws(place: StepPlace) -> Iterator[Flaw]:
    """Tell where the agent has to be speaking and the caller's last act waits until it is not."""
    for index in reversed(range(place.index)):
        step = place.steps[index]
        if step.has_agent_speak:
            return
        if isinstance(step, CallerStep):
            if step.when in ("agent listening", "agent thinking") and not isinstance(step.caller, Keys):
                message = f"can never be met: the caller of step {index + 1} speaks when the agent does not"
                yield Flaw(("expect",), message)
            return


async def _speak(audio: CallerAudio, number: int, scene: Scene) -> Verdict:
    utterance = scene.speak(audio, number)
    scene.act = last = CallerAct(number, utterance, scene.now)
    await scene.wait(lambda: last.began)
    if last.began is None:
        return Verdict(False, "the call ended before the caller could begin", gives_up=True)
    said = f"said {quoted(utterance.text)}" if utterance.text else "played"
    return Verdict(True, f"{said} from {last.began:.2f} s on")


def _kind_of_caller(value: Any) -> str:
    """Tell which form of caller a value, as it was read or as a model, is meant to be."""
    if isinstance(value, CallerForm):
        return type(value).__name__
    keys = value if isinstance(value, Mapping) else ()
    return next((form.__name__ for form in CALLER_FORMS if keys_of(form)[0] in keys), "speech")
