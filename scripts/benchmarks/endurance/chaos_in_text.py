"""Calls at the level text whose providers fail at random: in virtual time, so that a thousand are feasible."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from callagent.agent import Sounds
from callagent.scripted_calls import CallPlan, Stage, call_of, make_level, plan_call
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from callagent.scripted_calls.levels.text.text_call import TextStage
from callagent.scripted_calls.script.caller import Speech
from callagent.worker.process.prompt_cache import texts_of
from scripts.benchmarks.endurance.talking_caller import MISSED_S, QUIET_S, Conversation

TURNS: Final = 3
LOOK_S: Final = 0.1
LAST_S: Final = 30.0
"""Seconds after the last turn of a call in which something of the agent is waited for."""

SAID: Final = ("What are your opening hours?", "I would like to book a table for Friday.", "Do you have parking there?")
KINDS: Final = ("fails", "times out", "slow", "fails for good")


@dataclass(frozen=True)
class ChaoticCall:
    """One call.

    Args:
        faults: what its script says of them.
        conversation: what it was like, in seconds of call time.
        trouble: an error that nobody expected, empty for none.
    """

    seed: int
    faults: dict[str, Any]
    conversation: Conversation
    trouble: str = ""


def faults_of(rng: random.Random) -> dict[str, Any]:
    """Return what goes wrong in a call, as its script says it: one to three parts, each in its own way."""
    parts = rng.sample(("stt", "llm", "tts"), rng.choice((1, 1, 2, 3)))
    return {part: _fault(rng, rng.choice(KINDS)) for part in parts}


def _fault(rng: random.Random, kind: str) -> dict[str, Any]:
    skip = {"skip": rng.randrange(4)}
    match kind:
        case "fails":
            return {"then": "fails", "times": rng.randint(1, 3), **skip}
        case "times out":
            return {"then": "times out", "delay": f"{rng.choice((2, 5, 10))} s", "times": rng.randint(1, 2), **skip}
        case "slow":
            return {"delay": f"{rng.choice((1, 3, 6, 10))} s", "times": rng.randint(1, 3), **skip}
    return {"then": "fails", **skip}


def chaos(calls: int, seed: int) -> Iterator[ChaoticCall]:
    """Make so many calls, one after the other. Blocks."""
    level = make_level("text")
    for number in range(seed, seed + calls):
        rng = random.Random(number)
        faults = faults_of(rng)
        script = {
            "call": f"chaos {number}",
            "agent": {"greeting": "Harbour Dental, how can I help you?", "faults": faults},
            "steps": [{"agent_says": "help you"}],
        }
        plan = plan_call(call_of(script, Path("chaos.yaml")))
        with asyncio.Runner(loop_factory=level.new_loop) as runner:
            yield runner.run(_one(plan, number, faults))


async def _one(plan: CallPlan, seed: int, faults: dict[str, Any]) -> ChaoticCall:
    sounds = Sounds()
    await sounds.prepare(ScriptedTTS(), texts_of(plan.profile), plan.profile)  # as a worker does
    stage = TextStage(plan, sounds=sounds)
    kept, trouble = Conversation(f"chaos-{seed}"), ""
    try:
        await stage.start()
        for turn in range(TURNS):
            await _my_turn(stage, kept)
            if stage.log.ended:
                break
            utterance = stage.speak(Speech(SAID[turn % len(SAID)]))
            kept.said.append((await utterance.started, await utterance.ended))
        await _answered(stage, kept)
    except Exception as error:  # whatever it is, it is what is looked for
        trouble = f"{type(error).__name__}: {error}"
    finally:
        kept.ended = stage.log.ended.at if stage.log.ended else stage.log.now()
        kept.cut = stage.log.ended is not None
        await stage.aclose()
    kept.heard = [(span.start, span.end) for span in stage.timeline.agent]
    kept.greeted = kept.heard[0][0] if kept.heard else None
    return ChaoticCall(seed, faults, kept, trouble)


async def _my_turn(stage: Stage, kept: Conversation) -> None:
    """Wait until the agent has answered and is silent, or has not for too long."""
    since = stage.log.now()
    while not stage.log.ended and stage.log.now() - since < MISSED_S:
        await asyncio.sleep(LOOK_S)
        last = _last_heard(stage)
        due = kept.said[-1][1] if kept.said else 0.0
        if last is not None and last > due and stage.log.now() - last > QUIET_S:
            return


async def _answered(stage: Stage, kept: Conversation) -> None:
    """Wait for what the agent makes of the last turn."""
    until = stage.log.now() + LAST_S
    while not stage.log.ended and stage.log.now() < until:
        await asyncio.sleep(LOOK_S)
        last = _last_heard(stage)
        if last is not None and kept.said and last > kept.said[-1][1] and stage.log.now() - last > QUIET_S:
            return


def _last_heard(stage: Stage) -> float | None:
    """Return when the agent was last heard: now where it is."""
    stage.timeline.advance(stage.log.now())
    return stage.timeline.agent[-1].end if stage.timeline.agent else None
