"""An author's own agent behind a real livekit-server: its profile stands beside the script."""

import asyncio
from pathlib import Path

import pytest

from callagent.scripted_calls import Watcher
from callagent.scripted_calls.levels.audio import AudioLevel
from callagent.scripted_calls.levels.level import Checking
from callagent.scripted_calls.levels.remote.profile_files import Outdated, ProfileFiles
from callagent.scripted_calls.levels.room import RoomLevel
from callagent.scripted_calls.levels.text import TextLevel
from callagent.scripted_calls.run.call_runner import FinishedCall, Run, make_call, run_calls
from callagent.scripted_calls.script.call_file import load_call
from callagent.scripted_calls.script.call_plan import CallPlan, plan_call
from callagent.worker import Connection
from tests.scripted_calls.levels.room.test_room_level import SharedWorker
from tests.support.livekit_server import OWN_AGENTS, RunningWorker
from tests.support.patience import patient
from tests.support.quiet_providers import PROVIDERS, put_beside

SHOP = """
import callagent
from livekit.agents import Agent, RunContext, function_tool

class Order:
    loaves = 0

class Shop(Agent):
    def __init__(self):
        super().__init__(instructions="")

    async def on_enter(self):
        self.session.userdata.greet()

    @function_tool
    async def add(self, context: RunContext[callagent.Call], loaves: int) -> str:
        '''Adds loaves.'''
        context.userdata.state.loaves += loaves
        return str(context.userdata.state.loaves)

def charge() -> str:
    raise SystemExit("a test charges nobody")
"""
PROFILE = f"""
extends: locales/en-US
{PROVIDERS}
greeting: Corner Bakery, good morning.
agent: shop:Shop
state: shop:Order
tools: {{charge: {{description: Charge the card., run: "shop:charge"}}}}
replies:
  - {{when: "1", call: add, with: {{loaves: 2}}, say: "You have {{result}} loaves."}}
  - {{when: "2", call: charge, say: "The till says {{result}}."}}
"""
CALL = """
call: Keys order bread
profile: ./shop.yaml
agent: {mock: {charge: {returns: paid}}}
steps:
  - agent_says: good morning
  - expect: {agent: /shop/}
  - expect: {state: {loaves: 0}}
  - {caller: {dtmf: "1"}, when: agent listening}
  - {expect: {tool: add, with: {loaves: 2}}, within: 20 s}
  - {expect: {state: {loaves: 2}}, within: 20 s}
  - {expect: {said: You have 2 loaves}, within: 20 s}
  - {caller: {dtmf: "2"}, when: agent listening}
  - {expect: {said: The till says paid}, within: 20 s}
never: [{state: {loaves: 3}}, {said: You have 3}]
"""


def project(directory: Path) -> CallPlan:
    put_beside(directory)
    (directory / "shop.py").write_text(SHOP, encoding="utf-8")
    (directory / "shop.yaml").write_text(PROFILE, encoding="utf-8")
    (directory / "idle.yaml").write_text(f"extends: en-US\n{PROVIDERS}", encoding="utf-8")
    (directory / "call.yaml").write_text(CALL, encoding="utf-8")
    return plan_call(load_call(directory / "call.yaml"), env={})


@pytest.mark.blocks_loop(reason="the level audio makes its providers on the loop")
@pytest.mark.parametrize(
    "level", [TextLevel, pytest.param(AudioLevel, marks=[pytest.mark.audio, pytest.mark.any_speed])]
)
def test_the_authors_agent_answers_in_this_process(level: type[TextLevel | AudioLevel], tmp_path: Path) -> None:
    plan = project(tmp_path)
    (finished,) = run_calls(level(), [Run(load_call(tmp_path / "call.yaml"), plan)])
    failed = [f"{step.expected}: {step.observed}" for step in finished.result.steps if not step.passed]
    assert failed == [], "\n".join(map(str, finished.result.log))


@pytest.mark.room
@pytest.mark.any_speed
@pytest.mark.timeout(400)
@pytest.mark.blocks_loop(reason="the level makes a directory for its records")
def test_the_authors_agent_answers_in_a_room(livekit: Connection, tmp_path: Path) -> None:
    plan = project(tmp_path)
    idle = ("--profile", str(tmp_path / "idle.yaml"))  # no models: only keys are pressed
    level = RoomLevel(server=livekit, worker_options=idle)
    (finished,) = run_calls(level, [Run(load_call(tmp_path / "call.yaml"), plan)])
    failed = [f"{step.expected}: {step.observed}" for step in finished.result.steps if not step.passed]
    assert failed == [], "\n".join(map(str, finished.result.log))


@pytest.mark.room
@pytest.mark.local_models
@pytest.mark.timeout(300)
@pytest.mark.parametrize("names", [("stop-after-hand-over", "collect"), ("talk-while-a-tool-runs",)], ids=" and ".join)
async def test_an_authors_agent_is_heard_in_a_room(speaking_worker: RunningWorker, names: tuple[str, ...]) -> None:
    over: list[FinishedCall] = []
    runs = [patient(load_call(OWN_AGENTS.with_name(f"{name}.yaml"))) for name in names]
    await asyncio.gather(*(make_call(SharedWorker(speaking_worker), run, Watcher(), over.append) for run in runs))
    failed = [step for finished in over for step in finished.result.steps if not step.passed]
    assert failed == [], "\n".join(str(entry) for finished in over for entry in finished.result.log)
    assert len(over) == len(names)


def test_a_profile_in_a_file_is_known_by_its_path_and_one_with_a_name_by_that(tmp_path: Path) -> None:
    assert project(tmp_path).profile_file == str(tmp_path / "shop.yaml")
    named = tmp_path / "named.yaml"
    named.write_text("call: A call\nsteps: [{agent_says: hello}]\n", encoding="utf-8")
    assert plan_call(load_call(named), env={}).profile_file == ""


def test_the_level_looks_at_its_calls_before_it_starts(tmp_path: Path) -> None:
    level: object = RoomLevel(server=Connection("ws://127.0.0.1:9", "key", "s" * 32))
    assert isinstance(level, Checking)
    level.check([project(tmp_path)])
    assert isinstance(level, Outdated)


def test_a_worker_that_lacks_a_profile_is_outdated(tmp_path: Path) -> None:
    files, plan = ProfileFiles(), project(tmp_path)
    files.want([plan])
    assert files.options() == ("--profile-file", plan.profile_file)
    files.want([plan])
    outdated = [files.outdated]
    other = tmp_path / "other.yaml"
    other.write_text((tmp_path / "shop.yaml").read_text(), encoding="utf-8")
    files.want([plan_call(load_call(tmp_path / "call.yaml"), profile=str(other), env={})])
    outdated.append(files.outdated)
    files.forget_worker()
    assert [*outdated, files.outdated] == [False, True, False]
