import asyncio
from pathlib import Path

import pytest

from callagent.journal import AgentAudible
from callagent.scripted_calls import CallPlan, LevelUnavailable, Run, load_call, plan_call, run_calls
from callagent.scripted_calls.levels.text import TextLevel, TextStage

pytestmark = pytest.mark.text


class SharedText(TextLevel):
    """Level text with one loop for all calls."""

    shared_loop = True

    def __init__(self) -> None:
        self.loops: list[asyncio.AbstractEventLoop] = []

    def stage(self, plan: CallPlan) -> TextStage:
        self.loops.append(asyncio.get_running_loop())
        return super().stage(plan)


class Missing(SharedText):
    """A level that turns out not to be available."""

    def stage(self, plan: CallPlan) -> TextStage:
        raise LevelUnavailable("nothing is here")


def scripts(directory: Path, *greetings: str) -> list[Run]:
    runs = []
    for index, greeting in enumerate(greetings):
        file = directory / f"{index}.yaml"
        file.write_text(f"call: Call {index}\nagent: {{greeting: {greeting}}}\nsteps: [{{agent_says: {greeting}}}]\n")
        call = load_call(file)
        runs.append(Run(call, plan_call(call, env={})))
    return runs


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_calls_side_by_side_end_as_they_do_alone(tmp_path: Path, at_once: int) -> None:
    level = SharedText()
    runs = scripts(tmp_path, "Good morning.", "Good evening to everybody.", "Hello.")
    finished = list(run_calls(level, runs, at_once=at_once))
    assert [each.result.call for each in finished] == ["Call 0", "Call 1", "Call 2"]
    assert all(each.result.passed for each in finished)
    assert len({id(loop) for loop in level.loops}) == 1
    began = {round(each.result.log.of(AgentAudible)[0].at, 2) for each in finished}
    assert max(began) < 1.0


def test_a_level_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    with pytest.raises(LevelUnavailable, match="nothing is here"):
        list(run_calls(Missing(), scripts(tmp_path, "Hello.", "Hello."), at_once=2))
