"""Who has answered an outbound call, by livekit-agents' detection, and what the profile wants done about it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from livekit.agents import AMD, AgentSession, AMDCategory, UserInputTranscribedEvent
from livekit.agents.llm import LLM

from callagent.profile import Introduction, MachineSettings, Profile
from callagent.providers.amd import GreetingLLM, Kind, kind_of
from callagent.providers.amd.answer_phrases import asks_to_stay, surely_of

SCRIPTED = "script"
"""Name of the LLM that answers from the profile, and can judge nothing."""

INTRODUCTIONS = 2
"""How often a screener is told who calls: some ask once more."""

Action = Literal["talk", "navigate", "leave message", "introduce", "wait", "hang up"]

_KINDS: dict[AMDCategory, Kind] = {
    AMDCategory.MACHINE_VM: "voicemail",
    AMDCategory.MACHINE_UNAVAILABLE: "unavailable",
    AMDCategory.MACHINE_IVR: "menu",
}
"""What the detection's categories are where the words do not tell."""

_ACTIONS: dict[str, Action] = {
    "continue": "talk",
    "navigate": "navigate",
    "leave message": "leave message",
    "hang up": "hang up",
}


@dataclass(frozen=True)
class Verdict:
    """Who has answered.

    Args:
        machine: `voicemail`, `unavailable`, `menu`, `screening` or `hold`; empty for a person, or when nobody can tell.
        action: what the profile wants.
        heard: what was said meanwhile.
    """

    machine: str
    action: Action
    heard: str = ""


PERSON = Verdict("", "talk")

Act = Callable[[Verdict], Awaitable[None]]
"""Does what a verdict says."""

Waiting = Callable[[Verdict], None]
"""Called when the person is waited for, with what keeps the call meanwhile."""


class Words:
    """What the other side says while this is entered."""

    def __init__(self, session: "AgentSession[Any]") -> None:
        self.text = ""
        self.came = asyncio.Event()
        self._session = session

    def __enter__(self) -> "Words":
        self._session.on("user_input_transcribed", self._transcribed)
        return self

    def __exit__(self, *_: object) -> None:
        self._session.off("user_input_transcribed", self._transcribed)

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        if event.is_final:
            self.text = f"{self.text} {event.transcript}".strip()
            self.came.set()


