import asyncio
import logging
from collections.abc import Mapping

import pytest

from callagent.scripted_calls.run.faults import Fault
from callagent.scripted_calls.run.faults.schedule import (
    LOGGER,
    SCRIPTED,
    Strikes,
    ToolFailedError,
    around_tools,
    without_tracebacks,
)
from tests.support.virtual import virtually


def outcomes(fault: Fault | None, uses: int) -> list[str]:
    strikes = Strikes(fault)
    return [struck.then if (struck := strikes.next()) else "" for _ in range(uses)]


def test_a_fault_strikes_every_use() -> None:
    assert outcomes(Fault.model_validate("fails"), 3) == ["fails"] * 3


def test_without_a_fault_nothing_is_struck() -> None:
    assert outcomes(None, 2) == ["", ""]


def test_uses_before_and_after_go_well() -> None:
    assert outcomes(Fault.model_validate({"then": "fails", "skip": 1, "times": 2}), 5) == ["", "fails", "fails", "", ""]


async def body(arguments: Mapping[str, object]) -> str:
    return f"booked {arguments['day']}"


@pytest.mark.parametrize(
    ("fault", "error", "seconds"),
    [("fails", ToolFailedError, 0.0), ("times out", TimeoutError, 10.0), ({"delay": "3 s"}, None, 3.0)],
)
def test_a_tool_is_slow_fails_or_gives_no_answer(fault: object, error: type[Exception] | None, seconds: float) -> None:
    struck = around_tools({"book": Fault.model_validate(fault)})("book", body)

    async def use() -> float:
        if error is None:
            assert await struck({"day": "friday"}) == "booked friday"
        else:
            with pytest.raises(error, match="as the script says"):
                await struck({"day": "friday"})
        return asyncio.get_running_loop().time()

    assert virtually(use) == pytest.approx(seconds, abs=0.001)


def test_the_faults_of_a_call_stay_short_while_another_call_ends() -> None:
    logger = logging.getLogger(LOGGER)
    before = list(logger.filters)
    with without_tracebacks():
        with without_tracebacks():
            pass
        error = ToolFailedError(f"broken, {SCRIPTED}")
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (type(error), error, None)})
        logger.filter(record)
        assert (record.getMessage(), record.exc_info) == (f"failed: broken, {SCRIPTED}", None)
    assert logger.filters == before


def test_other_tools_are_left_alone() -> None:
    assert around_tools({"book": Fault.model_validate("fails")})("look_up", body) is body
