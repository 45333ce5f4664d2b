"""Brings recordings of calls that are over from the spool to where they are kept, and tries again until they are there.

It runs in the worker, not in the processes of the calls: what a process that was killed has left is delivered as well,
and a server that hangs holds up no call. A file that nobody holds any more is whole, or all that there will be.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import callagent.records.spool as spool
from callagent.recording.destination import (
    ENDINGS,
    Destination,
    RecordingUnavailable,
    Storage,
    copy_file,
    key_of,
    split_location,
)
from callagent.records.delivery_rounds import DeliveryRounds

EVERY_S: Final = 1.0
"""How often the spool is looked at, in seconds."""

MOST_ERRORS: Final = 3
"""Files that may fail in one round before the others wait for the next one."""

LONGEST_PAUSE_S: Final = 60.0
"""How long a place that cannot be reached is left alone at most, in seconds."""

_log = logging.getLogger("callagent.recording")


class RecordingDelivery:
    """Delivers to a destination.

    Args:
        places: directories of the spool; None: those of the destination.

    Attributes:
        depth: recordings of calls that are over, and that the last round has left in the spool.
        delivered: recordings that were brought to their place.
    """

    def __init__(self, destination: Destination, places: Sequence[Path] | None = None) -> None:
        self.depth, self.delivered = 0, 0
        self._destination = destination
        self._places = destination.spool() if places is None else tuple(places)
        self._storage: Storage | None = None
        self._failures: Counter[Path] = Counter()

    def round(self) -> None:
        """Deliver what there is.

        Raises:
            RecordingUnavailable: the destination cannot be used; what was not delivered is still in the spool.
        """
        files = [path for path in waiting(self._places) if not _is_held(path)]
        self._failures = Counter({path: self._failures[path] for path in files})
        self.depth = len(files)
        errors: list[RecordingUnavailable] = []
        for place in self._places:
            mine = sorted((path for path in files if path.parent == place), key=self._failures.__getitem__)
            if not mine or len(errors) >= MOST_ERRORS:
                continue
            with spool.delivering(place) as allowed:
                for path in mine if allowed else ():
                    if len(errors) < MOST_ERRORS:
                        errors += self._tried(path)
        if errors:
            raise errors[0]

    def _tried(self, path: Path) -> list[RecordingUnavailable]:
        """Deliver a file; return what was in the way. One that has failed comes after the others next time."""
        try:
            self._deliver(path)
        except RecordingUnavailable as error:
            self._failures[path] += 1
            return [error]
        self.depth -= 1
        return []

    def _deliver(self, path: Path) -> None:
        try:
            if path.stat().st_size:
                if self._storage is None:
                    self._storage = self._destination.open()
                self._storage.put(key_of(path.name), path)
                self.delivered += 1
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            return  # somebody else has delivered it
        except OSError as error:
            raise RecordingUnavailable(f"{path.parent}: {error.strerror or type(error).__name__}") from error


class RecordingDeliveryThread:
    """Delivers in a thread of its own, until it is closed. A destination that is away is told once, and tried again.

    Args:
        on_change: told how many recordings wait, how many more were delivered, and whether a round has failed.
    """

    def __init__(
        self, delivery: RecordingDelivery, on_change: Callable[[int, int, bool], None] = lambda *_: None
    ) -> None:
        self._delivery, self._on_change = delivery, on_change
        self._away_since: float | None = None
        self._told = 0
        self._rounds = DeliveryRounds(
            "callagent.recordings", self._round, self._round, every_s=EVERY_S, longest_pause_s=LONGEST_PAUSE_S
        )
        self._rounds.start()

    def close(self, within: float) -> None:
        """Deliver what there is for the last time, for so many seconds at most; blocks."""
        self._rounds.close(within)

    def _round(self) -> bool:
        try:
            self._delivery.round()
        except RecordingUnavailable as error:
            if self._away_since is None:
                self._away_since = time.monotonic()
                _log.error("recordings cannot be delivered: they wait in the spool", extra={"error": str(error)})
            self._tell(failed=True)
            return False
        except Exception:  # the thread's own boundary: what is in the spool stays there
            _log.exception("recordings not delivered")
            self._tell(failed=True)
            return False
        if self._away_since is not None and not self._delivery.depth:
            seconds = round(time.monotonic() - self._away_since)
            _log.warning("recordings are delivered again", extra={"seconds": seconds})
            self._away_since = None
        self._tell(failed=False)
        return True

    def _tell(self, *, failed: bool) -> None:
        more, self._told = self._delivery.delivered - self._told, self._delivery.delivered
        self._on_change(self._delivery.depth, more, failed)


def waiting(places: Sequence[Path]) -> list[Path]:
    """Return the recordings in the spool, oldest first, those of calls under way among them."""
    return spool.waiting(places, *ENDINGS.values())


def fetch_recording(location: str, directory: Path) -> Path | None:
    """Copy a recording into a directory, also one that waits in the spool or goes on; None where there is none.

    Raises:
        RecordingUnavailable: what is kept where it should be cannot be read now.
        ValueError: it is no location of a recording.
    """
    destination, key = split_location(location)
    name = key.replace("/", "_", 1)
    to = directory / f"recording{Path(name).suffix}"
    for place in destination.spool():
        with suppress(OSError):
            copy_file(place / name, to)
            return to
    return to if destination.open().get(key, to) else None


def remove_recording(location: str) -> bool:
    """Remove a recording for good, wherever it is: kept, or waiting in the spool of this machine. Tell whether there
    was one. That of a call which goes on comes back.

    Raises:
        RecordingUnavailable: it cannot be removed now; it may still be there.
        ValueError: it is no location of a recording.
    """
    destination, key = split_location(location)
    found = False
    for place in destination.spool():
        path = place / key.replace("/", "_", 1)
        try:
            path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise RecordingUnavailable(f"{place}: {error.strerror or type(error).__name__}") from error
        found = True
    return destination.open().remove(key) or found


def _is_held(path: Path) -> bool:
    """Tell whether a call still writes into a file; also where that cannot be told now."""
    try:
        with path.open("rb") as file:
            return spool.is_held(file.fileno())
    except OSError:
        return True
