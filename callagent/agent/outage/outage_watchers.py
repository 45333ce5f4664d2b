"""Who is told what fails in a call, and what the caller gets because of it: a call's journal."""

from typing import Literal, Protocol

from callagent.providers.outages.chain_watch import OutageListener

Step = Literal["filler", "asked again", "sentence", "transfer", "call back"]
"""What the caller gets."""


class OutageWatcher(OutageListener, Protocol):
    """Is told of it on the event loop of the call; nobody waits for it."""

    def hung(self, who: str, where: str, seconds: float) -> None:
        """Take note that something took too long: who, what it was doing where that is known, and since when."""
        ...

    def treated(self, step: Step, why: str) -> None:
        """Take note of what the caller gets."""
        ...


class OutageWatchers:
    """All of them, as one."""

    def __init__(self) -> None:
        self._watching: list[OutageWatcher] = []

    def watch(self, watcher: OutageWatcher) -> None:
        """Tell `watcher` from now on."""
        self._watching.append(watcher)

    def provider_failed(self, part: str, provider: str, error: str) -> None:
        """Tell all of them."""
        for each in self._watching:
            each.provider_failed(part, provider, error)

    def fell_back(self, part: str, provider: str, to: str) -> None:
        """Tell all of them."""
        for each in self._watching:
            each.fell_back(part, provider, to)

    def recovered(self, part: str, provider: str) -> None:
        """Tell all of them."""
        for each in self._watching:
            each.recovered(part, provider)

    def hung(self, who: str, where: str, seconds: float) -> None:
        """Tell all of them."""
        for each in self._watching:
            each.hung(who, where, seconds)

    def treated(self, step: Step, why: str) -> None:
        """Tell all of them."""
        for each in self._watching:
            each.treated(step, why)
