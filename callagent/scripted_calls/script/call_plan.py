"""From a script to a call that can be made: its profile, what the caller plays, and whether the two go together."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from callagent.call_context import CallContext, load_zones
from callagent.profile import (
    BUILT_IN_TOOLS,
    Profile,
    all_tools_known,
    load_profile,
    load_targets,
    own_tools,
    tool_names,
)
from callagent.profile.inheritance import overlay
from callagent.profile.paths import is_path
from callagent.scripted_calls.measure.labels import labels_of
from callagent.scripted_calls.script.call_file import CallFile, voices_of, with_step
from callagent.scripted_calls.script.call_script import CallScript
from callagent.scripted_calls.script.caller import CallerAudio
from callagent.scripted_calls.script.script_checks import profile_flaws
from callagent.scripted_calls.script.steps.base import PlannedCall
from callagent.turns import GateConfig
from callagent.yaml_config import ConfigError, Document, Flaw, Problem, nearest, validate
from callagent.yaml_config.yaml_file import KeyPath, Node

GateName = Literal["callagent", "stock"]


@dataclass(frozen=True)
class CallPlan:
    """One call about to be made.

    `profile` is complete: the script's `agent` part is already merged into it (greeting, replies, `otherwise`, and a
    declaration for each tool that a reply calls and the profile does not declare).
    `profile_file` is the file of the profile where that is a path, empty where it is a name.
    `voices` is everything the caller will play, so that a level can synthesise it before the call begins. `context` is
    what an agent in this process is told of the call.
    """

    script: CallScript
    profile: Profile
    voices: Sequence[CallerAudio]
    gate: GateName = "callagent"
    profile_file: str = ""
    context: CallContext = field(default_factory=CallContext)


def plan_call(
    call: CallFile,
    *,
    profile: str | None = None,
    sets: Sequence[str] = (),
    gate: GateName = "callagent",
    env: Mapping[str, str] | None = None,
) -> CallPlan:
    """Plan the call as it will be made: the script's `agent` part is merged into its profile, or into `profile`.

    Raises:
        ConfigError: the profile is not valid, or not with this script, or a function of its tools cannot be used.
    """
    named = profile or _profile_of(call)
    base = load_profile(named, sets=sets, env=env)
    merged = _merged(base, call)
    try:
        complete = validate(Profile, merged).placed_as(base)
        if problems := list(_problems(call, complete)):
            raise ConfigError(*problems)
        load_targets(complete, mocked=frozenset(call.script.agent.mock))
    except ConfigError as error:
        raise ConfigError(*map(with_step, error.problems)) from error
    file, script = str(Path(named).resolve()) if is_path(named) else "", call.script
    context = script.context.read(script.direction)
    load_zones(context, complete.time_zone)
    return CallPlan(script, complete, voices_of(call), gate, file, context)


def _problems(call: CallFile, profile: Profile) -> Iterator[Problem]:
    """Tell of expectations that no event could meet, prohibitions that nothing could break, faults of what is not."""
    script = call.script
    labels = labels_of(script.steps, GateConfig.from_profile(profile).lexicon)
    planned = PlannedCall(profile, frozenset(label.meaning for label in labels if label.meaning), script.direction)
    flaws = profile_flaws(script.steps, script.never, script.must, planned)
    for flaw in (*flaws, *_tool_flaws(script, profile)):
        yield call.document.problem(_as_written(call.document, flaw.path), flaw.message, flaw.nearest)


def _as_written(document: Document, path: KeyPath) -> KeyPath:
    """Return the path of an entry of `must` as it is where that is one mapping instead of a list."""
    must = document.root.child("must")
    alone = path[:1] == ("must",) and must is not None and isinstance(must.value, dict)
    return (*path[:1], *path[2:]) if alone else path


def _tool_flaws(script: CallScript, profile: Profile) -> Iterator[Flaw]:
    """Tell of faults and mocks of tools that the agent has not got."""
    faulty = [("agent", "faults", "tool", name) for name in script.agent.faults.tool]
    paths = [*faulty, *(("agent", "mock", name) for name in script.agent.mock)]
    if not paths or not all_tools_known(profile):
        return
    names = [*tool_names(profile), *profile.tools]
    for path in paths:
        if path[-1] not in names:
            yield Flaw(path, f"the agent has no tool '{path[-1]}'", nearest(path[-1], names))


def _profile_of(call: CallFile) -> str | Path:
    named = call.script.profile
    beside = call.path.parent / named
    return beside if is_path(named) and beside.is_file() else named


def _merged(base: Profile, call: CallFile) -> Document:
    """Put the script's values on top of the profile's; each knows where it stands."""
    root = Node.of(base.model_dump(mode="json", by_alias=True, exclude_none=True), f"profile {base.name}")
    own = call.document.root.child("agent")
    fields = dict(own.value) if own is not None and isinstance(own.value, dict) else {}
    for key in ("faults", "mock", "pace"):
        fields.pop(key, None)
    root = _with_settings(root, fields.pop("set", None))
    tools = root.child("tools")
    declared = dict(tools.value) if tools is not None else {}
    undeclared = _undeclared(call.script, {*declared, *tool_names(base)}) if own_tools(base) is not None else {}
    for name, spec in undeclared.items():
        declared[name] = Node.of(spec, call.document.file)
    return Document(Node({**root.value, **fields, "tools": Node(declared, root.file, None)}, root.file, None))


def _with_settings(root: Node, settings: Node | None) -> Node:
    """Put single settings on top of the profile's values: dotted keys, each with the line of the script."""
    document = Document(root)
    for key, value in settings.value.items() if settings is not None else ():
        path = tuple(key.split("."))
        for part in reversed(path):
            value = Node({part: value}, value.file, value.line)
        document = overlay(document, Document(value), at=path)
    return document.root


def _undeclared(script: CallScript, declared: Set[str]) -> dict[str, Any]:
    """Declare the tools that only this script's replies know; they return "done"."""
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
