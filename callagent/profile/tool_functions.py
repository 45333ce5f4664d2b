"""Functions that a profile names as `package.module:function`: found, imported and looked at."""

import inspect
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from callagent.profile.author_code import load_target
from callagent.profile.native_tools import BroughtTools, is_native, place_of, tools_of
from callagent.profile.own_agents import flaws_of_own, flaws_of_sounds, own_tools, transforms_of
from callagent.profile.profile import Profile
from callagent.profile.sections.tool_parameters import names_of
from callagent.profile.sections.tool_settings import ToolSpec
from callagent.yaml_config.errors import ConfigError, Problem, nearest

Target = Callable[..., Any] | BroughtTools
"""A function, or livekit's tools that it stands for."""

CONTEXT: Final = "context"
"""A first parameter of this name gets livekit's RunContext, unless the tool has an argument that is called so."""


def load_targets(profile: Profile, *, mocked: Collection[str] = ()) -> dict[str, Target]:
    """Return what the profile's tools run, by the name of the tool: functions, and livekit's tools where there are
    such; imports their modules, and calls functions that give tools.

    Servers of which every tool is `mocked` need not be usable.

    They are looked for beside the file that names them, in the working directory, and among what is installed.

    Raises:
        ConfigError: those that cannot be imported, or do not take the parameters of their tool; tools that are there
            twice or do not say what they do; replies that call tools which are not there.
    """
    targets: dict[str, Target] = {}
    problems: list[Problem] = []

    def refuse(key: str, message: str, close: str | None = None) -> None:
        problems.append(profile.places.problem(f"profile {profile.name}", key, message, close))

    for name, spec in profile.tools.items():
        if spec.http is not None and (exposure := spec.http.exposure(os.environ)):
            refuse(f"tools.{name}.http.{spec.http.method}", exposure)
        if spec.run is None:
            continue
        key = f"tools.{name}.run"
        try:
            target = load_target(spec.run, profile.places.directories(key))
            targets[name] = _brought(name, spec, target) if _brings(spec, target) else target
            flaw = None if _brings(spec, target) else signature_flaw(target, names_of(spec.parameters))
        except ValueError as error:
            flaw = str(error)
        if flaw is not None:
            refuse(key, flaw)
    problems += [*transforms_of(profile)[1], *flaws_of_own(profile), *flaws_of_sounds(profile)]
    wanted = {name: server for name, server in profile.mcp.items() if not server.is_mocked(mocked)}
    for name, server in wanted.items():
        for key, message in server.unusable(os.environ, program_directory(profile, name)):
            refuse(f"mcp.{name}.{key}".rstrip("."), message)
    if not problems:
        for key, message, close in _clashes(profile, targets):
            refuse(key, message, close)
    if problems:
        raise ConfigError(*problems)
    return targets


def program_directory(profile: Profile, name: str) -> Path:
    """Return where the program of an MCP server is started: beside the file that names it, else where we are."""
    return profile.places.directories(f"mcp.{name}.command")[0]


def tool_names(profile: Profile) -> list[str]:
    """Return the names that the LLM calls tools by: those of the profile, of the tools that its functions bring, and of
    those that it names of MCP servers.

    Raises:
        ConfigError: such a function cannot be imported.
    """
    own = [*(own_tools(profile) or []), *_of_servers(profile)]
    if not any(spec.brings_tools for spec in profile.tools.values()):
        return [*profile.tools, *own]
    targets = load_targets(profile)
    return [*(each for name in profile.tools for each in _names(name, targets.get(name))), *own]


def all_tools_known(profile: Profile) -> bool:
    """Tell whether `tool_names` has every tool that the agent may have: not where an agent of the author's own or an
    MCP server has tools that are known in the call only.
    """
    return own_tools(profile) is not None and all(server.allowed is not None for server in profile.mcp.values())


def _of_servers(profile: Profile) -> list[str]:
    return [name for server in profile.mcp.values() for name in server.allowed or ()]


def _names(name: str, target: Target | None) -> list[str]:
    return list(target.names) if isinstance(target, BroughtTools) else [name]


def _brings(spec: ToolSpec, target: object) -> bool:
    return spec.brings_tools or is_native(target)


def _brought(name: str, spec: ToolSpec, target: Any) -> BroughtTools:
    said = [key for key, value in (("description", spec.description), ("parameters", spec.parameters)) if value]
    if said:
        it = "it" if len(said) == 1 else "them"
        raise ValueError(f"{place_of(target)} brings its own {' and '.join(said)}; leave {it} out")
    brought = tools_of(name, target)
    if brought.is_async and (useless := spec.changed - {"run"}):
        raise ValueError(
            f"gives an AsyncToolset, which has settings of its own; leave out: {', '.join(sorted(useless))}"
        )
    if spec.background and brought.has_toolsets:
        raise ValueError("gives a Toolset, and `background` is for function tools; make it an AsyncToolset")
    return brought


def _clashes(profile: Profile, targets: Mapping[str, Target]) -> Iterator[tuple[str, str, str | None]]:
    """Tell of tools that are there twice, and of replies that call what is not there: key, message, nearest."""
    first: dict[str, str] = {}
    for name in profile.tools:
        for each in _names(name, targets.get(name)):
            if each in first:
                yield f"tools.{name}", f"brings a tool '{each}', and so does tools.{first[each]}", None
            first.setdefault(each, name)
    first |= dict.fromkeys(_of_servers(profile), "mcp")
    own = own_tools(profile)
    for index, reply in enumerate(profile.replies):
        if reply.tool is not None and own is not None and reply.tool not in (*first, *own):
            yield (
                f"replies[{index}].call",
                f"the profile has no tool '{reply.tool}'",
                nearest(reply.tool, [*first, *own]),
            )


def takes_context(target: Callable[..., Any], parameters: Collection[str]) -> bool:
    """Tell whether the function's first parameter is to get livekit's RunContext."""
    try:
        first = next(iter(inspect.signature(target).parameters.values()), None)
    except (TypeError, ValueError):  # of some functions that are written in C
        return False
    by_position = first is not None and first.kind in (first.POSITIONAL_ONLY, first.POSITIONAL_OR_KEYWORD)
    return first is not None and by_position and first.name == CONTEXT and CONTEXT not in parameters


def signature_flaw(target: Callable[..., Any], parameters: Mapping[str, bool]) -> str | None:
    """Tell why `target` cannot be called with these keywords, as one line; None where it can, or does not tell.

    Args:
        parameters: the keywords, and whether they are always given.
    """
    if inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
        return f"{place_of(target)} is a generator; a tool returns its result"
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):  # of some functions that are written in C
        return None
    takes = list(signature.parameters.values())[takes_context(target, parameters) :]
    named = {each.name: each for each in takes if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)}
    positional = [each.name for each in takes if each.kind is each.POSITIONAL_ONLY]
    flaws = [f"takes {name!r} by position only" for name in positional]
    if not any(each.kind is each.VAR_KEYWORD for each in takes):
        flaws += [f"does not take the parameter {name!r}" for name in parameters if name not in (*named, *positional)]
    for name, each in named.items():
        if each.default is each.empty and name not in parameters:
            flaws.append(f"needs {name!r}, which is no parameter of the tool")
        elif each.default is each.empty and not parameters[name]:
            flaws.append(f"needs {name!r}, which is not required of the LLM; give it a default")
    return f"{place_of(target)} {', '.join(flaws)}" if flaws else None
