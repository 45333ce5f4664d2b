"""An agent session in this process, on a line of a level's own, observed into a log."""

import asyncio

from livekit.agents.voice import io
from livekit.agents.voice.transcription import TranscriptSynchronizer

from callagent.agent import Call, assemble
from callagent.calls.observe import ObservationLog
from callagent.calls.stage import CallPlan
from callagent.calls.watch import SessionWatch, SpokenWords
from callagent.line import CallClock
from callagent.providers import Providers

KEY_S = 0.1
"""Seconds from one key to the next, and from a key to its arrival: a finger and RFC 4733's events take about that."""


class SessionInProcess:
    """The agent's side of a call at the levels text and audio.

    Args:
        plan: the call.
        providers: what the session listens, thinks and speaks with.
        clock: the clock of the call.
        log: takes the observations of the session and the gate.
    """

    def __init__(self, plan: CallPlan, providers: Providers, clock: CallClock, log: ObservationLog) -> None:
        self._call: Call = assemble(plan.profile, providers, clock=clock, gate=plan.gate)
        SessionWatch(self._call, log, clock)
        if self._call.gate is not None:
            self._call.gate.on_event(log.gate_events.append)
        self._words = SpokenWords(log)
        self._synchronizer: TranscriptSynchronizer | None = None
        self._closing = asyncio.Lock()

    async def start(self, audio_input: io.AudioInput, audio_output: io.AudioOutput) -> None:
        """Connects the session to the line; the agent greets the caller."""
        session = self._call.session
        self._synchronizer = TranscriptSynchronizer(next_in_chain_audio=audio_output, next_in_chain_text=self._words)
        session.input.audio = audio_input
        session.output.audio = self._synchronizer.audio_output
        session.output.transcription = self._synchronizer.text_output
        await session.start(self._call.agent, record=False)

    async def press_keys(self, digits: str) -> None:
        """The caller presses keys, one after the other."""
        for digit in digits:
            await asyncio.sleep(KEY_S)
            self._call.keypad.press(digit)

    async def aclose(self) -> None:
        """Ends the session, in mid-sentence if need be; idempotent."""
        async with self._closing:
            await self._call.session.aclose()
            if self._synchronizer is not None:
                await self._synchronizer.aclose()
                self._synchronizer = None
