"""Capture a corpus, and keep each capture as soon as it is there."""

import asyncio
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import callagent
from callagent.audio import SAMPLE_RATE, Samples, read_audio
from callagent.profile import Profile
from callagent.providers import Providers, Script, make_models, make_vad
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from scripts.benchmarks.capture.capture import Heard, capture
from scripts.benchmarks.capture.metered_loop import MeteredLoop
from scripts.benchmarks.capture.tape import Tape, TapeFile
from scripts.benchmarks.corpus.case import Case
from scripts.benchmarks.corpus.synthesis import Rendered, render

LATE_S = 0.06
"""A capture with a frame that came later than this is taken again."""

TRIES = 3

Progress = Callable[[int, int], None]
"""Called with the number of captures that are there, and of all."""


class Captures:
    """The captures of a run in a directory: `captures.jsonl`, and what the agent heard as `heard/<case>.wav`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.file = TapeFile(directory / "captures.jsonl")
        self._sounds = directory / "heard"

    @classmethod
    def of(cls, path: Path) -> "Captures":
        """Return those of a directory, or of the file in it."""
        return cls(path if path.is_dir() else path.parent)

    def tapes(self) -> list[Tape]:
        """Return all tapes. Raise `OSError` where there are none, `ValueError` where the file is none of ours."""
        return self.file.read()

    def heard(self, tape: Tape) -> Samples:
        """Return what the agent heard, from `tape.audio_begins` on. Raise `OSError` where the recording is missing."""
        return read_audio(self._sounds / f"{tape.case.name}.wav")

    def begin(self, profile: Profile, *, real_time: bool = False) -> None:
        """Go on with what was captured with this profile and clock, or start anew."""
        self._sounds.mkdir(parents=True, exist_ok=True)
        self.file.begin(made_with(profile, real_time=real_time))

    def add(self, heard: Heard) -> None:
        """Keep one."""
        with wave.open(str(self._sounds / f"{heard.tape.case.name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(heard.audio.astype("<i2").tobytes())
        self.file.append(heard.tape)


def made_with(profile: Profile, *, real_time: bool) -> dict[str, Any]:
    """Return what captures depend on besides their case: the providers, the words
    that bias the recogniser, and the clock.
    """
    settings = profile.model_dump(mode="json", include={"language", "providers", "vad"})
    words = sorted({*profile.interruption.soft_acks, *profile.interruption.commands})
    clock = "real time" if real_time else "metered"
    return {
        "version": callagent.__version__,
        "clock": clock,
        "profile": profile.name,
        "settings": settings,
        "words": words,
    }


def record(
    cases: Sequence[Case], captures: Captures, profile: Profile, *, real_time: bool, progress: Progress
) -> list[Tape]:
    """Capture with the profile's recogniser and VAD what is not there yet; the tapes of `cases`, in their order.

    In metered time (see `metered_loop`), or in real time, which asks for an idle machine.
    """
    captures.begin(profile, real_time=real_time)

    async def run() -> None:
        providers = _listeners(profile)
        await capture(cases[0], render(cases[0]), providers)  # thrown away: the first one loads models
        await capture_all(cases, captures, providers, progress=progress)

    with asyncio.Runner(loop_factory=None if real_time else MeteredLoop) as runner:
        runner.run(run())
    tapes = {tape.case.name: tape for tape in captures.tapes()}
    return [tapes[case.name] for case in cases]


def _listeners(profile: Profile) -> Providers:
    """Return what hears: nothing is spoken and nothing is thought in a capture, and those need not be there.

    Raise ConfigError where the profile's recogniser or VAD cannot be had here.
    """
    recogniser = make_models(profile, {"stt": profile.providers.stt}, "providers")["stt"]
    return Providers(stt=recogniser, vad=make_vad(profile), tts=ScriptedTTS(), llm=ScriptedLLM(Script()))


async def capture_all(
    cases: Sequence[Case],
    captures: Captures,
    providers: Providers,
    *,
    progress: Progress = lambda done, total: None,
) -> None:
    """Capture what is not there yet. Everything is synthesised first, so that nothing else runs beside the captures."""
    there = {tape.case.name for tape in await asyncio.to_thread(captures.tapes)}
    todo = [case for case in cases if case.name not in there]
    rendered = await asyncio.to_thread(lambda: [render(case) for case in todo])
    for done, (case, said) in enumerate(zip(todo, rendered, strict=True), len(cases) - len(todo) + 1):
        heard = await _capture_in_time(case, said, providers)
        await asyncio.to_thread(captures.add, heard)
        progress(done, len(cases))


async def _capture_in_time(case: Case, said: Rendered, providers: Providers) -> Heard:
    """Return the first capture whose frames were in time, or the best of some."""
    taken: list[Heard] = []
    while len(taken) < TRIES:
        taken.append(await capture(case, said, providers))
        if taken[-1].tape.lateness <= LATE_S:
            break
    return min(taken, key=lambda heard: heard.tape.lateness)
