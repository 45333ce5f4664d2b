"""Play the tapes of a run to every system under test."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from callagent.profile import Profile
from scripts.benchmarks.capture.captures import Captures
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.replay.livekit_call import LivekitReplay
from scripts.benchmarks.replay.outcome import Outcome, Played, Results
from scripts.benchmarks.replay.package_env import PackageMissing
from scripts.benchmarks.replay.pipecat_env import Pipecat
from scripts.benchmarks.replay.prelude import prelude_of
from scripts.benchmarks.replay.systems import CALLAGENT, LIVEKIT, PIPECAT

CHUNK = 16
"""Cases that a process plays at a time."""


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
    except PackageMissing as error:
        results.skipped[system] = str(error)
