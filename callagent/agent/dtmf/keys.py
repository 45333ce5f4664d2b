"""Keys of the telephone that the caller presses, as events, and as turns of the conversation."""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from livekit.agents import AgentSession

if TYPE_CHECKING:
    from callagent.profile import KeySettings

_log = logging.getLogger("callagent.agent")

_CODES = {key: code for code, key in enumerate("0123456789*#ABCD")}

KEYS = frozenset(_CODES)
"""The keys of a telephone (RFC 4733, events 0 to 15)."""

END_KEY = "#"
"""Ends an entry; the key itself is not part of it."""

LONGEST_ENTRY = 40
"""Keys of an entry at most, which is then complete: more are no number that anybody has."""

Listener = Callable[[str], None]


def dtmf_code(key: str) -> int:
    """Return the event code of a key (RFC 4733)."""
    return _CODES[key]


class Keypad:
    """Where the caller's keys come in.

    Whoever owns the session feeds it with `press`: from `sip_dtmf_received` of a room, from a script below that. A
    listener that `take` has installed gets the keys alone until it gives them back (a tool that collects digits);
    otherwise a key of `reserve` goes to its listener alone, and every other one to every listener of `on_key`. Those of
    `watch` get every key in any case.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._taken: list[Listener] = []
        self._watching: list[Listener] = []
        self._reserved: dict[str, Listener] = {}

    def press(self, keys: str) -> None:
        """Take one key or several, in order. Raise ValueError for what is not a key of a telephone."""
        for key in keys.upper():
            if key not in KEYS:
                raise ValueError(f"not a key of a telephone: {key!r}")
            usual = [self._reserved[key]] if key in self._reserved else self._listeners
            for listener in [*self._watching, *(self._taken[-1:] or usual)]:
                listener(key)

    def watch(self, listener: Listener) -> None:
        """Call `listener` with each key from now on, whoever else takes it."""
        self._watching.append(listener)

    def on_key(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each key from now on, until the function that is returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def reserve(self, keys: Collection[str], listener: Listener) -> None:
        """Give `keys` a meaning of their own: from now on they are no part of what is keyed in."""
        self._reserved |= dict.fromkeys(keys, listener)

    def take(self, listener: Listener) -> Callable[[], None]:
        """As `on_key`, but while it lasts nobody else hears the keys."""
        self._taken.append(listener)
        return lambda: self._taken.remove(listener)


class KeyTurns:
    """Makes turns of what the caller keys in, as far as the profile's `keys` say so.

    The first key stops the agent, as a voice menu does. An entry is complete with `END_KEY` or after the pause; its
    keys are then the caller's turn ("12"), to which the agent replies. `END_KEY` alone is the turn "#". Where the agent
    must not be stopped the reply comes when that speech ends, instead of what would have followed it. An entry that has
    a meaning of its own (`give_meaning`) is no turn.
    """

    def __init__(self, keypad: Keypad, session: AgentSession[Any], settings: "KeySettings") -> None:
        self._session = session
        self._settings = settings
        self._entry = ""
        self._waiting: list[str] = []
        self._barred = False
        self._meanings: dict[str, Callable[[], None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._stop = keypad.on_key(self._pressed)
        session.on("close", self._closed)

    def give_meaning(self, entry: str, act: Callable[[], None]) -> None:
        """Call `act` for an entry, whatever the profile's `keys` say of turns."""
        self._meanings[entry] = act

    def _pressed(self, key: str) -> None:
        self._cancel_timer()
        if self._settings.interrupt and not self._entry:
            self._stop_agent()
        if not self._settings.turns and not self._meanings:
            return
        if key == END_KEY:
            self._complete()
            return
        self._entry += key
        if len(self._entry) >= LONGEST_ENTRY:
            self._complete()
            return
        self._timer = asyncio.get_running_loop().call_later(self._settings.pause, self._complete)

    def _stop_agent(self) -> None:
        speech = self._session.current_speech
        self._barred = speech is not None and not speech.allow_interruptions
        if speech is not None and speech.allow_interruptions:
            self._session.interrupt()

    def _complete(self) -> None:
        entry, self._entry = self._entry or END_KEY, ""
        _log.info("keys entered", extra={"pii_keys": entry})
        if entry in self._meanings:
            self._meanings[entry]()
            return
        if not self._settings.turns:
            return
        if self._waiting:
            self._waiting.append(entry)
            return
        speech = self._session.current_speech
        if speech is None or speech.allow_interruptions:
            self._reply(entry)
            return
        self._waiting.append(entry)
        speech.add_done_callback(self._speech_done)  # one for all entries: livekit-agents keeps them in no order

    def _speech_done(self, _: object) -> None:
        entries, self._waiting = self._waiting, []
        for entry in entries:
            self._reply(entry)

    def _reply(self, entry: str) -> None:
        try:
            if self._barred:
                self._barred = False
                self._session.interrupt()
            self._session.generate_reply(user_input=entry)
        except RuntimeError as error:  # the session is closing: that was its last sentence
            _log.info("keys not answered", extra={"error": str(error)})

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _closed(self, _: object) -> None:
        self._cancel_timer()
        self._stop()
