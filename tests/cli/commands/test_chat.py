import asyncio
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.cli.stdin_lines import Lines
from tests.support.absent import take_away

pytestmark = pytest.mark.text


def chat(lines: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["chat", "en-US", *arguments], input=lines)


def said(result: Result, who: str) -> list[str]:
    return [line[8:] for line in result.stdout.splitlines() if line.startswith(who)]


def test_each_line_of_a_pipe_is_a_turn() -> None:
    result = chat("What are your opening hours?\n\nSomething else\n", "--set", "greeting=Hello.")
    assert result.exit_code == 0
    assert said(result, "you") == ["What are your opening hours?", "Something else"]
    assert said(result, "agent")[0] == "Hello."
    assert "open" in said(result, "agent")[1]
    assert result.stdout.endswith("ended: caller hung up\n")


SHOP = """
from livekit.agents import Agent, function_tool

class Shop(Agent):
    def __init__(self, call):
        super().__init__(instructions=call.profile.instructions)

    async def on_enter(self):
        self.session.userdata.greet()

    @function_tool
    async def add(self, loaves: int) -> str:
        "Adds loaves."
        self.session.userdata.state["loaves"] = loaves
        return f"{self.session.userdata.state['loaves']} loaves"
"""


def test_an_authors_agent_is_talked_to(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP, encoding="utf-8")
    profile = "extends: locales/en-US\ngreeting: Hello.\nagent: shop:Shop\n"
    replies = "replies: [{when: bread, call: add, with: {loaves: 2}, say: 'That is {result}.'}]\n"
    file = tmp_path / "shop.yaml"
    file.write_text(profile + replies, encoding="utf-8")
    result = CliRunner().invoke(main, ["chat", str(file), "--pace", "50"], input="Two loaves of bread\n")
    assert said(result, "agent") == ["Hello.", "That is 2 loaves."]


def test_the_same_lines_give_the_same_conversation(tmp_path: Path) -> None:
    files = [tmp_path / "first", tmp_path / "second"]
    printed = {chat("What are your hours?\n/stop\nHello\n", "--transcript", str(file)).stdout for file in files}
    assert len(printed) == 1
    assert len({file.read_text() for file in files}) == 1


def test_without_the_package_for_virtual_time_a_pipe_is_talked_to_in_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    take_away(monkeypatch, "time_machine")
    result = chat("/quit\n", "--pace", "100")
    assert result.exit_code == 0
    told = "virtual time needs the Python package time-machine: pip install 'callagent[calls]'"
    assert result.stderr == f"{told}; the conversation takes as long as it lasts\n"
    assert result.stdout.endswith("ended: caller hung up\n")


def test_stop_shows_what_the_gate_decides() -> None:
    result = chat("/stop\n")
    assert any(line.endswith("(stopped)") for line in said(result, "agent"))
    assert said(result, "gate")[0].startswith("stopped  'stop'  command")


def test_words_over_the_agents_need_not_stop_it() -> None:
    result = chat("/over Okay.\n")
    assert said(result, "gate")[0].startswith("talked on  'Okay.'  soft_ack")
    assert "(stopped)" not in result.stdout


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/sto", "there is no /sto; did you mean /stop?"),
        ("/help", "/over WORDS"),
        ("/over", "/over wants words"),
        ("/keys 1x", "not a key of a telephone: X"),
        ("/quit\nnever said", "ended: caller hung up"),
    ],
)
def test_commands(line: str, told: str) -> None:
    result = chat(f"Hello\n{line}\n")
    assert result.exit_code == 0
    assert told in result.stdout
    assert "never said" not in result.stdout


def test_stop_without_anything_to_stop_says_so() -> None:
    assert "the agent is not speaking" in chat("/stop\n", "--set", "greeting=''").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["en-UX"], "did you mean 'en-US'?"),
        (["en-US", "--set", "greting=x"], "did you mean 'greeting'?"),
        (["en-US", "--providers", "llm=opnai"], "did you mean 'openai'?"),
        (["en-US", "--providers", "llm=openai"], "OPENAI_API_KEY"),
        (["en-US", "--transcript", "/no/where"], "--transcript: cannot be written"),
    ],
)
def test_what_is_not_valid_is_2(arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    result = CliRunner().invoke(main, ["chat", *arguments])
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_a_tool_that_cannot_be_imported_is_2(tmp_path: Path) -> None:
    profile = tmp_path / "mine.yaml"
    profile.write_text("language: en-US\nextends: en-US\ntools: {x: {description: X, run: 'nowhere:x'}}\n")
    result = CliRunner().invoke(main, ["chat", str(profile)], input="")
    assert result.exit_code == 2
    assert "nowhere:x" in result.stderr


def test_ctrl_c_hangs_up_and_keeps_the_transcript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted(lines: Lines, within: float | None = None) -> str | None:
        await asyncio.sleep(2.0)  # of virtual time: the agent is greeting
        signal.raise_signal(signal.SIGINT)
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(Lines, "next", interrupted)
    # A shell that has put us in the background has it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = chat("", "--transcript", str(tmp_path / "talk.txt"))
    finally:
        signal.signal(signal.SIGINT, before)
    assert result.exit_code == 130
    assert result.stdout.endswith("call    ended: caller hung up\n")
    greeting, end = (tmp_path / "talk.txt").read_text().splitlines()
    assert "agent   Thank you for" in greeting
    assert end.endswith("call    ended: caller hung up")
