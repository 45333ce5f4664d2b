"""Brings calls from the spool into the database, each line once, whoever has written them and whatever happened since.

The database knows how many lines of a call it has; what is delivered again, because a process died in between or two of
them were at it, changes nothing.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DataError, IntegrityError

import callagent.records.spool as spool
from callagent.database import StoreUnavailable, first_line
from callagent.records.delivery_rounds import DeliveryRounds
from callagent.records.journal_lines import Packet, call_of
from callagent.records.prices import NO_PRICES, Prices, load_prices
from callagent.records.store import RecordStore
from callagent.records.webhooks.settings import Endpoint

EVERY_S: Final = 1.0
"""How often the spool is looked at, in seconds."""

HEARTBEAT_S: Final = 30.0
"""How often the database is told that a call goes on in which nothing happens, in seconds."""

LONGEST_PAUSE_S: Final = 30.0
"""How long a database that is away is left alone at most, in seconds."""

MOST_TRIES: Final = 5
"""How often the database may refuse a call before its file is set aside."""

SUBSCRIBED_S: Final = 3600.0
"""How often the database is told who is told of calls, in seconds: it forgets endpoints that nobody names any more."""

MOST_AT_ONCE_BYTES: Final = 4 << 20
"""Bytes of a file that are delivered at once."""

_log = logging.getLogger("callagent.records")


@dataclass
class _File:
    """How far a file of the spool is delivered; `lines` are whole ones, `failures` tries that came to nothing."""

    call: str = ""
    offset: int = 0
    lines: int = 0
    told: float = 0.0
    failures: int = 0


class Delivery:
    """Delivers what is in the spool of a database.

    Args:
        location: of the database.
        places: directories of the spool; None: those of the database.
        store: the database where it is open already; whoever opened it closes it.
        prices: what models cost.
        endpoints: who is told of calls; what they are told waits in the database.

    Attributes:
        depth: calls of which the last round has left something in the spool that should be in the database.
    """

    def __init__(
        self,
        location: str,
        places: Sequence[Path] | None = None,
        *,
        store: RecordStore | None = None,
        prices: Prices = NO_PRICES,
        endpoints: Sequence[Endpoint] = (),
    ) -> None:
        self.location = location
        self.depth = 0
        self._endpoints: Sequence[Endpoint] = endpoints
        self._subscribed: float | None = None
        self._places = spool.places(location) if places is None else tuple(places)
        self._given, self._store, self._prices = store is not None, store, prices
        self._files: dict[Path, _File] = {}
        self._host = socket.gethostname()

    def close(self) -> None:
        """Close the database."""
        if self._store is not None and not self._given:
            self._store.close()
            self._store = None

    def round(self) -> None:
        """Deliver what there is.

        Raises:
            StoreUnavailable: the database cannot be used; what was not delivered is still there.
        """
        waiting = spool.waiting(self._places)
        self._files = {path: self._files.get(path, _File()) for path in waiting}
        self.depth = len(waiting)
        self._subscribe()
        for place in self._places:
            mine = [path for path in waiting if path.parent == place]
            if not mine:
                continue
            with spool.delivering(place) as allowed:
                for path in mine:
                    if not allowed or self._deliver_or_hold(path):
                        self.depth -= 1

    def _deliver_or_hold(self, path: Path) -> bool:
        """Deliver what is new in a file; one with which anything unforeseen happens does not keep the others back."""
        try:
            return self._deliver(path)
        except StoreUnavailable:
            raise
        except Exception as error:  # the boundary of one call: it is tried again, and set aside in the end
            self._failed(path, error)
            return False

    def _subscribe(self) -> None:
        """Tell the database who is told of calls, before the first of them is there, and now and then."""
        now, before = time.monotonic(), self._subscribed
        if self._endpoints and (before is None or now >= before + SUBSCRIBED_S):
            self._opened().subscribe(self._endpoints, anew=before is None)
            self._subscribed = now

    def _deliver(self, path: Path) -> bool:
        """Deliver what is new in a file, and remove one that nobody writes any more; tell whether all went well."""
        file = self._files[path]
        try:
            with path.open("rb", buffering=0) as content:
                held = spool.is_held(content.fileno())  # asked first: when nobody writes, what follows is all
                while self._more(file, content.fileno()):
                    pass
            if not held:
                if file.call:
                    self._opened().end(file.call, prices=self._prices)
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            return True  # somebody else has delivered it
        except OSError as error:
            self._failed(path, error)
            return False
        except (ValueError, StoreUnavailable) as error:
            if isinstance(error, StoreUnavailable) and not isinstance(error.__cause__, DataError | IntegrityError):
                raise
            self._failed(path, error)
            return False
        file.failures = 0
        return True

    def _more(self, file: _File, handle: int) -> bool:
        """Deliver the next whole lines of a file; tell whether there were any."""
        content = os.pread(handle, MOST_AT_ONCE_BYTES, file.offset)
        whole = content[: content.rfind(b"\n") + 1]
        if not whole:
            if file.call and time.monotonic() > file.told + HEARTBEAT_S:
                self._opened().heard_of(file.call)
                file.told = time.monotonic()
            return False
        lines = whole.splitlines()
        file.call = file.call or call_of(lines[0])
        self._opened().append(Packet(file.call, file.lines, lines), host=self._host)
        file.offset, file.lines, file.told = file.offset + len(whole), file.lines + len(lines), time.monotonic()
        return True

    def _failed(self, path: Path, error: Exception) -> None:
        """Try a file again from its begin: the database may be another one by now. Set it aside after some tries."""
        failures = self._files[path].failures + 1
        self._files[path] = _File(failures=failures)
        if failures < MOST_TRIES:
            return
        if failures == MOST_TRIES:
            _log.error(
                "call not recorded: its file is set aside", extra={"path": str(path), "error": first_line(error)}
            )
        with suppress(OSError):
            path.rename(path.with_name(path.name + spool.REFUSED))

    def _opened(self) -> RecordStore:
        if self._store is None:
            self._store = RecordStore(self.location)
        return self._store


def open_records(location: str | None = None) -> RecordStore:
    """Open a database of calls for those who look at it, and deliver before what workers that are gone have left.

    Raises:
        StoreUnavailable: the database cannot be used.
        ConfigError: the prices that the environment names cannot be used.
    """
    prices, store = load_prices(), RecordStore(location)
    try:
        Delivery(store.location, store=store, prices=prices).round()
    except StoreUnavailable as error:
        _log.warning("calls that wait in the spool were not delivered", extra={"error": first_line(error)})
    return store


class DeliveryThread:
    """Delivers in a thread of its own, until it is closed. A database that is away is told once, and tried again.

    Args:
        delivery: what is done in each round.
        on_depth: told how many calls wait, whenever that changes.
    """

    def __init__(self, delivery: Delivery, on_depth: Callable[[int], None] = lambda _: None) -> None:
        self._delivery, self._on_depth = delivery, on_depth
        self._depth = -1
        self._away_since: float | None = None
        self._rounds = DeliveryRounds(
            "callagent.records", self._round_and_depth, self._last, every_s=EVERY_S, longest_pause_s=LONGEST_PAUSE_S
        )
        self._rounds.start()

    def close(self, within: float) -> None:
        """Deliver what there is for the last time, for so many seconds at most; blocks."""
        self._rounds.close(within)

    def _round_and_depth(self) -> bool:
        went_well = self._round()
        if self._delivery.depth != self._depth:
            self._depth = self._delivery.depth
            self._on_depth(self._depth)
        return went_well

    def _last(self) -> None:
        self._round()
        self._delivery.close()

    def _round(self) -> bool:
        try:
            self._delivery.round()
        except StoreUnavailable as error:
            if self._away_since is None:
                self._away_since = time.monotonic()
                _log.error("database away: calls are kept in the spool", extra={"error": first_line(error)})
            return False
        except Exception:  # the thread's own boundary: what is in the spool stays there
            _log.exception("calls not delivered")
            return False
        if self._away_since is not None:
            seconds = round(time.monotonic() - self._away_since)
            _log.warning("database back: calls are delivered", extra={"seconds": seconds})
            self._away_since = None
        return True
