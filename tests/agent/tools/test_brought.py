"""Tools of a profile's author in calls at level text: functions that get the context, and livekit's own tools."""

from pathlib import Path

import pytest

from tests.support.scripted import failed, run_text

pytestmark = pytest.mark.text

SHOP = '''\
import asyncio
from livekit.agents import RunContext, function_tool
from livekit.agents.llm import Toolset
from livekit.agents.llm.async_toolset import AsyncToolset

async def order(context: RunContext, item: str, count: int = 1) -> str:
    return f"{count} {item}, {context.function_call.name}, {type(context.session).__name__}"

def plain(context, /, item):
    return f"{item} by {type(context).__name__}"

def raises(item):
    raise ValueError(f"secret of {item}")

def much():
    return "x" * 10_000_000

def noise():
    return b"\\xff\\xfe"

@function_tool
async def charge(amount: int, tip: float = 0.5) -> str:
    """Charges the card."""
    return f"charged {amount + tip}"

class Shop(Toolset):
    def __init__(self) -> None:
        super().__init__(id="shop")

    @function_tool
    async def price(self, context: RunContext, item: str) -> str:
        """Tells a price."""
        return f"{item} is four dollars, says {context.function_call.name}"

    @function_tool
    async def hangs(self) -> str:
        """Never comes back."""
        await asyncio.Event().wait()
        return ""

    @function_tool
    async def breaks(self) -> str:
        """Always fails."""
        raise RuntimeError("secret")

    @function_tool(raw_schema={"name": "raw", "description": "Raw.", "parameters": {"type": "object"}})
    async def raw(self, raw_arguments: dict) -> str:
        return f"raw {sorted(raw_arguments)}"

@function_tool
async def search() -> str:
    """Searches for long."""
    await asyncio.sleep(30)
    return "found it"

def shop() -> Toolset:
    return Shop()

def slow() -> AsyncToolset:
    return AsyncToolset(id="slow", tools=[search])
'''
PROFILE = """\
extends: locales/en-US
greeting: Hello.
tools:
  order:
    description: Orders.
    parameters: {item: {enum: [rye, spelt]}, count: {type: integer, required: false}}
    run: "shop_in_calls:order"
  plain: {description: Orders., parameters: {item: {}}, run: "shop_in_calls:plain"}
  raises: {description: Fails., parameters: {item: {}}, run: "shop_in_calls:raises"}
  much: {description: Says much., run: "shop_in_calls:much"}
  noise: {description: Makes noise., run: "shop_in_calls:noise"}
  charge: {run: "shop_in_calls:charge"}
  asks: {run: "shop_in_calls:charge", confirm: true}
  shop: {run: "shop_in_calls:shop", timeout: 5 s}
  slow: {run: "shop_in_calls:slow"}
replies:
  - {when: three, call: order, with: {item: rye, count: "3"}}
  - {when: cake, call: order, with: {item: cake}}
  - {when: order, call: order, with: {item: rye}}
  - {when: plainly, call: plain, with: {item: rye}}
  - {when: raise, call: raises, with: {item: rye}}
  - {when: much, call: much, say: "That was much."}
  - {when: noise, call: noise}
  - {when: charge, call: charge, with: {amount: "5"}}
  - {when: ask, call: asks, with: {amount: 5}}
  - {when: unknown, call: charge, with: {amount: five}}
  - {when: price, call: price, with: {item: rye}}
  - {when: hang, call: hangs}
  - {when: breaks, call: breaks}
  - {when: raw, call: raw, with: {a: 1}}
  - {when: search, call: search}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop_in_calls.py").write_text(SHOP)
    (tmp_path / "bakery.yaml").write_text(PROFILE)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "tool", "answer"),
    [
        ("order", "order", "1 rye, order, AgentSession"),
        ("three", "order", "3 rye, order, AgentSession"),
        ("cake", "order", "order was not called, because its arguments do not fit: item: 'cake' is not one of"),
        ("plainly", "plain", "rye by RunContext"),
        ("raise", "raises", "raises has ended in an error. Tell the caller so, and go on without it"),
        ("much", "much", "That was much"),
        ("noise", "noise", "noise has returned bytes that are no text"),
        ("charge", "charge", "charged 5.5"),
        ("unknown", "charge", "Error parsing arguments for"),
        ("price", "price", "rye is four dollars, says price"),
        ("hang", "hangs", "hangs has given no result within 5 seconds"),
        ("breaks", "breaks", "breaks has ended in an error. Tell the caller so, and go on without it"),
        ("raw", "raw", "raw ['a']"),
        ("search", "search", "found it"),
    ],
)
def test_a_tool_answers_and_the_call_goes_on(shop: Path, words: str, tool: str, answer: str) -> None:
    result = run_text(
        shop,
        f"""\
        call: A call
        profile: bakery.yaml
        steps:
          - agent_says: hello
          - {{caller: "{words}", when: agent listening, after: 400 ms}}
          - {{expect: {{tool: {tool}}}}}
          - {{expect: agent says, with: "{answer}", within: 60 s}}
          - {{caller: "Please order bread.", when: agent listening, after: 400 ms}}
          - {{expect: agent says, with: "1 rye", within: 60 s}}
        """,
    )
    assert failed(result) == []


def test_an_authors_tool_waits_for_the_callers_word_where_the_profile_says_so(shop: Path) -> None:
    result = run_text(
        shop,
        """\
        call: A call
        profile: bakery.yaml
        steps:
          - agent_says: hello
          - {caller: "ask for it", when: agent listening, after: 400 ms}
          - {expect: agent says, with: "Not done yet", within: 60 s}
          - {caller: "yes, ask for it", when: agent listening, after: 400 ms}
          - {expect: agent says, with: "charged 5.5", within: 60 s}
        """,
    )
    assert failed(result) == []


def test_a_fault_of_a_script_strikes_an_authors_tool_too(shop: Path) -> None:
    result = run_text(
        shop,
        """\
        call: A call
        profile: bakery.yaml
        agent: {faults: {tool: {price: fails}}}
        steps:
          - agent_says: hello
          - {caller: "price", when: agent listening, after: 400 ms}
          - {expect: agent says, with: "price has ended in an error", within: 60 s}
        """,
    )
    assert failed(result) == []
