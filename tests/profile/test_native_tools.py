"""livekit's own tools as targets of `run`: what the author wrote is looked at before a call begins."""

import sys
from pathlib import Path

import pytest

from callagent.profile import BroughtTools, load_profile, load_targets, tool_names
from callagent.yaml_config import ConfigError

SHOP = '''\
from livekit.agents import RunContext, function_tool
from livekit.agents.llm import Toolset
from livekit.agents.llm.async_toolset import AsyncToolset

@function_tool
async def order(context: RunContext, item: str) -> str:
    """Orders bread."""
    return item

@function_tool(raw_schema={"name": "raw", "description": "Raw.", "parameters": {"type": "object", "properties": {}}})
async def raw(raw_arguments: dict) -> str:
    return "raw"

class Shop(Toolset):
    def __init__(self, id="shop"):
        super().__init__(id=id)

    @function_tool
    async def price(self, item: str) -> str:
        """Tells a price."""
        return item

several = [order, Shop()]
slow = AsyncToolset(id="slow", tools=[order])
calls = []

def shop() -> Toolset:
    return Shop()

def makes():
    calls.append(1)
    return [order]

@function_tool
async def silent(item: str) -> str:
    return item

@function_tool
async def unknown_type(item: "Nowhere") -> str:
    """Orders."""
    return item

def gives_text() -> str:
    calls.append("called")
    return "x"

def gives_a_number():
    return 3

def fails():
    raise RuntimeError("no key")

def takes_something(item): ...
async def later(): ...
mixed = [order, 3]
empty = []
twice = [Shop(), Shop("other")]
'''


def targets_of(directory: Path, tools: str, rest: str = "") -> dict[str, object]:
    (directory / "shop_of_tools.py").write_text(SHOP)
    file = directory / "bakery.yaml"
    file.write_text(f"extends: locales/en-US\n{rest}tools:\n  {tools}\n")
    return dict(load_targets(load_profile(file, env={})))


def refused(directory: Path, tools: str, rest: str = "") -> str:
    with pytest.raises(ConfigError) as caught:
        targets_of(directory, tools, rest)
    (problem,) = caught.value.problems
    return f"{problem.line}: {problem.key}: {problem.message}"


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("order", ("extra",)),  # one tool alone goes by the name that the profile gives it
        ("raw", ("extra",)),
        ("several", ("order", "price")),
        ("slow", ("order",)),
        ("Shop", ("price",)),
        ("shop", ("price",)),
        ("makes", ("order",)),
    ],
)
def test_tools_come_with_name_description_and_schema(tmp_path: Path, target: str, names: tuple[str, ...]) -> None:
    brought = targets_of(tmp_path, f"extra: {{run: 'shop_of_tools:{target}'}}")["extra"]
    assert isinstance(brought, BroughtTools)
    assert brought.names == names
    assert tool_names(load_profile(tmp_path / "bakery.yaml", env={})) == list(names)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (
            "silent",
            "silent ({place}) has no description: the LLM cannot know when to call 'extra'; give it",
        ),
        ("unknown_type", "unknown_type ({place}) has parameters that make no schema: NameError: "),
        ("gives_text", "gives_text ({place}) has no description: the LLM cannot know when to call it; add a `descript"),
        (
            "gives_a_number",
            "gives_a_number ({place}) gives an object of type int, no tools of livekit, and has no",
        ),
        ("fails", "fails ({place}) has failed: RuntimeError: no key"),
        ("takes_something", "takes_something ({place}) has no description: the LLM cannot know when to call it"),
        ("later", "later ({place}) has no description: the LLM cannot know when to call it"),
        ("mixed", "the list has something in it that is no tool of livekit: an object of type int"),
        ("empty", "the list has no tools in it"),
        ("twice", "the list: duplicate function name: price"),
        ("gone", "{file} has no function 'gone'"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_place_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = SHOP.splitlines()
    line = next((number for number, text in enumerate(lines, 1) if f"def {target}(" in text), 0)
    line -= line > 1 and lines[line - 2].startswith("@")
    told = told.format(file="shop_of_tools.py", place=f"shop_of_tools.py:{line}")
    found = refused(tmp_path, f"extra: {{run: 'shop_of_tools:{target}'}}")
    assert found.startswith(f"3: tools.extra.run: {told}")
    assert "\n" not in found


def test_a_function_that_says_that_it_gives_no_tools_is_not_called(tmp_path: Path) -> None:
    refused(tmp_path, "extra: {run: 'shop_of_tools:gives_text'}")
    assert targets_of(tmp_path, "extra: {run: 'shop_of_tools:makes'}")
    calls = sys.modules["shop_of_tools"].calls
    assert "called" not in calls


def test_what_a_tool_brings_is_not_written_beside_it(tmp_path: Path) -> None:
    told = refused(tmp_path, "extra: {run: 'shop_of_tools:order', description: Orders., parameters: {item: {}}}")
    assert told.endswith("brings its own description and parameters; leave them out")
    told = refused(tmp_path, "extra: {run: 'shop_of_tools:order', description: Orders.}")
    assert told.endswith("brings its own description; leave it out")


def test_settings_that_a_toolset_does_not_take_are_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, "slow: {run: 'shop_of_tools:slow', timeout: 5 s, fillers: []}")
    assert told.endswith("gives an AsyncToolset, which has settings of its own; leave out: fillers, timeout")
    told = refused(tmp_path, "shop: {run: 'shop_of_tools:Shop', background: true}")
    assert told.endswith("gives a Toolset, and `background` is for function tools; make it an AsyncToolset")
    assert targets_of(tmp_path, "order: {run: 'shop_of_tools:order', background: true}")


def test_two_tools_of_one_name_are_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, "shop: {run: 'shop_of_tools:Shop'}\n  price: {run: 'shop_of_tools:order'}")
    assert told == "4: tools.price: brings a tool 'price', and so does tools.shop"


def test_a_reply_that_calls_what_no_tool_is_called_is_found(tmp_path: Path) -> None:
    rest = "replies:\n  - {when: bread, call: pryce}\n"
    told = refused(tmp_path, "shop: {run: 'shop_of_tools:Shop'}", rest)
    assert told == "3: replies[0].call: the profile has no tool 'pryce'"
    rest = "replies:\n  - {when: bread, call: price, with: {item: rye}}\n"
    assert targets_of(tmp_path, "shop: {run: 'shop_of_tools:Shop'}", rest)
