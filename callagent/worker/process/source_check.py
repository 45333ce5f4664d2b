"""Looks at an author's files in a process of its own: whatever they do when they are imported, the worker goes on.

That process reads `{"profiles": […], "sets": […]}`, and leaves one JSON object in a file: `problems`, a
line each, or `files`, their contents in base64 by their paths.
"""

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from callagent.private_files import write_text
from callagent.profile.source_snapshot import Snapshot
from callagent.providers import load_usable
from callagent.worker.process.shared_sources import snapshot_of
from callagent.yaml_config import ConfigError, Problem

LONGEST_S: Final = 60.0
"""Seconds that a look may take; an author's module that takes longer to be imported is a problem."""


@dataclass(frozen=True)
class Looked:
    """What became of a look: the files where they can be used, else why not, one line each."""

    snapshot: Snapshot = field(default_factory=Snapshot)
    problems: tuple[str, ...] = ()


async def look(profiles: Sequence[str], sets: Sequence[str]) -> Looked:
    """Load the profiles and all that they name in another process. Cancelled, it ends that process."""
    with TemporaryDirectory(prefix="callagent-") as directory:
        outcome = Path(directory, "outcome")
        command = (sys.executable, "-c", f"from {__name__} import main; main()", str(outcome))
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(LONGEST_S):
                await process.communicate(json.dumps({"profiles": [*profiles], "sets": [*sets]}).encode())
        except TimeoutError:
            return Looked(problems=(f"the profile's modules take longer than {LONGEST_S:g} s to be imported",))
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return await asyncio.to_thread(_read, outcome, process.returncode or 0)


def _read(outcome: Path, status: int) -> Looked:
    try:
        told = json.loads(outcome.read_bytes())
    except (OSError, ValueError):
        return Looked(problems=(f"the profile's modules ended the process that looked at them (status {status})",))
    return Looked(Snapshot.of(told.get("files", {})), tuple(told.get("problems", ())))


def looked_at(profiles: Sequence[str], sets: Sequence[str]) -> dict[str, Any]:
    """Load the profiles and all that they name in this process, and return the outcome as JSON has it."""
    try:
        for name in profiles:
            load_usable(name, sets=sets)
        snapshot = snapshot_of(profiles)
    except ConfigError as error:
        return {"problems": [str(problem) for problem in _each_once(error.problems)]}
    except OSError as error:
        return {"problems": [f"{error.filename}: cannot be read: {error.strerror}"]}
    return {"files": snapshot.as_dict()}


def _each_once(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems, of those with the same cause the first: a module that cannot be imported is named by all
    that wanted something of it.
    """
    causes: dict[str, Problem] = {}
    for problem in problems:
        what, _, why = problem.message.partition(": ")
        causes.setdefault(why if what.startswith("cannot import") else str(problem), problem)
    return list(causes.values())


def main() -> None:
    """Look at what standard input names; be the process of `look`."""
    asked = json.load(sys.stdin)
    write_text(Path(sys.argv[1]), json.dumps(looked_at(asked["profiles"], asked["sets"])))
