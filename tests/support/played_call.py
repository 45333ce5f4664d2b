"""A call whose events are known in advance, played to the step logic in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from callagent.audio import Timeline
from callagent.journal import (
    AgentAudible,
    AgentKeys,
    AgentSilent,
    AgentState,
    AgentStateName,
    AgentWords,
    CallEnded,
    CallerAudible,
    CallerKeys,
    CallerSilent,
    EndReason,
    Observation,
    ObservationLog,
    PlayoutEnded,
    ToolCalled,
    TransferRequested,
    Trouble,
    TurnAdded,
)
from callagent.scripted_calls.measure.call_panel import turns_of
from callagent.scripted_calls.measure.labels import Label
from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.run.call_view import CallerAct, Scene
from callagent.scripted_calls.script.caller import CallerAudio
from callagent.scripted_calls.script.steps.base import LiveStep, Never
from callagent.scripted_calls.script.steps.never import AnyNever
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict
from tests.support.virtual import virtually

T = TypeVar("T")

NEVER: TypeAdapter[Never] = TypeAdapter(AnyNever)


@dataclass
class PlayedUtterance:
    text: str
    started: "asyncio.Future[float]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    ended: "asyncio.Future[float]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class PlayedCall:
    """A Stage: what it is told with `agent`, `caller`, `says` and so on happens at these call times.

    What a script says with `speak` begins at once and takes `SPEECH_S`.
    """

    SPEECH_S = 0.5

    def __init__(self) -> None:
        self.log = ObservationLog(self._now)
        self.hung_up = False
        self.played: list[CallerAudio] = []
        self._timeline = Timeline()
        self._planned: list[tuple[float, Callable[[], None]]] = []
        self._act: tuple[float, float, str] | None = None
        self._count = 0

    @property
    def timeline(self) -> Timeline:
        self._timeline.advance(self._now())
        return self._timeline

    def agent(self, start: float, end: float, *, interrupted: bool = False, over: bool = True) -> None:
        """The agent is on the line from `start` to `end`; not `over`: a gap follows, the playout goes on later."""
        self._at(start, lambda: self._timeline.begin_agent(start))
        self._log(AgentState(start, "speaking"))
        self._log(AgentAudible(start))
        self._at(end, lambda: self._timeline.cut_agent(end) if interrupted else self._timeline.end_agent(end))
        self._log(AgentSilent(end))
        if over:
            self._log(PlayoutEnded(end, interrupted))
            self.state(end, "listening")

    def cut(self, at: float) -> None:
        """What the agent was saying, and has paused, is given up."""
        self._log(PlayoutEnded(at, True))

    def says(self, at: float, text: str) -> None:
        self._log(AgentWords(at, text))

    def caller(self, start: float, end: float, text: str = "Okay.") -> None:
        """The caller's last act, over which a step is judged."""
        self._act = start, end, text
        self._log(CallerAudible(start, self._count, text))
        self._log(CallerSilent(end, self._count))
        self._count += 1

    def state(self, at: float, state: AgentStateName) -> None:
        self._log(AgentState(at, state))

    def tool(self, at: float, name: str, **arguments: Any) -> None:
        self._log(ToolCalled(at, name, arguments))

    def keys(self, at: float, digits: str) -> None:
        """The caller presses keys."""
        self._log(CallerKeys(at, digits))

    def keys_sent(self, at: float, digits: str) -> None:
        self._log(AgentKeys(at, digits))

    def transfer(self, at: float, to: str, *, refused: str = "") -> None:
        self._log(TransferRequested(at, to, refused))

    def user_turn(self, at: float, text: str) -> None:
        self._log(TurnAdded(at, "user", text))

    def trouble(self, at: float, message: str) -> None:
        self._log(Trouble(at, message))

    def observe(self, entry: Observation) -> None:
        """Anything else happens."""
        self._log(entry)

    def ends(self, at: float, reason: EndReason) -> None:
        self._log(CallEnded(at, reason))

    def judge(self, judge: Callable[[Scene], Coroutine[Any, Any, Verdict]], *, greeting: str = "") -> Verdict:
        """What a step makes of the call. It is reached when the caller's act begins, or at 0 without one."""

        async def body() -> Verdict:
            scene = Scene(self, greeting)
            self._play()
            if self._act is not None:
                scene.act = self._utterance(*self._act)
                await self.log.sleep_until(self._act[0])
            return await judge(scene)

        return virtually(body)

    def carry_out(self, step: LiveStep, *, greeting: str = "") -> Verdict:
        """What becomes of a step, reached as `judge` says."""
        return self.judge(lambda scene: step.carry_out(scene, 1), greeting=greeting)

    def evidence(self, panel: Panel | None = None, *labels: Label, until: float = 20.0) -> Evidence:
        """What there is of the call when it is over, at `until`."""
        self.play(until)
        return Evidence(Scene(self, ""), panel or Panel(), turns_of(self, labels, until))

    def never(self, entry: Any, panel: Panel | None = None) -> Verdict:
        """What becomes of an entry of `never`."""
        return NEVER.validate_python(entry).look_for(self.evidence(panel))

    def play(self, until: float) -> "PlayedCall":
        """Lets everything happen up to a call time."""

        async def body() -> None:
            self._play()
            await self.log.sleep_until(until, unless_ended=False)

        virtually(body)
        self._timeline.advance(until)
        return self

    def run(self, body: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Runs `body` while the call is played."""

        async def played() -> T:
            self._play()
            return await body()

        return virtually(played)

    async def start(self) -> None: ...

    def speak(self, what: CallerAudio) -> PlayedUtterance:
        self.played.append(what)
        utterance, index, now = PlayedUtterance(getattr(what, "text", "")), self._count, self._now()
        self._count += 1
        utterance.started.set_result(now)
        self.log.add(CallerAudible(now, index, utterance.text))
        asyncio.get_running_loop().call_later(self.SPEECH_S, self._said, utterance, index)
        return utterance

    async def press_keys(self, digits: str) -> None:
        self.log.add(CallerKeys(self._now(), digits))

    async def hang_up(self) -> None:
        self.hung_up = True
        self.log.add(CallEnded(self._now(), "caller hung up"))

    async def aclose(self) -> None: ...

    def save_recording(self, path: Path) -> bool:
        return False

    def _said(self, utterance: PlayedUtterance, index: int) -> None:
        utterance.ended.set_result(self._now())
        self.log.add(CallerSilent(self._now(), index))

    def _utterance(self, start: float, end: float, text: str) -> CallerAct:
        utterance, loop = PlayedUtterance(text), asyncio.get_running_loop()
        loop.call_at(start, utterance.started.set_result, start)
        loop.call_at(end - 1e-6, utterance.ended.set_result, end)
        return CallerAct(1, utterance, start)

    def _log(self, entry: Observation) -> None:
        self._at(entry.at, lambda: self.log.add(entry))

    def _at(self, at: float, happens: Callable[[], None]) -> None:
        self._planned.append((at, happens))

    def _play(self) -> None:
        for at, happens in self._planned:
            asyncio.get_running_loop().call_at(at, happens)

    @staticmethod
    def _now() -> float:
        try:
            return asyncio.get_running_loop().time()
        except RuntimeError:
            return 0.0
