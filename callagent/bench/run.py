"""A run of the benchmark: captures, replays, report."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from callagent.bench.capturing import Captures, Progress, capture_all
from callagent.bench.case import Case
from callagent.bench.metered import MeteredLoop
from callagent.bench.replay.livekit_call import LivekitReplay
from callagent.bench.replay.outcome import Outcome
from callagent.bench.replay.pipecat_env import Pipecat, PipecatMissing
from callagent.bench.replay.prelude import prelude_of
from callagent.bench.replay.systems import CALLAGENT, LIVEKIT, PIPECAT
from callagent.bench.tape import Tape
from callagent.profile import Profile
from callagent.providers import make_providers, prewarm

Played = list[tuple[Tape, Outcome]]

CHUNK = 16
"""Cases that a process plays at a time."""


@dataclass
class Results:
    """What every system did with every case, in the order of the systems; why some did not run."""

    played: dict[str, Played] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def record(
    cases: Sequence[Case], captures: Captures, profile: Profile, *, real_time: bool, progress: Progress
) -> list[Tape]:
    """Capture with the profile's providers what is not there yet; the tapes of `cases`, in their order.

    In metered time (see `metered`), or in real time, which asks for an idle machine.
    """
    captures.begin(profile, real_time=real_time)
    prewarm(profile)

    async def run() -> None:
        providers = make_providers(profile)
        await capture_all(cases, captures, providers, progress=progress)

    with asyncio.Runner(loop_factory=None if real_time else MeteredLoop) as runner:
        runner.run(run())
    tapes = {tape.case.name: tape for tape in captures.tapes()}
    return [tapes[case.name] for case in cases]


def play_all(
    tapes: Sequence[Tape],
    captures: Captures,
    profile: Profile,
    systems: Sequence[str],
    *,
    pipecat: Pipecat,
    processes: int = 2,
    started: Callable[[str], None] = lambda system: None,
) -> Results:
    """Play every tape to every system. A system that cannot run here is skipped, with the reason."""
    results = Results()
    for system in systems:
        started(system)
        if system in LIVEKIT:
            results.played[system] = _play_livekit(system, tapes, captures, profile, processes)
        else:
            _play_pipecat(system, tapes, pipecat, results)
    return results


def _play_livekit(system: str, tapes: Sequence[Tape], captures: Captures, profile: Profile, processes: int) -> Played:
    chunks = [tapes[start : start + CHUNK] for start in range(0, len(tapes), CHUNK)]
    play = partial(_play_chunk, system, captures.directory, profile, prelude_of(tapes))
    if processes < 2 or len(chunks) < 2:
        outcomes = [outcome for chunk in chunks for outcome in play(chunk)]
    else:
        with ProcessPoolExecutor(processes) as pool:
            outcomes = [outcome for chunk in pool.map(play, chunks) for outcome in chunk]
    return list(zip(tapes, outcomes, strict=True))


def _play_chunk(system: str, directory: Path, profile: Profile, prelude: Tape, tapes: Sequence[Tape]) -> list[Outcome]:
    logging.getLogger("livekit").setLevel(logging.ERROR)
    captures = Captures(directory)
    replay = LivekitReplay(profile, LIVEKIT[system], prelude, guarded=system == CALLAGENT)
    return [replay.play(tape, captures.heard(tape)) for tape in tapes]


def _play_pipecat(system: str, tapes: Sequence[Tape], pipecat: Pipecat, results: Results) -> None:
    overlaps = [tape for tape in tapes if tape.case.situation == "speaking"]
    try:
        results.versions[system] = pipecat.prepare()
        results.played[system] = list(zip(overlaps, pipecat.play(PIPECAT[system], overlaps), strict=True))
    except PipecatMissing as error:
        results.skipped[system] = str(error)
