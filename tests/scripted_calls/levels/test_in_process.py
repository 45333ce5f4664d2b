"""An author's call in scripted calls: its context, its notes, its hooks, and a call that the agent has left."""

from pathlib import Path

import pytest

from callagent.journal import AuthorNote
from callagent.scripted_calls import Run, load_call, plan_call, run_calls
from callagent.scripted_calls.levels.level import make_level
from callagent.scripted_calls.run.call_runner import FinishedCall
from callagent.yaml_config import ConfigError

CODE = '''
from livekit.agents import Agent, RunContext, function_tool

class Clerk(Agent):
    """Knows who calls."""

    def __init__(self, call):
        super().__init__(instructions=f"You talk with {call.context.metadata['name']}.")

    async def on_enter(self):
        call = self.session.userdata
        call.say(f"Hello {call.context.metadata['name']}, you call from {call.context.country}.")

    @function_tool
    async def leave(self, context: RunContext) -> None:
        """Leaves."""
        context.userdata.note("leaves")
        context.userdata.leave()

async def look_up(call):
    call.note(f"{call.context.direction} {call.context.number} {call.context.headers['x-shop']}")

def file_it(call):
    call.note(f"{call.record()['reason']}, {len(call.record()['turns'])} turns")
'''

PROFILE = """
extends: locales/en-US
agent: clerk:Clerk
hooks: {started: "clerk:look_up", ended: "clerk:file_it"}
greeting: ""
flow: {notice: "Order {call.metadata.order} is recorded."}
replies:
  - {when: leave, call: leave}
"""

CONTEXT = """
context:
  number: "+442079460123"
  headers: {X-Shop: "7"}
  metadata: {name: Ada, order: 17}
"""


def made(directory: Path, steps: str, context: str = CONTEXT, profile: str = PROFILE) -> FinishedCall:
    """The call at the level text."""
    (directory / "clerk.py").write_text(CODE, encoding="utf-8")
    (directory / "shop.yaml").write_text(profile, encoding="utf-8")
    script = directory / "call.yaml"
    script.write_text(f"call: A call\nprofile: ./shop.yaml\n{context}\nsteps:\n{steps}\n", encoding="utf-8")
    call = load_call(script)
    (finished,) = run_calls(make_level("text"), [Run(call, plan_call(call, env={}))])
    return finished


def notes(finished: FinishedCall) -> list[str]:
    return [entry.text for entry in finished.result.log.of(AuthorNote)]


def test_an_agent_of_ones_own_knows_its_call_and_its_hooks_run(tmp_path: Path) -> None:
    steps = """
  - {expect: agent says, with: "Order 17 is recorded."}
  - {expect: agent says, with: "Hello Ada, you call from GB."}
  - {caller: {hangs up: true}}
"""
    finished = made(tmp_path, steps)
    assert finished.result.passed, [step for step in finished.result.steps if not step.passed]
    assert notes(finished) == ["inbound +442079460123 7", "caller hung up, 2 turns"]


def test_a_caller_whom_the_agent_leaves_stays_on_the_line(tmp_path: Path) -> None:
    steps = """
  - {expect: agent says, with: "you call from GB."}
  - {caller: "Please leave me."}
  - {expect: {tool: leave}}
  - {caller: "Hello? Is anybody there?"}
  - {expect: agent is silent, for: 5 s}
  - {caller: {hangs up: true}}
  - {expect: call ends, reason: caller hung up}
"""
    finished = made(tmp_path, steps)
    assert finished.result.passed, [step for step in finished.result.steps if not step.passed]
    _, leaves, ended = notes(finished)
    assert leaves == "leaves" and ended.startswith("agent left, ")


def test_a_call_without_a_context_has_numbers_that_nobody_has(tmp_path: Path) -> None:
    profile = 'extends: locales/en-US\ngreeting: "You are {caller.number}, we are {call.own_number}."\n'
    steps = '  - {expect: agent says, with: "You are +12025550123, we are +12025550100.", within: 60 s}'
    assert made(tmp_path, steps, "", profile).result.passed


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ("context: {nummer: x}", "did you mean 'number'?"),
        ("context: {attributes: {sip.phoneNumber: x}}", "is LiveKit's to set"),
        ("context: {metadata: 5}", "needs a mapping"),
    ],
)
def test_a_context_that_cannot_be_is_one_line(tmp_path: Path, context: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        made(tmp_path, "  - {expect: call ends}", context)
    assert "call.yaml:3" in str(refused.value)


def test_a_greeting_of_a_script_is_checked_like_that_of_a_profile(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"did you mean 'caller\.number'\?") as refused:
        made(tmp_path, "  - {expect: call ends}", "agent: {greeting: 'Hello {caller.nummber}.'}")
    assert "call.yaml:3" in str(refused.value)
