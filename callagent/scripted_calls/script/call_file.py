"""From a file, or from Python data, to a checked script."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callagent.scripted_calls.script.call_script import CallScript
from callagent.scripted_calls.script.caller import CallerAudio
from callagent.scripted_calls.script.script_checks import below
from callagent.scripted_calls.script.steps.caller_action import CallerStep
from callagent.scripted_calls.script.steps.caller_forms import Recording
from callagent.yaml_config import ConfigError, Document, Problem, load_yaml, validate
from callagent.yaml_config.yaml_file import shown

ENDINGS = (".yaml", ".yml")
_STEP = re.compile(r"^steps\[(\d+)\]\.?")


@dataclass(frozen=True)
class CallFile:
    """A script and the file it came from."""

    path: Path
    document: Document
    script: CallScript


def find_calls(paths: Sequence[str | Path]) -> list[Path]:
    """Find the scripts that the paths name: files as they are, directories searched for *.yaml and *.yml.

    Raises:
        ConfigError: a path that is not there, or a directory without scripts.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if not path.is_dir():
            found[path] = None
            continue
        inside = sorted(file for file in path.rglob("*") if file.suffix in ENDINGS and file.is_file())
        if not inside:
            raise ConfigError.single(str(path), "has no calls (*.yaml)")
        found.update(dict.fromkeys(inside))
    return list(found)


def load_call(path: str | Path) -> CallFile:
    """Read and check one script.

    Raises:
        ConfigError: every problem found, with file, line, step and the nearest right word.
    """
    return _checked(Path(path), load_yaml(path))


def call_of(data: Mapping[str, Any], path: Path) -> CallFile:
    """Check a script in Python data that stands in the file `path`, beside which its recordings are looked for.

    Raises:
        ConfigError: every problem found, with step and the nearest right word.
    """
    return _checked(path, Document.of(data, shown(path)))


def _checked(path: Path, document: Document) -> CallFile:
    try:
        script = validate(CallScript, document)
        loaded = CallFile(path, document, script)
        if problems := list(_audio_problems(loaded)):
            raise ConfigError(*problems)
    except ConfigError as error:
        raise ConfigError(*map(with_step, error.problems)) from error
    return loaded


def voices_of(call: CallFile) -> tuple[CallerAudio, ...]:
    """List everything that the caller plays, in the order of the steps."""
    steps = (step for step in call.script.steps if isinstance(step, CallerStep))
    own = tuple(audio for step in steps if (audio := step.playable(call.path.parent)) is not None)
    return (*own, *(call.script.called.voices if call.script.called else ()))


def with_step(problem: Problem) -> Problem:
    """Name the step as people count, from 1."""
    found = _STEP.match(problem.key)
    if found is None:
        return problem
    key = problem.key[found.end() :]
    number = int(found[1]) + 1
    return replace(problem, key=f"step {number}: {key}" if key else f"step {number}")


def _audio_problems(call: CallFile) -> Iterator[Problem]:
    for index, step in enumerate(call.script.steps):
        if isinstance(step, CallerStep) and isinstance(step.caller, Recording):
            for flaw in below(("steps", index, "caller"), step.caller.file_flaws(call.path.parent)):
                yield call.document.problem(flaw.path, flaw.message, flaw.nearest)
