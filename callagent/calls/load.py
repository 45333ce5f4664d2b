"""From a file to a checked script, and from a script to a call that can be made."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callagent.calls.model import CallScript
from callagent.calls.possible import plan_problems
from callagent.calls.stage import CallerAudio, CallPlan, GateName, Recording, Sound, Speech
from callagent.calls.steps import CallerStep
from callagent.calls.steps import Recording as RecordingForm
from callagent.calls.steps import Sound as SoundForm
from callagent.line import read_audio
from callagent.profile import (
    BUILT_IN_TOOLS,
    ConfigError,
    Document,
    Problem,
    Profile,
    load_profile,
    load_targets,
    load_yaml,
    nearest,
    validate,
)
from callagent.profile.merging import overlay
from callagent.profile.paths import is_path
from callagent.profile.yamlfile import Node, shown

ENDINGS = (".yaml", ".yml")
_STEP = re.compile(r"^steps\[(\d+)\]\.?")


@dataclass(frozen=True)
class CallFile:
    """A script and the file it came from."""

    path: Path
    document: Document
    script: CallScript


def find_calls(paths: Sequence[str | Path]) -> list[Path]:
    """The scripts that the paths name: files as they are, directories searched for *.yaml and *.yml, each file once.

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
    """Reads and checks one script.

    Raises:
        ConfigError: every problem found, with file, line, step and the nearest right word.
    """
    return _checked(Path(path), load_yaml(path))


def call_of(data: Mapping[str, Any], path: Path) -> CallFile:
    """A script from Python data that stands in the file `path`, beside which its recordings are looked for.

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
        raise ConfigError(*map(_with_step, error.problems)) from error
    return loaded


def plan_call(
    call: CallFile,
    *,
    profile: str | None = None,
    sets: Sequence[str] = (),
    gate: GateName = "callagent",
    env: Mapping[str, str] | None = None,
) -> CallPlan:
    """The call as it will be made: the script's profile (or `profile`) with the script's `agent` part merged in.

    Raises:
        ConfigError: the profile is not valid, or not with this script, or a function of its tools cannot be used.
    """
    base = load_profile(profile or _profile_of(call), sets=sets, env=env)
    merged = _merged(base, call)
    try:
        complete = validate(Profile, merged).placed_as(base)
        if problems := list(plan_problems(call.script, call.document, complete)):
            raise ConfigError(*problems)
        load_targets(complete)
    except ConfigError as error:
        raise ConfigError(*map(_with_step, error.problems)) from error
    return CallPlan(call.script, complete, voices_of(call), gate)


def voices_of(call: CallFile) -> tuple[CallerAudio, ...]:
    """Everything that the caller plays, in the order of the steps."""
    steps = (step for step in call.script.steps if isinstance(step, CallerStep))
    own = tuple(audio for step in steps if (audio := caller_audio(step, call.path.parent)) is not None)
    return (*own, *(call.script.called.voices if call.script.called else ()))


def caller_audio(step: CallerStep, directory: Path) -> CallerAudio | None:
    """What the caller plays in a step; None for keys and for hanging up."""
    match step.caller:
        case str(text):
            return Speech(text)
        case SoundForm(sound=name):
            return Sound(name)
        case RecordingForm(audio=file, text=text):
            return Recording(directory / file, text)
    return None


def _profile_of(call: CallFile) -> str | Path:
    named = call.script.profile
    beside = call.path.parent / named
    return beside if is_path(named) and beside.is_file() else named


def _merged(base: Profile, call: CallFile) -> Document:
    """The profile's values with the script's on top; each knows where it stands."""
    root = Node.of(base.model_dump(mode="json", by_alias=True, exclude_none=True), f"profile {base.name}")
    own = call.document.root.child("agent")
    fields = dict(own.value) if own is not None and isinstance(own.value, dict) else {}
    fields.pop("faults", None)
    root = _with_settings(root, fields.pop("set", None))
    tools = root.child("tools")
    declared = dict(tools.value) if tools is not None else {}
    for name, spec in _undeclared(call.script, declared).items():
        declared[name] = Node.of(spec, call.document.file)
    return Document(Node({**root.value, **fields, "tools": Node(declared, root.file, None)}, root.file, None))


def _with_settings(root: Node, settings: Node | None) -> Node:
    """The profile's values with single settings on top: dotted keys, each with the line of the script."""
    document = Document(root)
    for key, value in settings.value.items() if settings is not None else ():
        path = tuple(key.split("."))
        for part in reversed(path):
            value = Node({part: value}, value.file, value.line)
        document = overlay(document, Document(value), at=path)
    return document.root


def _undeclared(script: CallScript, declared: Mapping[str, object]) -> dict[str, Any]:
    """Declarations of the tools that only this script's replies know; they return "done"."""
    tools: dict[str, Any] = {}
    for reply in script.agent.replies or ():
        if reply.tool is None or reply.tool in declared:
            continue
        if reply.tool in BUILT_IN_TOOLS:
            tools[reply.tool] = {}
            continue
        spec = tools.setdefault(
            reply.tool, {"description": reply.tool.replace("_", " "), "returns": "done", "parameters": {}}
        )
        spec["parameters"] |= {key: {"type": _json_type(value)} for key, value in reply.args.items()}
    return tools


def _json_type(value: object) -> str:
    types = {bool: "boolean", int: "integer", float: "number"}
    return types.get(type(value), "string")


def _audio_problems(call: CallFile) -> Iterator[Problem]:
    for index, step in enumerate(call.script.steps):
        if not isinstance(step, CallerStep) or not isinstance(step.caller, RecordingForm):
            continue
        place = ("steps", index, "caller", "audio")
        file = call.path.parent / step.caller.audio
        if not file.is_file():
            beside = nearest(step.caller.audio, [other.name for other in call.path.parent.glob("*.wav")])
            yield call.document.problem(place, f"no such file: {file}", beside)
        elif (reason := _unreadable(file)) is not None:
            yield call.document.problem(place, f"cannot be played: {reason}")


def _unreadable(file: Path) -> str | None:
    try:
        return None if read_audio(file).size else f"{file} is empty"
    except (OSError, ValueError) as error:
        return str(error)


def _with_step(problem: Problem) -> Problem:
    """Names the step as people count, from 1."""
    found = _STEP.match(problem.key)
    if found is None:
        return problem
    key = problem.key[found.end() :]
    number = int(found[1]) + 1
    return replace(problem, key=f"step {number}: {key}" if key else f"step {number}")
