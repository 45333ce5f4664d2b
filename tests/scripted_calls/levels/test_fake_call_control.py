import asyncio

import pytest

from callagent.agent import ControlError
from callagent.journal import AgentKeys, CallEnded, Observation, ObservationLog, TransferRequested
from callagent.scripted_calls.levels.fake_call_control import REFERRED_S, NotedControl
from callagent.scripted_calls.run.faults import Fault
from tests.support.virtual import virtually


def noted(act: str, to: str, fault: object = None) -> list[Observation]:
    """What is in the log a while after the agent has asked for something."""

    async def body() -> list[Observation]:
        loop = asyncio.get_running_loop()
        log = ObservationLog(loop.time)
        control = NotedControl(log, None if fault is None else Fault.model_validate(fault))
        if fault is None:
            await getattr(control, act)(to)
        else:
            with pytest.raises(ControlError, match="as the script says"):
                await getattr(control, act)(to)
        await asyncio.sleep(2.0)
        return list(log)

    return virtually(body)


def test_keys_are_sent_one_after_the_other() -> None:
    entries = noted("send_dtmf", "1a")
    assert [entry.digits for entry in entries if isinstance(entry, AgentKeys)] == ["1", "A"]
    assert [round(entry.at, 3) for entry in entries] == [0.1, 0.2]


def test_a_transfer_takes_the_call_away() -> None:
    asked, ended = noted("transfer", "+12025550111")
    assert asked == TransferRequested(0.0, "+12025550111")
    assert isinstance(ended, CallEnded) and ended.reason == "transferred"
    assert ended.at == pytest.approx(REFERRED_S, abs=0.001)


@pytest.mark.parametrize(
    ("fault", "refused", "at"),
    [("fails", "refused, as the script says", 0.0), ("times out", "no answer, as the script says", 10.0)],
)
def test_a_transfer_that_is_refused_leaves_the_call(fault: str, refused: str, at: float) -> None:
    (asked,) = noted("transfer", "+12025550111", fault)
    assert isinstance(asked, TransferRequested)
    assert (asked.refused, round(asked.at, 3)) == (refused, at)
