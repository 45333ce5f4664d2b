"""Where numbers are read: the voice gets them spelt, the transcript keeps them as they were written."""

import asyncio
from typing import Any

import pytest
from livekit.agents import tts

from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile


def test_the_voice_spells_what_the_transcript_keeps_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []
    synthesize = ScriptedTTS.synthesize

    def noted(voice: ScriptedTTS, text: str, **options: Any) -> tts.ChunkedStream:
        spoken.append(text)
        return synthesize(voice, text, **options)

    monkeypatch.setattr(ScriptedTTS, "synthesize", noted)

    async def body() -> list[str]:
        greeting = "Call (415) 555-0112, we are open 9-18."
        async with VirtualCall(a_profile(greeting=greeting, flow={"idle": "10 s"})) as call:
            await asyncio.wait_for(call.ended, 120)
        return call.said

    assert virtually(body)[0] == "agent: Call (415) 555-0112, we are open 9-18."
    assert spoken[0] == "Call 4 1 5, 5 5 5, 0 1 1 2, we are open 9-18."
