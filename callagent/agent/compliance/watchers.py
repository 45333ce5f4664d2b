"""Who is told what becomes of a disclosure, and that somebody does not want to be called again: a call's journal."""

from typing import Literal, Protocol

OptOutWay = Literal["words", "key"]
"""How somebody said that they do not want to be called again."""


class ComplianceWatcher(Protocol):
    """Is told of it on the event loop of the call; nobody waits for it."""

    def disclosed(self, kind: str, complete: bool, offset: float) -> None:
        """Take note of a disclosure that was said whole, or cut off, so many seconds after the answer."""
        ...

    def disclosure_missed(self, kind: str, within: float, why: str) -> None:
        """Take note of one that was not said whole within so many seconds; `why` in words."""
        ...

    def opted_out(self, by: OptOutWay, listed: bool) -> None:
        """Take note that they do not want to be called again, and whether their number is on the list."""
        ...


class ComplianceWatchers:
    """All of them, as one."""

    def __init__(self) -> None:
        self._watching: list[ComplianceWatcher] = []

    def watch(self, watcher: ComplianceWatcher) -> None:
        """Tell `watcher` from now on."""
        self._watching.append(watcher)

    def disclosed(self, kind: str, complete: bool, offset: float) -> None:
        """Tell all of them."""
        for each in self._watching:
            each.disclosed(kind, complete, offset)

    def disclosure_missed(self, kind: str, within: float, why: str) -> None:
        """Tell all of them."""
        for each in self._watching:
            each.disclosure_missed(kind, within, why)

    def opted_out(self, by: OptOutWay, listed: bool) -> None:
        """Tell all of them."""
        for each in self._watching:
            each.opted_out(by, listed)
