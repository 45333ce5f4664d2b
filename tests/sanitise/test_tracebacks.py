import asyncio
import traceback

import pytest

from callagent.agent.tools.execution import within
from callagent.sanitise.tracebacks import without_quotations

SAID = "Eve\n  said\n\nEve, twice: Eve"


async def raised(error: Exception) -> None:
    raise error


async def chained() -> None:
    try:
        raise LookupError(SAID)
    except LookupError as error:
        raise ValueError(SAID) from error


async def grouped() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(raised(ValueError(SAID)), name="one")
        group.create_task(raised(KeyError(SAID)), name="two")


async def trace_of(kind: str) -> str:
    work = {
        "plain": raised(ValueError(SAID)),
        "empty": raised(ValueError()),
        "chained": chained(),
        "grouped": grouped(),
    }
    chosen = work.pop(kind)
    for other in work.values():
        other.close()
    try:
        await within(5.0, "look_up", chosen)
    except Exception as error:
        return "".join(traceback.format_exception(error))
    raise AssertionError


@pytest.mark.parametrize("kind", ["plain", "empty", "chained", "grouped"])
async def test_exceptions_of_tools_keep_their_types_and_frames_and_say_nothing(kind: str) -> None:
    trace = await trace_of(kind)
    shown = without_quotations(trace)
    assert "Eve" not in shown
    assert "ValueError" in shown
    assert shown.count('  File "') == trace.count('  File "')
    assert shown.count("Traceback (most") == trace.count("Traceback (most")


SESSION = 'Traceback (most recent call last):\n  File "/x/livekit/agents/tts/tts.py", line 1, in f\n    g()\n'


@pytest.mark.parametrize("kind", ["TypeError", "ValueError", "UnicodeEncodeError", "builtins.KeyError"])
def test_exceptions_over_words_of_a_session_say_nothing(kind: str) -> None:
    shown = without_quotations(f"{SESSION}{kind}: Invoked with: 'Eve'\n  Eve\n\nEve")
    assert shown.rstrip() == f"{SESSION}{kind}: ***"


@pytest.mark.parametrize(
    "kind",
    [
        "livekit.agents._exceptions.APIStatusError",
        "ConnectionRefusedError",
        "openai.APIConnectionError",
        "TimeoutError",
    ],
)
def test_exceptions_of_the_network_keep_their_messages(kind: str) -> None:
    trace = f"{SESSION}{kind}: 401 invalid key"
    assert without_quotations(trace) == trace


def test_other_exceptions_keep_their_messages() -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nOSError: no space left'
    assert without_quotations(trace) == trace
