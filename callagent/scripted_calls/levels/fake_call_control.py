"""The telephone network of a call in the process: what the agent asks of it is noted, and done or refused."""

import asyncio

from livekit.agents.llm import ChatContext

from callagent.agent import ControlError, NoControl
from callagent.journal import AgentKeys, CallEnded, DoNotCall, ObservationLog, TransferRequested
from callagent.scripted_calls.run.faults.fault_settings import Fault
from callagent.scripted_calls.run.faults.schedule import PATIENCE_S, SCRIPTED, Strikes

KEY_S = 0.1
"""Seconds from one key to the next, and from a key to its arrival: a finger and RFC 4733's events take about that."""

REFERRED_S = 0.5
"""Seconds from an accepted transfer to the end of the call on this side, as after a REFER."""


class NotedControl(NoControl):
    """Notes keys, transfers and who is not to be called in the log; a transfer that is accepted ends the call."""

    def __init__(self, log: ObservationLog, fault: Fault | None) -> None:
        self._log = log
        self._strikes = Strikes(fault)

    async def send_dtmf(self, keys: str) -> None:
        """Send keys, one after the other."""
        for key in keys.upper():
            await asyncio.sleep(KEY_S)
            self._log.add(AgentKeys(self._log.now(), key))

    async def transfer(self, to: str) -> None:
        """Hand the caller over. Raise ControlError where the script has it refused."""
        fault = self._strikes.next()
        if fault is not None:
            await asyncio.sleep(fault.delay or (PATIENCE_S if fault.then == "times out" else 0.0))
        refused = {"fails": f"refused, {SCRIPTED}", "times out": f"no answer, {SCRIPTED}"}
        reason = refused.get(fault.then if fault else "", "")
        self._log.add(TransferRequested(self._log.now(), to, reason))
        if reason:
            raise ControlError(reason)
        asyncio.get_running_loop().call_later(REFERRED_S, self._transferred)

    async def consult(self, to: str, history: ChatContext) -> None:
        """Hand the caller over as `transfer` does; nobody is there to be told anything first."""
        await self.transfer(to)

    async def do_not_call(self) -> None:
        """Note it; there is no list."""
        self._log.add(DoNotCall(self._log.now()))

    def _transferred(self) -> None:
        self._log.add(CallEnded(self._log.now(), "transferred"))
