"""`- caller: …`: the caller speaks, plays something, presses keys or hangs up, at their moment."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from callagent.scripted_calls.run.call_view import QUIET_S, CallerAct, Scene, When
from callagent.scripted_calls.script.caller import CallerAudio, Speech
from callagent.scripted_calls.script.steps.base import LiveStep, StepPlace, keys_of
from callagent.scripted_calls.script.steps.caller_forms import (
    CALLER_FORMS,
    CallerForm,
    HangUp,
    Keys,
    Recording,
    ReportedSpeech,
    Sound,
)
from callagent.scripted_calls.script.steps.verdict import Verdict, clock, length, milliseconds, quoted
from callagent.yaml_config import Duration, Flaw
from callagent.yaml_config.units import written
from callagent.yaml_config.validation import Text


class CallerStep(LiveStep):
    """The caller speaks, plays something, presses keys or hangs up."""

    caller: Annotated[
        Annotated[Text, Tag("speech")]
        | Annotated[Sound, Tag("Sound")]
        | Annotated[Recording, Tag("Recording")]
        | Annotated[Keys, Tag("Keys")]
        | Annotated[HangUp, Tag("HangUp")]
        | Annotated[ReportedSpeech, Tag("ReportedSpeech")],
        Discriminator(lambda value: _kind_of_caller(value)),
    ] = Field(description="What the caller says, or a sound, a recording, keys or the end of the call.")
    when: When | None = Field(None, description="What the caller waits for.")
    after: Duration = written("0 s", "How long after `when` became true.")

    @property
    def words(self) -> str:
        """What is said, empty for what has no words."""
        return self.caller if isinstance(self.caller, str) else self.caller.words

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
