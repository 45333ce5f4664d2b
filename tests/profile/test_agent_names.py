"""Which agents a scripted call may expect, by what its profile and the author's code say before anybody calls."""

from pathlib import Path

import pytest

from callagent.profile import agent_flaw, load_profile
from callagent.scripted_calls import load_call, plan_call
from callagent.yaml_config import ConfigError

SEVERAL = """
extends: locales/en-US
start: reception
agents:
  reception: {hands_over: {orders: The caller orders.}}
  orders: {collect: {phone: phone_number}, done: reception}
"""
OWN = "extends: locales/en-US\nagent: shop_of_names:Shop\n"
MIXED = f"{SEVERAL}tools: {{desk: {{description: D., run: 'shop_of_names:to_desk'}}}}\n"
SHOP = """
from livekit.agents import Agent

class Shop(Agent):
    def __init__(self):
        super().__init__(instructions="")

class NightShift(Agent):
    def __init__(self):
        super().__init__(instructions="", id="order_desk")

class Order:
    pass

def to_desk() -> Agent:
    return NightShift()
"""


def flaw(directory: Path, profile: str, name: str) -> tuple[str, str | None] | None:
    (directory / "shop_of_names.py").write_text(SHOP, encoding="utf-8")
    (directory / "shop.yaml").write_text(profile, encoding="utf-8")
    return agent_flaw(load_profile(directory / "shop.yaml", env={}), name)


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        (SEVERAL, "orders"),
        (SEVERAL, " Orders"),
        (SEVERAL, "phone_number_task"),
        ("extends: locales/en-US", "call_agent"),
        (OWN, "shop"),
        (OWN, "night_shift"),
        (OWN, "order_desk"),  # an id that the author's code gives
        (OWN, "whatever"),  # it may make one
        (MIXED, "orders"),
        (MIXED, "order_desk"),
    ],
)
def test_an_agent_that_there_may_be(tmp_path: Path, profile: str, name: str) -> None:
    assert flaw(tmp_path, profile, name) is None


@pytest.mark.parametrize(
    ("profile", "name", "nearest"),
    [
        (SEVERAL, "ordrs", "orders"),
        (SEVERAL, "billing", None),
        (SEVERAL, "call_agent", None),
        ("extends: locales/en-US", "reception", None),
        (OWN, "shp", "shop"),
        (OWN, "nightshift", "night_shift"),
        (MIXED, "ordrs", "orders"),
    ],
)
def test_an_agent_that_there_is_not(tmp_path: Path, profile: str, name: str, nearest: str | None) -> None:
    assert flaw(tmp_path, profile, name) == (f"there is no agent '{name}'", nearest)


def test_a_script_that_expects_an_agent_that_there_is_not_is_told_by_its_lines(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SEVERAL, encoding="utf-8")
    (tmp_path / "call.yaml").write_text(
        "call: A call\nprofile: ./shop.yaml\nsteps:\n  - agent_says: hello\n"
        "  - expect: {agent: ordrs}\n  - expect: {agent: /anybody/}\nnever: [{agent: recption}, {agent: sales}]\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as refused:
        plan_call(load_call(tmp_path / "call.yaml"), env={})
    expected, forbidden = map(str, refused.value.problems)
    assert "call.yaml:5: step 2: expect.agent: can never be met: there is no agent 'ordrs'" in expected
    assert expected.endswith("did you mean 'orders'?")
    assert "call.yaml:7: never[0].agent: there is no agent 'recption'" in forbidden
    assert forbidden.endswith("did you mean 'reception'?")
