from typing import get_args

import pytest
from livekit.agents.llm import ToolError

from callagent.agent.tools.confirmation import ALONE, Allowance, Use

TIMES: dict[Use, int] = {"transfer": 5, "keys": 60, "hold": 10, "entry": 30, "do not call": 3, "hang up": 3}


@pytest.mark.parametrize("use", get_args(Use))
def test_everything_can_be_done_so_often_and_no_more(use: Use) -> None:
    allowance = Allowance()
    for _ in range(TIMES[use]):
        with allowance.use(use):
            pass
    with pytest.raises(ToolError, match=f"This was done {TIMES[use]} times in this call"), allowance.use(use):
        pytest.fail("it was done once more")


def test_what_has_failed_counts_and_does_not_keep_the_telephone_busy() -> None:
    allowance = Allowance()
    for _ in range(TIMES["transfer"]):
        with pytest.raises(ToolError, match="refused"), allowance.use("transfer"):
            raise ToolError("refused")
    with pytest.raises(ToolError, match="times in this call"), allowance.use("transfer"):
        pass
    with allowance.use("keys"):
        pass


@pytest.mark.parametrize("other", get_args(Use))
def test_while_one_thing_occupies_the_telephone_another_does_not(other: Use) -> None:
    allowance = Allowance()
    with allowance.use("transfer"):
        if other not in ALONE:
            with allowance.use(other):
                return
        with pytest.raises(ToolError, match="Something else is being done"), allowance.use(other):
            pass
        with pytest.raises(ToolError, match="Something else is being done"), allowance.use(other):
            pytest.fail("the first refusal has freed the telephone")
