"""The example of a worker of one's own: its session, in virtual time, has the gate."""

import asyncio
import importlib.util
from types import ModuleType

import pytest

from tests.support.plain_session import PlainSession
from tests.support.source_tree import ROOT
from tests.support.virtual import virtually

PATH = ROOT / "configs" / "examples" / "own_server.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("own_server", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("words", "stops"), [("No, stop.", True), ("Yeah, okay.", False), ("Uh-huh.", False)])
def test_its_agent_talks_through_an_acknowledgement_and_stops_at_a_command(
    example: ModuleType, words: str, stops: bool
) -> None:
    async def body() -> None:
        async with PlainSession(lambda _: example.Baker(instructions="Sell."), make=example.new_session) as call:
            await call.speaks()
            await call.interject(words)
            await asyncio.sleep(0.5)
            assert bool(call.silent_at) is stops
            assert (f"caller: {words}" in call.said) is stops

    virtually(body)


def test_it_is_as_short_as_the_pages_say() -> None:
    code = [line for line in PATH.read_text(encoding="utf-8").splitlines() if line.strip() and '"""' not in line]
    assert len(code) <= 30
