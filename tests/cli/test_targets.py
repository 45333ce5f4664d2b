"""Functions of a profile's tools, from the command line: found, checked beforehand, limited in a call."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.profile import load_profile

pytestmark = pytest.mark.text

BAKERY = """\
extends: locales/en-US
greeting: Corner Bakery, good morning.
tools:
  order:
    description: Orders bread.
    parameters: {item: {}}
    run: "bakery:order"
    timeout: 40 s
replies:
  - {when: bread, call: order, with: {item: rye}}
"""
FILLERS = load_profile("en-US", env={}).fillers.say
CALL = """\
call: An order
profile: bakery.yaml
agent: {set: {%s}}
steps:
  - agent_says: good morning
  - {caller: "Some bread, please.", when: agent listening, after: 400 ms}
  - {expect: {tool: order}}
  - {expect: agent says, with: "%s", within: 60 s}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a bakery, away from the working directory."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.delenv("CALLAGENT_CONFIGS", raising=False)
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "bakery.yaml").write_text(BAKERY)
    return shop


def order(shop: Path, code: str) -> None:
    (shop / "bakery.py").write_text(code)


def run(*arguments: object, lines: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], input=lines)


def played(shop: Path, words: str, settings: str = "") -> str:
    """What the agent said, in a call that expects `words`."""
    (shop / "call.yaml").write_text(CALL % (settings, words))
    result = run("call", shop / "call.yaml", "--level", "text")
    assert result.exit_code == 0, result.output
    return " ".join(line.split("agent ", 1)[1].strip() for line in result.stdout.splitlines() if "  agent  " in line)


def test_a_function_beside_the_profile_answers(shop: Path) -> None:
    order(shop, "def order(item):\n    return f'One {item} loaf.'\n")
    assert run("profile", "check", shop / "bakery.yaml").exit_code == 0
    assert played(shop, "rye loaf").endswith("One rye loaf.")


@pytest.mark.parametrize(("settings", "most"), [("", 3), ("fillers: {most: 1}", 1), ("tools.order.fillers: []", 0)])
def test_a_function_that_hangs_is_bridged_and_then_told_to_the_model(shop: Path, settings: str, most: int) -> None:
    order(shop, "import asyncio\nasync def order(item):\n    await asyncio.Event().wait()\n")
    said = played(shop, "no result within 40 seconds", settings)
    assert sum(said.count(filler.rstrip(".")) for filler in FILLERS) == most


def test_a_target_that_fails_is_one_line_and_exit_status_2_everywhere(shop: Path) -> None:
    order(shop, "def order(cake): ...\n")
    bakery = shop / "bakery.yaml"
    (shop / "call.yaml").write_text(CALL % ("", "rye"))
    commands = [
        run("profile", "check", bakery),
        run("call", shop / "call.yaml", "--level", "text"),
        run("chat", bakery, lines="hello\n"),
        run("serve", "--dev", "--profile", bakery),
    ]
    assert [result.exit_code for result in commands] == [2] * 4
    (line,) = {result.stderr for result in commands}
    place = f"{bakery}:7: tools.order.run: order ({shop}/bakery.py:1)"
    assert line == f"{place} does not take the parameter 'item', needs 'cake', which is no parameter of the tool\n"


def test_a_script_sets_one_key_of_a_tool_and_leaves_the_rest(shop: Path) -> None:
    order(shop, "def order(item): ...\ndef other(item):\n    return f'The other {item} loaf.'\n")
    assert played(shop, "other rye loaf", "tools.order.run: 'bakery:other'").endswith("The other rye loaf.")
