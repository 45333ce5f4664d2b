"""The level audio: nothing to start, the models are loaded with the first call that needs them."""

import asyncio

from callagent.calls.audio.stage import AudioStage
from callagent.calls.stage import CallPlan, LevelName


class AudioLevel:
    """Calls over the simulated line, in real time."""

    name: LevelName = "audio"
    shared_loop = True

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """An ordinary event loop."""
        return asyncio.new_event_loop()

    async def start(self) -> None:
        """Nothing to do."""

    def stage(self, plan: CallPlan) -> AudioStage:
        """A new call."""
        return AudioStage(plan)

    async def aclose(self) -> None:
        """Nothing to do."""
