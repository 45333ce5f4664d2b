"""`agent` and `state` of a profile are looked at before a call: one line with file and line of the author's code."""

from pathlib import Path

import pytest

from callagent.profile import load_profile, load_targets, own_tools
from callagent.scripted_calls import load_call, plan_call
from callagent.yaml_config import ConfigError


def flaw_of(directory: Path, key: str, target: str, code: str) -> str:
    (directory / "bakery.py").write_text(code, encoding="utf-8")
    file = directory / "shop.yaml"
    above, _, below = key.rpartition(".")
    entry = f"{above}: {{{below}: {target}}}" if above else f"{key}: {target}"
    file.write_text(f"extends: locales/en-US\n{entry}\n", encoding="utf-8")
    try:
        load_targets(load_profile(file, env={}))
    except ConfigError as refused:
        (problem,) = refused.problems
        return str(problem)
    return ""


GOOD = [
    ("agent", "class Bakery:\n    pass"),
    ("agent", "class Bakery:\n    def __init__(self, call):\n        pass"),
    ("agent", "def Bakery(call):\n    pass"),
    ("agent", "def Bakery():\n    pass"),
    ("state", "class Bakery:\n    pass"),
    ("state", "Bakery = dict"),
    ("hooks.started", "async def Bakery(call):\n    pass"),
    ("hooks.ended", "def Bakery(call):\n    pass"),
    ("hooks.ended", "class Filing:\n    def __call__(self, call):\n        pass\nBakery = Filing()"),
]


@pytest.mark.parametrize(("key", "code"), GOOD)
def test_what_can_be_called_is_taken(tmp_path: Path, key: str, code: str) -> None:
    assert flaw_of(tmp_path, key, "bakery:Bakery", code) == ""


@pytest.mark.parametrize(
    ("key", "target", "code", "message"),
    [
        ("agent", "bakery:Bakry", "class Bakery: ...", "did you mean 'Bakery'?"),
        ("agent", "bakkery:Bakery", "class Bakery: ...", "did you mean 'bakery'?"),
        ("agent", "bakery:Bakery", "def Bakery(a, b): ...", "bakery.py:1) must take call, by position"),
        ("agent", "bakery:Bakery", "async def Bakery(call): ...", "bakery.py:1) must return it at once"),
        ("agent", "bakery:Bakery", "Bakery = 5", "cannot be called"),
        ("agent", "bakery:Bakery", "\nimport bakery_tools", "bakery.py:2"),
        ("agent", "bakery.Bakery", "", "agent"),
        ("state", "bakery:Bakery", "def Bakery(call): ...", "bakery.py:1) must take nothing"),
        ("hooks.started", "bakery:Bakry", "def Bakery(call): ...", "did you mean 'Bakery'?"),
        ("hooks.started", "bakery:Bakery", "def Bakery(): ...", "bakery.py:1) must take call, by position"),
        ("hooks.ended", "bakery:Bakery", "def Bakery(a, b): ...", "bakery.py:1) must take call, by position"),
        ("hooks.ended", "bakery:Bakery", "def Bakery(call): yield", "bakery.py:1) is a generator"),
        ("hooks.ended", "bakery:Bakery", "Bakery = 5", "cannot be called"),
        ("hooks.started", "bakery:Bakery", "\nimport bakery_tools", "bakery.py:2"),
        ("hooks.ended", "bakery.Bakery", "", "hooks.ended"),
        ("agent", "bakery:Bakery", "from livekit.agents import Agent\nclass Bakery(Agent): ...", "must take call"),
    ],
)
def test_what_cannot_is_one_line(tmp_path: Path, key: str, target: str, code: str, message: str) -> None:
    told = flaw_of(tmp_path, key, target, code)
    assert "shop.yaml:2" in told and message in told and "\n" not in told


AGENT = """
from livekit.agents import Agent, function_tool

class Bakery(Agent):
    def __init__(self):
        super().__init__(instructions="Sell bread.")

    @function_tool
    async def add(self, loaves: int) -> str:
        \"\"\"Adds loaves.\"\"\"
        return "done"

def annotated(call) -> Bakery: ...
def anonymous(call): ...
def general(call) -> Agent: ...
def unresolved(call) -> "Nowhere": ...
"""


@pytest.mark.parametrize(
    ("target", "names"),
    [("Bakery", ["add"]), ("annotated", ["add"]), ("anonymous", None), ("general", None), ("unresolved", None)],
)
def test_the_tools_of_an_authors_agent_are_known_where_its_class_is(
    tmp_path: Path, target: str, names: list[str] | None
) -> None:
    assert flaw_of(tmp_path, "agent", f"bakery:{target}", AGENT) == ""
    assert own_tools(load_profile(tmp_path / "shop.yaml", env={})) == names


@pytest.mark.parametrize(
    ("target", "tool", "flaw"),
    [("Bakery", "add", ""), ("Bakery", "ad", "did you mean 'add'?"), ("anonymous", "ad", "")],
)
def test_a_reply_may_call_a_tool_of_the_authors_agent(tmp_path: Path, target: str, tool: str, flaw: str) -> None:
    (tmp_path / "bakery.py").write_text(AGENT, encoding="utf-8")
    file = tmp_path / "shop.yaml"
    reply = f"replies: [{{when: bread, call: {tool}, with: {{loaves: 2}}}}]"
    file.write_text(f"extends: locales/en-US\nagent: bakery:{target}\n{reply}\n", encoding="utf-8")
    if not flaw:
        load_targets(load_profile(file, env={}))
        return
    with pytest.raises(ConfigError, match="did you mean 'add'"):
        load_targets(load_profile(file, env={}))


@pytest.mark.parametrize("target", ["Bakery", "anonymous"])
def test_a_scripted_call_may_expect_a_tool_of_the_authors_agent(tmp_path: Path, target: str) -> None:
    (tmp_path / "bakery.py").write_text(AGENT, encoding="utf-8")
    (tmp_path / "shop.yaml").write_text(f"extends: locales/en-US\nagent: bakery:{target}\n", encoding="utf-8")
    script = tmp_path / "call.yaml"
    steps = "steps: [{caller: Bread}, {expect: {tool: add}}]"
    script.write_text(f"call: A loaf\nprofile: ./shop.yaml\n{steps}\n", encoding="utf-8")
    plan = plan_call(load_call(script))
    assert "add" not in plan.profile.tools
