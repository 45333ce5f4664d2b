"""A model that fails in each way, as the real plugin has it from the wire, and the next one that goes on."""

import json
import time

import pytest
from livekit.agents import APIConnectionError
from livekit.agents.llm import ChatContext

from callagent.providers.outages.llm_chain import GO_ON
from tests.providers.outages.conftest import SOON_S, Pair
from tests.support.eventually import eventually
from tests.support.provider_peers import Kind, Trouble

pytestmark = pytest.mark.any_speed

LONG = "We are open on Monday from nine to six. On Sunday we are closed. Do come by!"


async def answer(chain: object, words: str = "When are you open?") -> str:
    context = ChatContext.empty()
    context.add_message(role="user", content=words)
    async with chain.chat(chat_ctx=context) as stream:  # type: ignore[attr-defined]  # any chain
        return "".join([chunk.delta.content or "" async for chunk in stream if chunk.delta])


@pytest.mark.parametrize(
    "trouble",
    [
        *(Trouble("refuse", status) for status in (401, 429, 500)),
        *(Trouble(kind) for kind in ("stall", "cut", "garble", "slow")),
    ],
    ids=lambda trouble: f"{trouble.kind} {trouble.status}" if trouble.kind == "refuse" else trouble.kind,
)
async def test_the_next_model_answers_within_the_time_of_an_attempt(pair: Pair, trouble: Trouble) -> None:
    pair.first.llm.trouble = trouble
    chain, since = pair.chain("llm"), time.monotonic()
    assert await answer(chain) == "One moment, please."
    assert time.monotonic() - since < SOON_S
    assert pair.told.news[0].startswith("llm openai failed: ") and "llm fell back to openai" in pair.told.news


@pytest.mark.parametrize("kind", ["cut", "stall", "garble"])
async def test_an_answer_that_breaks_off_is_gone_on_with(pair: Pair, kind: Kind) -> None:
    pair.first.llm.plan(Trouble(kind, after=12))
    pair.first.llm.answer = lambda _: LONG
    pair.second.llm.answer = lambda _: "On Sunday nobody is here."
    chain = pair.chain("llm")
    assert await answer(chain) == "We are open on Monday from nine to six. On Sunday nobody is here."
    *_, said, told = pair.second.llm.requests[-1]["messages"]
    assert (said["role"], said["content"].strip()) == ("assistant", "We are open on Monday from nine to six.")
    assert (told["role"], told["content"]) == ("system", GO_ON)


async def test_a_model_that_begins_again_is_not_heard_twice(pair: Pair) -> None:
    pair.first.llm.plan(Trouble("cut", after=12))
    pair.first.llm.answer = pair.second.llm.answer = lambda _: LONG
    chain = pair.chain("llm")
    assert await answer(chain) == LONG


async def test_the_first_model_answers_again_once_a_health_check_has_passed(pair: Pair) -> None:
    pair.first.llm.plan(Trouble("refuse"))
    pair.second.llm.answer = lambda _: "I stand in."
    chain = pair.chain("llm")
    assert await answer(chain) == "I stand in."
    await eventually(lambda: chain.watch.usable()[0] == 0)
    assert await answer(chain) == "One moment, please."
    assert pair.told.news[-1] == "llm openai is back"


async def test_where_all_fail_they_are_asked_once_more_and_then_it_is_an_error(pair: Pair) -> None:
    pair.first.llm.trouble = pair.second.llm.trouble = Trouble("refuse")
    chain = pair.chain("llm")
    with pytest.raises(APIConnectionError, match="no model of the chain answers"):
        await answer(chain)


async def test_a_short_outage_of_all_is_survived(pair: Pair) -> None:
    pair.first.llm.plan(Trouble("refuse"), Trouble("refuse"))
    pair.second.llm.plan(Trouble("refuse"), Trouble("refuse"))
    chain = pair.chain("llm")
    assert await answer(chain) == "One moment, please."


async def test_what_is_asked_is_the_same_for_each(pair: Pair) -> None:
    pair.first.llm.plan(Trouble("refuse"))
    chain = pair.chain("llm")
    await answer(chain, "Hello?")
    asked = [request["messages"] for request in (*pair.first.llm.requests[:1], *pair.second.llm.requests)]
    assert len({json.dumps(each) for each in asked}) == 1
