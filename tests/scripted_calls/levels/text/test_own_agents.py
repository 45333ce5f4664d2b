"""An author's own agent in scripted calls: what it keeps and says; tools that are mocked, whoever brings them."""

from pathlib import Path
from textwrap import dedent

import pytest

from callagent.journal import ToolCalled, ToolReturned
from callagent.scripted_calls import CallResult
from callagent.scripted_calls.levels.text import TextLevel
from callagent.scripted_calls.run.call_runner import Run, run_calls
from callagent.scripted_calls.script.call_file import load_call
from callagent.scripted_calls.script.call_plan import plan_call
from callagent.yaml_config import ConfigError

SHOP = '''
import callagent
from livekit.agents import Agent, RunContext, function_tool
from livekit.agents.llm import Toolset
from livekit.agents.llm.async_toolset import AsyncToolset


class Order:
    def __init__(self):
        self.total = 0
        self.items = []


class Shop(Agent):
    def __init__(self):
        super().__init__(instructions="You sell bread.")

    async def on_enter(self):
        self.session.userdata.greet()

    @function_tool
    async def add(self, context: RunContext[callagent.Call], loaves: int) -> str:
        """Adds loaves."""
        order = context.userdata.state
        order.total += 3 * loaves
        order.items.append({"kind": "rye", "loaves": loaves})
        return f"{order.total} dollars"


def charge(amount: int) -> str:
    raise SystemExit("a test may not charge anybody")


@function_tool
async def stock(item: str) -> str:
    """Looks up the stock."""
    raise SystemExit("a test may not ask the stock")


toolset = Toolset(id="stock", tools=[stock])


@function_tool
async def search(item: str) -> str:
    """Searches."""
    raise SystemExit("a test may not search")


later = AsyncToolset(id="search", tools=[search])
'''
PROFILE = """
extends: locales/en-US
greeting: Corner Bakery, good morning.
agent: shop:Shop
state: shop:Order
tools:
  charge:
    description: Charge the caller's card.
    run: shop:charge
    parameters: {amount: {type: integer}}
    on_error: I cannot reach the till.
  stock: {run: "shop:toolset"}
  search: {run: "shop:later"}
  price:
    description: Look up a price.
    parameters: {item: {}}
    http: {get: "https://shop.example/prices/{item}"}
mcp: {crm: {url: "http://127.0.0.1:9/mcp", allowed: [find_customer]}}
replies:
  - {when: loaves, call: add, with: {loaves: 4}, say: "That makes {result}."}
  - {when: charge, call: charge, with: {amount: 12}, say: "The till says: {result}."}
  - {when: stock, call: stock, with: {item: rye}, say: "In stock: {result}."}
  - {when: search, call: search, with: {item: rye}, say: "Found: {result}."}
  - {when: price, call: price, with: {item: rye}, say: "It is {result}."}
  - {when: customer, call: find_customer, with: {number: "123"}, say: "Hello, {result}."}
otherwise: Pardon me?
"""


def play(directory: Path, call: str) -> CallResult:
    (directory / "shop.py").write_text(SHOP, encoding="utf-8")
    (directory / "shop.yaml").write_text(PROFILE, encoding="utf-8")
    file = directory / "call.yaml"
    file.write_text("call: A call\nprofile: ./shop.yaml\n" + dedent(call), encoding="utf-8")
    loaded = load_call(file)
    (finished,) = run_calls(TextLevel(), [Run(loaded, plan_call(loaded, env={}))])
    return finished.result


def failures(result: CallResult) -> list[str]:
    return [f"{step.expected}: {step.observed}" for step in result.steps if not step.passed]


ORDER = """
steps:
  - agent_says: good morning
  - expect: {state: {total: 0, items: []}}
  - {caller: "Four loaves, please.", when: agent listening}
  - expect: agent replies
  - expect: {said: That makes 12 dollars}
  - expect: {state: {total: 12, items: [{kind: rye, loaves: ">= 4"}], items.0.kind: /^ry/}}
"""


def test_what_the_agent_keeps_and_says(tmp_path: Path) -> None:
    assert failures(play(tmp_path, ORDER + "never: [{state: {total: 13}}, {said: makes 13}]")) == []


@pytest.mark.parametrize(
    ("never", "observed"),
    [("{state: {total: 12}}", "the state has total: 12"), ("{said: makes 12}", "it was said at")],
)
def test_what_must_not_be_is_found(tmp_path: Path, never: str, observed: str) -> None:
    (failure,) = failures(play(tmp_path, f"{ORDER}never: [{never}]"))
    assert observed in failure


