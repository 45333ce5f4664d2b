"""After a hand-over, and while something is asked for: the gate as before it, the models of the agent that talks."""

import asyncio
from typing import Any

import pytest

from callagent.profile import Profile
from callagent.providers.factory import script_of
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from tests.agent.handover.test_hand_overs import Watched, bakery
from tests.agent.test_gate_everywhere import SPEECH, reaction_of_a_profiles_agent
from tests.support.virtual import virtually

WAYS: dict[str, dict[str, Any]] = {
    "after a hand-over": {"greeting": SPEECH},
    "in a task": {"collect": {"name": {"what": "name", "ask": SPEECH}}},
    "in a task of livekit's own for a card": {"collect": {"card": {"what": "credit_card", "ask": SPEECH}}},
}


def shop(orders: dict[str, Any], **fields: Any) -> Profile:
    agents = {"reception": {"hands_over": {"orders": "They want to order."}}, "orders": orders}
    return bakery(agents=agents, replies=[{"when": "order", "call": "to_orders"}], **fields)


@pytest.mark.parametrize(("words", "stops"), [("No, stop.", True), ("Yeah, okay.", False)])
@pytest.mark.parametrize("way", WAYS)
def test_the_gate_decides_as_soon_and_as_well_as_before_a_hand_over(way: str, words: str, stops: bool) -> None:
    async def body() -> None:
        async with Watched(shop(WAYS[way])) as call:
            assert call.call.gate is not None
            await call.say("I would like to order.")
            await asyncio.sleep(3.0)
            began = call.clock.now()
            await call.interject(words)
            await asyncio.sleep(4.0)
            record = call.call.gate.journal[-1]
            if not stops:
                assert (record.decision, f"caller: {words}" in call.said) == ("drop", False)
                return
            assert record.rule == "command" and record.silent_at is not None
            assert record.silent_at - began == pytest.approx(reaction, rel=0.05)

    reaction = reaction_of_a_profiles_agent("No, stop.")
    virtually(body)


class Voice(ScriptedTTS):
    """Notes what it is asked to say."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def synthesize(self, text: str, **options: Any) -> Any:
        self.said.append(text)
        return super().synthesize(text, **options)


def voices_of(orders: dict[str, Any], *said: str, swap: bool = False) -> tuple[Voice, Voice, Voice]:
    """What the voice of the session, that of `orders`, and one that it is given in the call have said."""

    async def body() -> tuple[Voice, Voice, Voice]:
        of_session, of_orders, later = Voice(), Voice(), Voice()
        profile = shop(orders)
        agents: dict[str, dict[str, Any]] = {
            name: {"llm": ScriptedLLM(script_of(profile, name))} for name in profile.agents
        }
        agents["orders"] = {**agents["orders"], "tts": of_orders}
        async with Watched(profile, tts=of_session, agents=agents) as call:
            for text in said:
                await call.interject(text)
                await asyncio.sleep(8.0)
            if swap:
                call.call.session.current_agent.update_options(tts=later)
                call.call.call.say("With another voice.")
                await asyncio.sleep(4.0)
        return of_session, of_orders, later

    return virtually(body)


def test_an_agent_speaks_with_its_own_voice_and_so_does_a_task_that_works_for_it() -> None:
    of_session, of_orders, _ = voices_of(
        {"greeting": "Orders.", "collect": {"name": {"what": "name", "ask": "Your name?"}}}, "", "Order."
    )
    assert of_session.said == ["Good morning."]
    assert of_orders.said == ["Orders.", "Your name?"]


def test_a_voice_is_changed_in_the_middle_of_a_call() -> None:
    _, of_orders, later = voices_of({"greeting": "Orders."}, "", "Order.", swap=True)
    assert (of_orders.said, later.said) == (["Orders."], ["With another voice."])
