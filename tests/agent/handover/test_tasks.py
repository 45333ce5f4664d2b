"""The tasks that ask a caller for something have the tools that the profile knows them by."""

from datetime import datetime
from typing import Any

import pytest
from livekit.agents import AgentTask
from livekit.agents.beta.workflows.credit_card import (
    GetCardNumberTask,
    GetExpirationDateTask,
    GetSecurityCodeTask,
)

from callagent.agent.dtmf.keys import Keypad
from callagent.agent.handover.tasks import task_for
from callagent.profile import CollectSpec
from callagent.profile.sections.agent_settings import TASK_TOOLS
from tests.support.virtual_call import a_profile

KINDS = sorted(TASK_TOOLS)
NOW = datetime(2026, 5, 8)


def spec(kind: str) -> CollectSpec:
    return CollectSpec.model_validate({"what": kind, **({"digits": 4} if kind == "dtmf" else {}), "ask": "Well?"})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "credit_card"])
async def test_a_task_has_the_tools_that_replies_may_call(kind: Any) -> None:
    task: Any = task_for(spec(kind), a_profile(), Keypad(), NOW)
    assert {tool.id for tool in task.tools} == {name for name in TASK_TOOLS[kind] if not name.startswith("confirm_")}
    assert task.ask == "Well?"


async def test_the_tasks_for_a_card_have_them_too() -> None:
    tasks: list[AgentTask[Any]] = [GetCardNumberTask(), GetExpirationDateTask(), GetSecurityCodeTask()]
    names = {tool.id for task in tasks for tool in task.tools}
    assert names <= set(TASK_TOOLS["credit_card"])


async def test_a_number_is_read_as_in_the_country_of_the_profile() -> None:
    german = a_profile(language="de-DE", number_reading={"region": "DE"})
    task: Any = task_for(spec("phone_number"), german, Keypad(), NOW)
    assert task._e164("030 123456") == "+4930123456"