class Answering:
    """Finds out who has answered one call, and waits for the person where something stands before them.

    Args:
        identity: participant that is called; empty where there is no room.
        waiting: is told what keeps the call.
    """

    def __init__(
        self,
        session: "AgentSession[Any]",
        profile: Profile,
        machines: MachineSettings,
        *,
        identity: str = "",
        waiting: Waiting = lambda _: None,
    ) -> None:
        self._session, self._profile, self._machines = session, profile, machines
        self._identity, self._waiting = identity, waiting

    async def verdict(self, answered: Awaitable[None]) -> Verdict:
        """Wait for the answer, and for the detection after it. The agent cannot speak before.

        To be called when the telephone is in the room, ringing: what is said in the first moment counts.
        """
        if not self._machines.detect:
            await answered
            return PERSON
        await asyncio.to_thread(kind_of, "")  # reads the expressions, where no call did before
        return await self._settled(await self._detect(answered, self._machines.no_speech))

    async def carry_out(self, verdict: Verdict, act: Act) -> None:
        """Act on a verdict, and once more where it turns out that a machine has answered after all."""
        await act(verdict)
        if verdict.action == "talk" and (late := await self.reconsidered(verdict)):
            await act(late)

    async def reconsidered(self, verdict: Verdict) -> Verdict | None:
        """Listen on after the first words of the agent: what was a short "Hi." may go on as a mailbox.

        Returns:
            What it is instead; None when the first verdict stands.
        """
        if not self._machines.detect or verdict.machine:
            return None
        heard = await self._machine_words(verdict.heard)
        if not heard:
            return None
        late = verdict_of(AMDCategory.UNCERTAIN, heard, self._machines)
        if late.action in ("talk", "navigate"):
            return None
        await self._silence()
        if late.action == "leave message":  # not before its greeting is over
            late = await self._detect(_now(), self._machines.no_speech, before=heard)
        return await self._settled(late)

    async def _machine_words(self, before: str) -> str:
        """Return what was heard once only a machine says it; empty when that does not come."""
        try:
            async with asyncio.timeout(self._machines.recheck):
                with Words(self._session) as words:
                    while True:
                        await words.came.wait()
                        words.came.clear()
                        heard = f"{before} {words.text}".strip()
                        if surely_of(heard) not in (None, "human"):
                            return heard
        except TimeoutError:
            return ""

    async def _settled(self, verdict: Verdict) -> Verdict:
        """Wait for the person behind a screener or a hold, for `machines.hold` at most."""
        loop, introductions = asyncio.get_running_loop(), 0
        until, keeping = loop.time() + self._machines.hold, verdict
        while verdict.action in ("wait", "introduce"):
            if verdict.machine:
                keeping = verdict
            self._waiting(keeping)
            if verdict.action == "introduce":
                if introductions == INTRODUCTIONS:
                    return replace(verdict, action="hang up")
                introductions += 1
                if said := await self._introduce():
                    verdict = verdict_of(AMDCategory.UNCERTAIN, said, self._machines)
                    continue
                until = loop.time() + self._machines.hold
            left = until - loop.time()
            if left <= 0:
                return replace(keeping, action="hang up")
            verdict = await self._detect(_now(), left)
            if not verdict.heard or (verdict == Verdict("", "talk", verdict.heard) and asks_to_stay(verdict.heard)):
                # neither silence, nor music, nor "please stay on the line" is the person
                verdict = replace(keeping, action="wait")
        return verdict

    async def _introduce(self) -> str:
        """Tell the screener who calls; give what was said meanwhile."""
        policy = self._machines.screening
        assert isinstance(policy, Introduction)
        with Words(self._session) as words:
            await self._session.say(policy.say)
        return words.text

    async def _detect(self, answered: Awaitable[None], no_speech: float, *, before: str = "") -> Verdict:
        machines = self._machines
        detection = AMD(
            self._session,
            llm=classifier(self._session, self._profile),
            stt=None,
            participant_identity=self._identity,
            ivr_detection=machines.menu == "navigate",
            suppress_compatibility_warning=True,
            detection_options={
                "human_silence_threshold": machines.human_silence,
                "no_speech_threshold": no_speech,
                "timeout": max(machines.timeout, no_speech),
            },
        )
        async with detection as listening:
            await answered
            result = await listening.execute()
            verdict = verdict_of(result.category, f"{before} {result.transcript}".strip(), machines)
            if verdict.action in ("wait", "introduce"):
                await self._silence()
            elif verdict.action == "talk" and self._profile.greeting:
                await self._silence()  # the reply to "Hello?" gives way to the greeting
        return verdict

    async def _silence(self) -> None:
        await self._session.interrupt(force=True)
        self._session.clear_user_turn()


def verdict_of(category: AMDCategory, transcript: str, machines: MachineSettings) -> Verdict:
    """Return what the detection's result means under a policy. The words decide where they tell."""
    kind = kind_of(transcript) or _KINDS.get(category)
    match kind:
        case "human":
            return Verdict("", "talk", transcript)
        case "hold":
            return Verdict("hold", "wait", transcript)
        case "screening" if isinstance(machines.screening, Introduction):
            return Verdict("screening", "introduce", transcript)
        case None if category != AMDCategory.UNCERTAIN or machines.uncertain == "continue":
            return Verdict("", "talk", transcript)
        case _:
            machine = kind or "uncertain"
            return Verdict(machine, _ACTIONS[getattr(machines, machine)], transcript)


def classifier(session: "AgentSession[Any]", profile: Profile) -> GreetingLLM:
    """Return the LLM that the detection asks: words, and behind them the session's own where it can judge anything."""
    own = session.llm
    return GreetingLLM(own if isinstance(own, LLM) and profile.providers.llm.use != SCRIPTED else None)


async def _now() -> None:
    """Note that the call has been answered already."""
