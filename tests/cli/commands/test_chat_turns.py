import asyncio
import io
from collections.abc import Sequence

import pytest

from callagent.cli.commands.chat_turns import Conversation
from callagent.cli.stdin_lines import Lines
from callagent.cli.views.chat_view import ChatView
from callagent.interactive import TypedCall
from callagent.journal import TurnAdded
from callagent.profile import load_profile
from callagent.providers import Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.sanitise.console import TerminalConsole
from tests.support.virtual import virtually

pytestmark = pytest.mark.text


class Typist(Lines):
    """Types each line at its time, then presses Ctrl-D."""

    def __init__(self, typed: Sequence[tuple[float, str]]) -> None:
        super().__init__(io.StringIO())
        self._typed = list(typed)

    async def next(self, within: float | None = None) -> str | None:
        if not self._typed:
            await asyncio.sleep(5.0)
            return None
        at, line = self._typed.pop(0)
        await asyncio.sleep(at - asyncio.get_running_loop().time())
        return line


def converse(*typed: tuple[float, str], greeting: str = "Hello.") -> tuple[str, list[str]]:
    """What a terminal of 60 columns shows, and what the caller's turns were."""
    profile = load_profile("en-US", env={}).model_copy(update={"greeting": greeting})
    shown = io.StringIO()
    view = ChatView(TerminalConsole(shown, width=60), at_terminal=True)

    async def body() -> list[str]:
        call = TypedCall(profile, ScriptedLLM(Script((), "Pardon?")))
        call.log.listen(view.observed)
        await call.start()
        await Conversation(call, Typist(typed), view, stop_word="stop", pace=1.0).at_terminal("en-US")
        await call.aclose()
        return [turn.text for turn in call.log.of(TurnAdded) if turn.role == "user"]

    turns = virtually(body)
    return shown.getvalue(), turns


LONG = "Thank you for calling Harbour Dental, where somebody is there for you on weekdays from nine to six o'clock."


def test_a_prompt_shows_that_the_agent_listens_and_ctrl_d_hangs_up() -> None:
    shown, turns = converse((3.0, "Something else"))
    assert turns == ["Something else"]
    note, first, prompt, *rest = shown.splitlines()
    assert note.strip().startswith("Talking to en-US.")
    assert (first, prompt) == ("agent   Hello.", "you     agent   Pardon?")  # the terminal itself shows what is typed
    assert rest == ["you     ", "call    ended: caller hung up"], "Ctrl-D leaves the cursor behind the prompt"


def test_what_is_typed_while_the_agent_speaks_is_said_into_its_words() -> None:
    shown, turns = converse((2.0, "Okay."), (4.5, "/stop"), greeting=LONG)
    assert turns == ["stop"]
    assert "gate    talked on  'Okay.'  soft_ack" in shown
    assert "gate    stopped  'stop'  command" in shown
    assert "(stopped)" in shown


def test_long_answers_are_wrapped_at_words() -> None:
    shown, _ = converse((10.0, "/quit"), greeting=LONG)
    lines = shown.splitlines()[1:4]
    assert all(len(line) < 60 for line in lines)
    assert " ".join(line[8:].strip() for line in lines).startswith(LONG[:90])
