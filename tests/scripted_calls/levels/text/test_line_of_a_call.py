"""What an author's agent does with the line, as a scripted call sees it: a plain livekit agent from a file."""

import wave
from pathlib import Path
from textwrap import dedent

import pytest

from callagent.scripted_calls import CallResult
from callagent.scripted_calls.levels.text import TextLevel
from callagent.scripted_calls.run.call_runner import Run, run_calls
from callagent.scripted_calls.script.call_file import load_call
from callagent.scripted_calls.script.call_plan import plan_call

CLINIC = '''
import asyncio

import callagent
from livekit.agents import Agent, RunContext, function_tool

Context = RunContext[callagent.Call]


class Porter(Agent):
    def __init__(self):
        super().__init__(instructions="You connect people.")

    async def on_enter(self):
        self.session.userdata.play_background("hold_music", volume=0.3, loop=True)
        self.session.say("Porter here.")

    async def on_exit(self):
        self.session.userdata.stop_background()


class Clinic(Agent):
    def __init__(self):
        super().__init__(instructions="You help.")

    async def on_enter(self):
        self.session.userdata.greet()

    @function_tool
    async def porter(self, context: Context) -> Agent:
        """Calls the porter."""
        return Porter()

    @function_tool
    async def look_up(self, context: Context) -> str:
        """Looks it up."""
        await asyncio.sleep(3)
        return "found"

    @function_tool
    async def ring(self, context: Context) -> str:
        """Rings a bell once."""
        await asyncio.sleep(1)
        context.userdata.play_background("bell.wav")
        await asyncio.sleep(3)
        return "rung"

    @function_tool
    async def connect(self, context: Context) -> str:
        """Connects."""
        try:
            await context.userdata.transfer("desk")
        except callagent.ControlError as error:
            return f"not connected: {error}"
        return "connected"

    @function_tool
    async def menu(self, context: Context) -> str:
        """Goes through a menu."""
        await context.userdata.send_dtmf("1 2#")
        return "done"

    @function_tool
    async def number(self, context: Context) -> str:
        """Asks for a number."""
        entered = await context.userdata.collect_dtmf("Key in your number, please.", 4)
        context.userdata.state["complete"] = entered.complete
        return " ".join(entered.keys)

    @function_tool
    async def pause(self, context: Context) -> str:
        """Puts the caller on hold."""
        return f"You are back by {await context.userdata.hold()}."

    @function_tool
    async def finish(self, context: Context) -> str:
        """Ends the call."""
        context.userdata.hang_up()
        return "Say goodbye."


async def wake_up(call):
    await call.say("Shall I wait?").wait()
'''
TOOLS = ("porter", "look_up", "ring", "connect", "menu", "number", "pause", "finish")
PROFILE = """
extends: locales/en-US
greeting: Clinic, good morning.
agent: clinic:Clinic
fillers: []
background: {ambient: office, thinking: keyboard, volume: 0.2}
flow: {idle: 5 s, on_wake_up: "clinic:wake_up"}
transfer: {destinations: {desk: {to: "+12025550101"}}}
replies:
""" + "".join(f'  - {{when: {name.partition("_")[0]}, call: {name}, say: "Result: {{result}}"}}\n' for name in TOOLS)


def play(directory: Path, call: str) -> CallResult:
    (directory / "clinic.py").write_text(CLINIC, encoding="utf-8")
    (directory / "clinic.yaml").write_text(PROFILE, encoding="utf-8")
    with wave.open(str(directory / "bell.wav"), "wb") as bell:
        bell.setnchannels(1)
        bell.setsampwidth(2)
        bell.setframerate(8000)
        bell.writeframes(bytes(16_000))
    file = directory / "call.yaml"
    file.write_text("call: A call\nprofile: ./clinic.yaml\nsteps:\n- agent_says: good morning\n" + dedent(call))
    loaded = load_call(file)
    (finished,) = run_calls(TextLevel(), [Run(loaded, plan_call(loaded, env={}))])
    return finished.result


CALLS = {
    "the sound of the place": """
      - expect: {background: office}
      - agent_says: Shall I wait?
      - expect: {background: ambient}
    """,
    "the sound of thinking": """
      - {caller: "Please look it up.", when: agent listening}
      - expect: {background: keyboard}
      - expect: {background: thinking, playing: false}
      - agent_says: "Result: found"
    """,
    "a sound that overrides it": """
      - {caller: "Please ring the bell.", when: agent listening}
      - expect: {background: bell.wav}
      - expect: {background: keyboard, playing: false}
      - expect: {background: bell.wav, playing: false}
      - expect: {background: keyboard}
      - agent_says: "Result: rung"
    """,
    "a sound of another agent": """
      - {caller: "The porter, please.", when: agent listening}
      - agent_says: Porter here
      - expect: {background: hold_music}
    """,
    "a transfer": """
      - {caller: "Please connect me.", when: agent listening}
      - agent_says: putting you through
      - expect: {transfer: "+12025550101"}
      - {expect: call ends, reason: transferred}
    """,
    "keys that are sent": """
      - {caller: "Through the menu, please.", when: agent listening}
      - expect: {dtmf_sent: "12#"}
      - agent_says: "Result: done"
    """,
    "keys that are collected": """
      - {caller: "My number is.", when: agent listening}
      - agent_says: Key in your number
      - {caller: {dtmf: "1234"}}
      - agent_says: "Result: 1 2 3 4"
      - expect: {state: {complete: true}}
    """,
    "a hold": """
      - {caller: "I have to pause.", when: agent listening}
      - agent_says: take your time
      - expect: {background: office, playing: false}
      - {caller: {dtmf: "5"}, after: 20 s}
      - agent_says: "You are back by key"
      - expect: {background: office}
    """,
    "hanging up": """
      - {caller: "We can finish.", when: agent listening}
      - agent_says: "Result: Say goodbye"
      - {expect: call ends, reason: agent hung up}
    """,
    "a silence": """
      - agent_says: Shall I wait?
      - agent_says: Shall I wait?
    """,
}


@pytest.mark.text
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_scripted_call_sees_it(tmp_path: Path, call: str) -> None:
    result = play(tmp_path, call)
    failed = [f"{step.expected}: {step.observed}" for step in result.steps if not step.passed]
    assert failed == [], "\n".join(map(str, result.log))
