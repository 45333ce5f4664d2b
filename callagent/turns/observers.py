"""Whoever wants to know what the gate on a session hears, decides and keeps."""

from collections.abc import Callable
from typing import Generic, TypeVar

from callagent.turns.gate.decisions import Decision
from callagent.turns.gate.events import Event
from callagent.turns.gate.overlap_record import OverlapRecord

Frame = TypeVar("Frame")
"""A piece of audio."""


class GateObservers(Generic[Frame]):
    """Callbacks by what they are told; they are called in the order in which they were given, on the call's loop."""

    def __init__(self) -> None:
        self._on_event: list[Callable[[Event], None]] = []
        self._on_decision: list[Callable[[Decision], None]] = []
        self._on_record: list[Callable[[OverlapRecord], None]] = []
        self._on_audio: list[Callable[[Frame], None]] = []
        self._on_turn_ended: list[Callable[[bool], None]] = []

    def on_event(self, callback: Callable[[Event], None]) -> None:
        """Call `callback` with every event, fired timers included, before the gate gets it."""
        self._on_event.append(callback)

    def on_decision(self, callback: Callable[[Decision], None]) -> None:
        """Call `callback` with every decision, timers included, when it is carried out."""
        self._on_decision.append(callback)

    def on_record(self, callback: Callable[[OverlapRecord], None]) -> None:
        """Call `callback` with the record of every overlap when it is over."""
        self._on_record.append(callback)

    def on_audio(self, callback: Callable[[Frame], None]) -> None:
        """Call `callback` with the caller's audio as the recogniser gets it."""
        self._on_audio.append(callback)

    def on_turn_ended(self, callback: Callable[[bool], None]) -> None:
        """Call `callback` when the caller's turn is ended by hand: True, it is answered; False, it is thrown away."""
        self._on_turn_ended.append(callback)