def test_a_value_that_does_not_come_is_told_with_what_is_there(tmp_path: Path) -> None:
    steps = "steps:\n  - agent_says: good morning\n  - {expect: {state: {total: 5, tip: 1}}, within: 1 s}\n"
    (failure,) = failures(play(tmp_path, steps))
    assert failure.endswith("total is 0, the state has no 'tip'")


def test_the_state_is_known_when_the_call_is_over(tmp_path: Path) -> None:
    steps = ORDER + "  - {caller: {hangs up: true}}\n  - expect: call ends\n  - expect: {state: {total: 12}}\n"
    assert failures(play(tmp_path, steps)) == []


MOCKED = """
agent: {{mock: {{{tool}: {{returns: "mocked {arguments}"}}}}}}
steps:
  - agent_says: good morning
  - {{caller: "{says}", when: agent listening}}
  - expect: {{tool: {tool}}}
  - {{expect: agent replies, within: 20 s}}
  - {{expect: {{said: "{hears}"}}, within: 20 s}}
"""


@pytest.mark.parametrize(
    ("tool", "says", "arguments", "hears"),
    [
        ("charge", "Charge me.", "{amount}", "The till says: mocked 12"),
        ("stock", "Is there stock?", "{item}", "In stock: mocked rye"),
        ("search", "Search for it.", "{item}", "Found: mocked rye"),
        ("price", "What is the price?", "{item}", "It is mocked rye"),
        ("find_customer", "I am a customer.", "{number}", "Hello, mocked 123"),
        ("add", "Four loaves.", "{loaves}", "That makes mocked 4"),
    ],
)
def test_a_tool_is_mocked_whoever_brings_it(tmp_path: Path, tool: str, says: str, arguments: str, hears: str) -> None:
    script = MOCKED.format(tool=tool, says=says, arguments=arguments, hears=hears)
    assert failures(play(tmp_path, script)) == []


def test_a_mocked_tool_that_raises_is_told_in_the_sentence_of_the_tool(tmp_path: Path) -> None:
    script = """
    agent: {mock: {charge: {raises: the card number is 4111}}}
    steps:
      - agent_says: good morning
      - {caller: Charge me., when: agent listening}
      - expect: agent replies
        with: cannot reach the till
    never: [{said: /4111/}, call ends]
    """
    assert failures(play(tmp_path, script)) == []


def test_a_mocked_tool_takes_its_time_and_then_is_done(tmp_path: Path) -> None:
    script = """
    agent: {mock: {charge: {delay: 4 s}}}
    steps:
      - agent_says: good morning
      - {caller: Charge me., when: agent listening}
      - {expect: {tool: charge}}
      - {expect: {said: "The till says: done"}, within: 12 s}
    """
    result = play(tmp_path, script)
    assert failures(result) == []
    (called,), (returned,) = result.log.of(ToolCalled), result.log.of(ToolReturned)
    assert 4.0 <= returned.at - called.at < 4.5


def test_values_are_returned_as_they_are(tmp_path: Path) -> None:
    script = """
    agent: {mock: {charge: {returns: {paid: true, amount: 12}}}}
    steps:
      - agent_says: good morning
      - {caller: Charge me., when: agent listening}
      - {expect: agent replies, with: /paid.*12/}
    """
    assert failures(play(tmp_path, script)) == []


@pytest.mark.parametrize(
    ("mock", "problem"),
    [
        ("{chrge: {returns: paid}}", "the agent has no tool 'chrge'; did you mean 'charge'?"),
        ("{ad: {returns: paid}}", "agent.mock.ad: the agent has no tool 'ad'; did you mean 'add'?"),
        ("{find_custmer: {returns: x}}", "did you mean 'find_customer'?"),
        ("{charge: {}}", "agent.mock.charge: needs `returns`, `raises` or `delay`"),
        ("{charge: {returns: a, raises: b}}", "either returns something or raises"),
        ("{charge: {return: a}}", "agent.mock.charge.return: unknown key; did you mean 'returns'?"),
        ("{charge: {delay: 4}}", "agent.mock.charge.delay: needs its unit"),
        ("{charge: {raises: ''}}", "must not be empty"),
    ],
)
def test_a_mock_that_is_none_is_one_line(tmp_path: Path, mock: str, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        play(tmp_path, f"agent:\n  mock: {mock}\nsteps: [{{agent_says: good}}]\n")
    (told,) = map(str, refused.value.problems)
    assert "call.yaml:4" in told
    assert problem in told
