"""A call with a person at the microphone of this machine, over the simulated line in real time."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from callagent.audio import PhoneLine, Samples
from callagent.providers import check_providers
from callagent.scripted_calls import CallPlan, Run, call_of, plan_call
from callagent.scripted_calls.levels.audio import AudioLevel, AudioStage
from callagent.scripted_calls.script.call_plan import GateName


class Card(Protocol):
    """A sound card that is open."""

    def microphone(self) -> Samples:
        """Return the next 20 ms that were heard: 160 samples at 8 kHz."""
        ...

    def loudspeaker(self, frame: Samples) -> None:
        """Play 20 ms."""
        ...

    def close(self) -> None:
        """Let go of the devices."""
        ...


class MicrophoneLevel(AudioLevel):
    """The level audio, with a person in the caller's place.

    Args:
        open_card: opens the sound card; raises LevelUnavailable where there is none.
        make_stage: makes the stage of a call, given what connects its line.
    """

    def __init__(
        self,
        open_card: Callable[[], Card],
        make_stage: Callable[[CallPlan, Callable[[PhoneLine], None]], AudioStage] = AudioStage,
    ) -> None:
        self._open_card = open_card
        self._make_stage = make_stage
        self._card: Card | None = None

    def check(self, plans: Sequence[CallPlan]) -> None:
        """Open the sound card, and import the providers.

        Raises:
            LevelUnavailable: there is no sound card that can be used.
            ConfigError: a provider, an option or a key that is not there.
        """
        for plan in plans:
            check_providers(plan.profile)
        self._card = self._open_card()

    def stage(self, plan: CallPlan) -> AudioStage:
        """Return a new call."""
        return self._make_stage(plan, self._connect)

    async def aclose(self) -> None:
        """Let go of the sound card."""
        if self._card is not None:
            self._card.close()

    def _connect(self, line: PhoneLine) -> None:
        assert self._card is not None
        line.connect_person(self._card.microphone, self._card.loudspeaker)


def microphone_run(profile: str, *, sets: Sequence[str] = (), gate: GateName = "callagent", limit: float) -> Run:
    """Return the call to be made: nothing is expected of a person but that it ends.
    Raise ConfigError for a bad profile.
    """
    steps = [{"expect": "call ends", "within": f"{limit:g} s"}]
    call = call_of({"call": "Talking by microphone", "profile": profile, "steps": steps}, Path("microphone"))
    return Run(call, plan_call(call, sets=sets, gate=gate), limit)
