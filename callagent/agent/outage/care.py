"""All that looks after a call whose providers may fail, put together."""

from typing import TYPE_CHECKING, Any

from livekit.agents import AgentSession

from callagent.agent.call_control import CallControl
from callagent.agent.call_limits import CallFlow
from callagent.agent.outage.deafness import DeafnessWatch
from callagent.agent.outage.filler import Filler
from callagent.agent.outage.hang_watch import HangWatch
from callagent.agent.outage.outage_watchers import OutageWatchers
from callagent.agent.outage.treatment import OutageTreatment
from callagent.agent.prompts import Sounds
from callagent.providers.outages.chain_watch import ChainWatch

if TYPE_CHECKING:
    from callagent.profile import Profile
    from callagent.providers import Providers


class OutageCare:
    """Looks after one call.

    Attributes:
        watchers: are told what fails, and what the caller gets.
        filler: what is said while an answer takes long.
    """

    def __init__(self, profile: "Profile", sounds: Sounds) -> None:
        self._profile, self._sounds = profile, sounds
        self._treatment: OutageTreatment | None = None
        self.watchers = OutageWatchers()
        self.filler = Filler(profile, sounds, self.watchers)

    def follow(self, session: AgentSession[Any], providers: "Providers", control: CallControl, flow: CallFlow) -> None:
        """Look after a session that is not started yet.

        Args:
            providers: those of the call; chains among them tell what fails.
            flow: ends the call.
        """
        for model in _models(providers):
            if isinstance(watch := getattr(model, "watch", None), ChainWatch):
                watch.listen(self.watchers)
        treatment = OutageTreatment(session, self._profile, self._sounds, control, flow, self.watchers)
        self._treatment = treatment
        flow.on_failure(treatment.begin)
        HangWatch(
            session,
            self._profile,
            self.watchers,
            treatment.begin,
            on_hold=lambda: flow.is_away,
            has_words=lambda: self.filler.has_words,
        )
        DeafnessWatch(session, self._profile, self._sounds, self.watchers, treatment.begin)

    def loop_blocked(self, where: str, seconds: float) -> None:
        """Take note that the event loop of the call was blocked; after too long a time that is an outage."""
        self.watchers.hung("event loop", where, seconds)
        longest = self._profile.outage.hangs_after
        if self._treatment is not None and longest is not None and seconds >= longest:
            self._treatment.begin(f"the event loop was blocked for {seconds:g} s at {where}")


def _models(providers: "Providers") -> list[Any]:
    own = [model for models in providers.agents.values() for model in models.values()]
    return [providers.stt, providers.llm, providers.tts, *own]
