"""The profile of one call: what the context asks for, or the default one where that cannot be used."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from callagent.agent import GateMode, Sounds
from callagent.call_context import load_zones
from callagent.profile import Profile, ToolMock
from callagent.profile.paths import profile_names
from callagent.providers import Providers, make_providers
from callagent.telephony import NO_ROUTES, CallContext, Routes, Source, choose_profile
from callagent.worker.config import WorkerConfig
from callagent.worker.process.profile_cache import Ready, Shelf
from callagent.yaml_config import ConfigError


@dataclass(frozen=True)
class Brief:
    """What a call's context asks for.

    Args:
        profile: name of the profile to use.
        source: what chose it.
        script: in development, fields of the profile for this call only (greeting, replies, …).
        gate: in development, `stock` turns the interruption gate off.
        problems: what could not be followed, one line each.
        mocks: in development, what tools do instead of their own code.
        watched: in development, paths in the author's state whose changes the room is told.
    """

    profile: str
    source: Source = "default"
    script: Mapping[str, Any] = field(default_factory=dict)
    gate: GateMode = "callagent"
    problems: tuple[str, ...] = ()
    mocks: Mapping[str, ToolMock] = field(default_factory=dict)
    watched: tuple[str, ...] = ()


def read_brief(
    context: CallContext,
    *,
    default: str,
    known: Callable[[], Collection[str]],
    dev: bool,
    routes: Routes = NO_ROUTES,
) -> Brief:
    """Choose the profile of a call, and read what the dispatch may add to it in development."""
    choice = choose_profile(context, default=default, known=known, routes=routes)
    problems = [*context.problems, *choice.problems]
    script: object = context.metadata.get("agent", {}) if dev else {}
    if not isinstance(script, Mapping):
        problems.append("the agent script in the dispatch metadata is not a mapping")
        script = {}
    gate: GateMode = "stock" if dev and context.metadata.get("gate") == "stock" else "callagent"
    mocks = _mocks(context.metadata.get("mock", {}), problems) if dev else {}
    watched = _watched(context.metadata.get("watch_state")) if dev else ()
    return Brief(choice.profile, choice.source, script, gate, tuple(problems), mocks, watched)


def _mocks(given: object, problems: list[str]) -> Mapping[str, ToolMock]:
    try:
        return TypeAdapter(dict[str, ToolMock]).validate_python(given)
    except ValidationError:
        problems.append("the mocked tools in the dispatch metadata are none")
        return {}


def _watched(given: object) -> tuple[str, ...]:
    return tuple(path for path in given if isinstance(path, str)) if isinstance(given, list) else ()


SOURCE = "dispatch metadata"

FIXED = frozenset({"name", "description", "extends", "abstract", "providers", "provider_options"})
"""Fields that the worker's own profile decides."""

CODE = frozenset({"agent", "state", "hooks", "mcp", "agents"})
"""Fields that name code or programs to run: what comes over the network chooses none."""

CODE_BELOW = (("speech", "transforms"), ("flow", "on_wake_up"))
"""The same, within sections."""


def overlay(profile: Profile, fields: Mapping[str, Any]) -> Profile:
    """Return the profile with some fields replaced, validated as a whole.

    Tools of the profile stay as they are, and new ones cannot name a function to run: what comes over the network does
    not choose code.

    Raises:
        ConfigError: the fields do not make a valid profile.
    """
    if not fields:
        return profile
    for key in sorted((FIXED | CODE) & fields.keys()):
        raise ConfigError.single(SOURCE, "cannot be changed for one call", key=key)
    own = profile.model_dump(mode="json", by_alias=True)
    for section, key in CODE_BELOW:
        given = fields.get(section)
        if isinstance(given, Mapping) and given.get(key, own[section][key]) != own[section][key]:
            raise ConfigError.single(SOURCE, "a function to run must stand in the profile", key=f"{section}.{key}")
    merged = {**own, **fields, "tools": {**_tools(fields.get("tools", {}), own["tools"]), **own["tools"]}}
    try:
        return Profile.model_validate(merged).placed_as(profile)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigError.single(SOURCE, first["msg"], key=".".join(map(str, first["loc"]))) from None


def _tools(tools: Any, own: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(tools, Mapping):
        raise ConfigError.single(SOURCE, "needs a mapping", key="tools")
    for name, tool in tools.items():
        if name not in own and isinstance(tool, Mapping) and tool.get("run"):
            raise ConfigError.single(SOURCE, "a function to run must stand in the profile", key=f"tools.{name}.run")
    return dict(tools)


@dataclass(frozen=True)
class Chosen:
    """The profile of a call as its number and its brief want it, and what was made ahead in its voice.

    Args:
        instead: the same with the default profile; None where it is that one.
        profile_hash: SHA-256 of the profile, by which calls with the same one are known.
    """

    profile: Profile
    sounds: Sounds
    brief: Brief
    instead: "Chosen | None" = None
    profile_hash: str = ""


def choose(config: WorkerConfig, shelf: Shelf, context: CallContext) -> Chosen:
    """Follow the brief of a call as far as it can be followed. Blocks."""
    brief = read_brief(
        context, default=config.profile, known=lambda: _known_profiles(config), dev=config.dev, routes=config.routes
    )
    if brief.profile == config.profile:
        return _tailored(shelf.default, brief, context)
    fallback = _tailored(shelf.default, replace(brief, profile=config.profile, source="default"), context)
    try:
        ready = shelf.take(brief.profile)
    except ConfigError as error:
        return _noting(fallback, error)
    return replace(_tailored(ready, brief, context), instead=fallback)


def provided(chosen: Chosen) -> tuple[Chosen, Providers]:
    """Return the call with its providers; with those of the default profile where its own cannot be made.

    Raises:
        ConfigError: those of the default profile cannot be made either.
    """
    try:
        return chosen, make_providers(chosen.profile)
    except ConfigError as error:
        if chosen.instead is None:
            raise
        fallback = _noting(chosen.instead, error)
        return fallback, make_providers(fallback.profile)


def _tailored(ready: Ready, brief: Brief, context: CallContext) -> Chosen:
    profile = ready.profile.for_number(context.own_number)
    load_zones(context, profile.time_zone)
    try:
        tailored = overlay(profile, brief.script)
    except ConfigError as error:
        return _noting(Chosen(profile, ready.sounds, brief, profile_hash=hash_of(profile)), error)
    return Chosen(tailored, ready.sounds, brief, profile_hash=hash_of(tailored))


def hash_of(profile: Profile) -> str:
    """Return the SHA-256 of all that a profile says, its bases and overrides included."""
    return hashlib.sha256(profile.model_dump_json(by_alias=True).encode()).hexdigest()


def _noting(chosen: Chosen, error: ConfigError) -> Chosen:
    return replace(chosen, brief=replace(chosen.brief, problems=(*chosen.brief.problems, str(error))))


def _known_profiles(config: WorkerConfig) -> frozenset[str]:
    return frozenset((*profile_names(), *config.profile_files))
