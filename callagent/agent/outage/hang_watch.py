"""Notices that the agent owes the caller something, and nothing is heard: a model, a voice or a tool hangs."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal

from livekit.agents import AgentSession, AgentStateChangedEvent, AgentTask, SpeechCreatedEvent, UserStateChangedEvent
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted, ToolExecutionUpdatedEvent

from callagent.agent.outage.outage_watchers import OutageWatchers
from callagent.profile.sections.tool_settings import BUILT_IN_TOOLS

if TYPE_CHECKING:
    from callagent.profile import Profile

Who = Literal["model", "voice", "tool"]

_SPEAKS: Final = "speaking"


class HangWatch:
    """Watches one session.

    Something is due while a speech has been begun and is not over. No time counts while somebody is heard, while the
    caller is on hold, and while a tool waits for the caller: a task that asks them, or a tool of the telephone.

    Args:
        treat: what is done then, with what is wrong.
        on_hold: whether the caller is.
        has_words: whether the voice has been given something to say that is not heard yet.
    """

    def __init__(
        self,
        session: AgentSession[Any],
        profile: "Profile",
        watchers: OutageWatchers,
        treat: Callable[[str], None],
        *,
        on_hold: Callable[[], bool],
        has_words: Callable[[], bool],
    ) -> None:
        self._session, self._watchers, self._treat = session, watchers, treat
        self._on_hold, self._has_words = on_hold, has_words
        self._after = profile.outage.hangs_after
        self._longest_tool = max((tool.timeout or 0.0 for tool in profile.tools.values()), default=0.0)
        self._due: set[SpeechHandle] = set()
        self._tools: dict[str, str] = {}
        self._heard: set[str] = set()
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        if self._after is None:
            return
        session.on("speech_created", self._speech_created)
        session.on("agent_state_changed", self._agent_state_changed)
        session.on("user_state_changed", self._user_state_changed)
        session.on("tool_execution_updated", self._tool_updated)
        session.on("close", lambda _: self._stop())

    def _speech_created(self, event: SpeechCreatedEvent) -> None:
        self._due.add(event.speech_handle)
        event.speech_handle.add_done_callback(self._speech_over)
        self._begin()

    def _speech_over(self, speech: SpeechHandle) -> None:
        self._due.discard(speech)
        self._begin()

    def _agent_state_changed(self, event: AgentStateChangedEvent) -> None:
        self._note("agent", speaks=event.new_state == _SPEAKS)

    def _user_state_changed(self, event: UserStateChangedEvent) -> None:
        self._note("caller", speaks=event.new_state == _SPEAKS)

    def _note(self, side: str, *, speaks: bool) -> None:
        before = set(self._heard)
        (self._heard.add if speaks else self._heard.discard)(side)
        if before != self._heard:
            self._begin()

    def _tool_updated(self, event: ToolExecutionUpdatedEvent) -> None:
        match event.update:
            case ToolCallStarted(function_call=call):
                self._tools[call.call_id] = call.name
            case ToolCallEnded(call_id=call_id):
                self._tools.pop(call_id, None)
        self._begin()

    def _begin(self) -> None:
        """Count from now on."""
        self._stop()
        if self._after is None or not self._due or self._heard:
            return
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        limit = self._after + (self._longest_tool if self._tools else 0.0)
        self._timer = loop.call_later(limit, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._on_hold() or self._tool_waits_for_caller():
            self._begin()
            return
        who: Who = "tool" if self._tools else "voice" if self._has_words() else "model"
        where = ", ".join(sorted(set(self._tools.values())))
        seconds = round(asyncio.get_running_loop().time() - self._since, 1)
        self._watchers.hung(who, where, seconds)
        self._treat(f"the {who} hangs: nothing heard for {seconds:g} s")

    def _tool_waits_for_caller(self) -> bool:
        asks = isinstance(self._session.current_agent, AgentTask) and bool(self._tools)
        return asks or any(name in BUILT_IN_TOOLS for name in self._tools.values())

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
