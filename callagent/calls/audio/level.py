"""The level audio: nothing to start, the models are loaded with the first call that needs them."""

import asyncio
import importlib.util
from collections.abc import Iterator, Sequence

from callagent.calls.audio.stage import AudioStage
from callagent.calls.espeak import check_voice
from callagent.calls.script.call_script import LevelName
from callagent.calls.script.plan import CallPlan
from callagent.calls.unavailable import LevelUnavailable
from callagent.extras import how_to_install
from callagent.profile import Profile
from callagent.providers import check_providers
from callagent.providers.offers import OFFERS

CALLER_PACKAGES = OFFERS["tts"]["local"].packages
"""What the caller's voice needs, whatever the agent speaks with."""


class AudioLevel:
    """Calls over the simulated line, in real time."""

    name: LevelName = "audio"
    shared_loop = True

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """An ordinary event loop."""
        return asyncio.new_event_loop()

    def check(self, plans: Sequence[CallPlan]) -> None:
        """Imports the providers of all profiles.

        Raises:
            LevelUnavailable: a package with models or voices is missing.
            ConfigError: a provider, an option or a key that is not there.
        """
        missing = sorted({package for plan in plans for package in _missing(plan.profile)})
        if missing:
            raise LevelUnavailable(
                f"level audio is not available here: {', '.join(missing)} missing; {how_to_install('local')}"
            )
        for plan in plans:
            check_providers(plan.profile)
            check_voice(plan.profile.language)

    async def start(self) -> None:
        """Nothing to do."""

    def stage(self, plan: CallPlan) -> AudioStage:
        """A new call."""
        return AudioStage(plan)

    async def aclose(self) -> None:
        """Nothing to do."""


def _missing(profile: Profile) -> Iterator[str]:
    """Packages that the profile's providers or the caller's voice need and that are not installed."""
    yield from (package for package in CALLER_PACKAGES if not _installed(package))
    for part, offers in OFFERS.items():
        offer = offers.get(getattr(profile.providers, part).use)
        yield from (package for package in (offer.packages if offer else ()) if not _installed(package))


def _installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False
