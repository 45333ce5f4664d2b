"""The gate around an `stt_node` that recognises by itself, with a recogniser that its session does not know of."""

import functools
import inspect
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from livekit import rtc
from livekit.agents import Agent, AgentSession, ModelSettings, stt

from callagent.turns.binding import GateBinding

A = TypeVar("A", bound=Agent)
Node = Callable[
    [A, AsyncIterable[rtc.AudioFrame], ModelSettings],
    AsyncIterable[stt.SpeechEvent | str] | Awaitable[AsyncIterable[stt.SpeechEvent | str] | None],
]
"""An `Agent.stt_node`, in each of the shapes that livekit takes."""

gate_outside: ContextVar[bool] = ContextVar("gate_outside", default=False)
"""The gate is around the node, so it must not be around the node's recogniser as well."""

_gates: WeakKeyDictionary[AgentSession[Any], GateBinding] = WeakKeyDictionary()
_with_gate: WeakSet[Callable[..., Any]] = WeakSet()


def gate_on(session: AgentSession[Any], gate: GateBinding) -> None:
    """Note which gate a session has, until it closes: a gate knows its session, and neither would ever be freed."""
    _gates[session] = gate
    session.once("close", lambda _: _gates.pop(session, None))


def has_gate(agent: Agent) -> bool:
    """Tell whether the agent's recognition has the gate in any case: as livekit has it, or by `gated_node`."""
    node = type(agent).stt_node
    return node is Agent.stt_node or node in _with_gate


def gated_node(node: Node[A]) -> Callable[[A, AsyncIterable[rtc.AudioFrame], ModelSettings], AsyncGenerator[Any, None]]:
    """Return the node with the gate of its agent's session around it."""

    @functools.wraps(node)
    async def around(
        agent: A, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncGenerator[Any, None]:
        gate = _gates.get(agent.session)
        if gate is not None:
            gate_outside.set(True)
        heard = node(agent, audio if gate is None else gate.listen(audio), model_settings)
        events = await heard if inspect.isawaitable(heard) else heard
        if events is not None:
            async for event in events if gate is None else gate.filter(events):
                yield event

    _with_gate.add(around)
    return around
