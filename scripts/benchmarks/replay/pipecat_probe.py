"""Runs in the environment of pipecat-ai: cases as JSON lines on stdin, when the bot would be interrupted on stdout.

In: `{"strategy": "default" | "min_words 3", "reports": [["vad" | "interim" | "final", text], …]}`, the reports that
come while the bot speaks, in order. Out: the index of the report that starts the user's turn, and so interrupts the
bot, or null. Needs nothing but pipecat-ai; the project's own packages are not there.
"""

import asyncio
import importlib
import json
import sys
from typing import Any

pipecat_frames = importlib.import_module("pipecat.frames.frames")
user_start = importlib.import_module("pipecat.turns.user_start")
strategies = importlib.import_module("pipecat.turns.user_turn_strategies")
types = importlib.import_module("pipecat.turns.types")


def _start_strategies(name: str) -> list[Any]:
    if name == "default":
        return list(strategies.default_user_turn_start_strategies())
    return [user_start.MinWordsUserTurnStartStrategy(min_words=int(name.split()[-1]))]


def _frame(kind: str, text: str) -> Any:
    if kind == "vad":
        return pipecat_frames.VADUserStartedSpeakingFrame()
    made = pipecat_frames.TranscriptionFrame if kind == "final" else pipecat_frames.InterimTranscriptionFrame
    return made(text=text, user_id="caller", timestamp="")


async def _interrupted_by(name: str, reports: list[list[str]]) -> int | None:
    started: list[bool] = []

    async def turn_started(strategy: Any, params: Any) -> None:
        started.append(bool(params.enable_interruptions))

    chain = _start_strategies(name)
    for strategy in chain:
        strategy.add_event_handler("on_user_turn_started", turn_started)

    async def process(frame: Any) -> None:  # as pipecat's UserTurnController does
        for strategy in chain:
            if await strategy.process_frame(frame) == types.ProcessFrameResult.STOP:
                break

    await process(pipecat_frames.BotStartedSpeakingFrame())
    for index, (kind, text) in enumerate(reports):
        await process(_frame(kind, text))
        if any(started):
            return index
    return None


async def _main() -> None:
    for line in sys.stdin:
        case = json.loads(line)
        interrupted_by = await _interrupted_by(case["strategy"], case["reports"])
        sys.stdout.write(json.dumps(interrupted_by) + "\n")


if __name__ == "__main__":
    asyncio.run(_main())
