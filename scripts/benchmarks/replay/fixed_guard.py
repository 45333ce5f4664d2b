"""The known guard: acknowledgements are blocked while the agent speaks or thinks, the rest interrupts after 350 ms.

It gets the word list of the profile, which is much longer than the six words that it comes with.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import replace
from typing import Any

from livekit import rtc
from livekit.agents import Agent, AgentSession, ModelSettings, UserStateChangedEvent, stt

from callagent.agent import AssembledCall, CallAgent, assemble
from callagent.agent.turn_handling import gated_turn_handling
from callagent.audio import CallClock
from callagent.profile import Profile
from callagent.providers import Providers
from callagent.turns import Kind, Lexicon

WAIT_S = 0.35
"""Seconds of speech after which it looks at the transcript, fixed in that guard."""

_WORDS = (stt.SpeechEventType.INTERIM_TRANSCRIPT, stt.SpeechEventType.FINAL_TRANSCRIPT)


class FixedGuard:
    """The guard on a session that does not interrupt by itself."""

    def __init__(self, session: AgentSession[Any], lexicon: Lexicon, clock: CallClock) -> None:
        self._session = session
        self._lexicon = lexicon
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._waited = False
        self._text = ""
        session.on("user_state_changed", self._user_state_changed)

    def take(self, event: stt.SpeechEvent) -> bool:
        """Look at a transcript; False when the session must not know of it."""
        if event.type not in _WORDS or not event.alternatives or not self._active:
            return True
        self._text = event.alternatives[0].text
        if self._acknowledges():
            return event.type is not stt.SpeechEventType.FINAL_TRANSCRIPT
        if self._waited and self._text:
            self._session.interrupt()
        return True

    @property
    def _active(self) -> bool:
        return self._session.agent_state in ("speaking", "thinking")

    def _acknowledges(self) -> bool:
        return self._lexicon.match(self._text, final=True).kind is Kind.ACK

    def _user_state_changed(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._waited, self._text = False, ""
            since = self._clock.now() - self._clock.of(event.created_at)
            self._timer = asyncio.get_running_loop().call_later(max(0.0, WAIT_S - since), self._has_waited)
        elif self._timer is not None:
            self._timer.cancel()
            self._waited = True  # what was shorter is judged by its final transcript

    def _has_waited(self) -> None:
        self._waited = True
        if self._active and not self._acknowledges():
            self._session.interrupt()


class GuardedAgent(CallAgent):
    """A plain agent whose transcripts pass the guard."""

    guard: FixedGuard

    async def stt_node(
        self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncGenerator[stt.SpeechEvent, None]:
        """Yield the recogniser's events without the acknowledgements that the guard blocks."""
        async for event in Agent.default.stt_node(self, audio, model_settings):
            if self.guard.take(event):
                yield event


def guarded(profile: Profile, providers: Providers, clock: CallClock) -> AssembledCall:
    """Return a session with the guard. Call it on the session's loop."""
    call = assemble(profile, providers, clock=clock, gate="stock", turn_handling=gated_turn_handling(profile))
    agent = GuardedAgent(profile)
    agent.guard = FixedGuard(call.session, Lexicon(profile.interruption.soft_acks, ()), clock)
    return replace(call, agent=agent)
