"""What a profile takes from its author beside tools: agent, state, hooks, functions for text and silences, sounds."""

import inspect
from collections.abc import AsyncIterable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast, get_type_hints

from callagent.profile.author_code import answers_later, call_flaw, can_be_called, load_target
from callagent.profile.native_tools import is_native, place_of
from callagent.profile.profile import Profile
from callagent.profile.sections.background_settings import clip_name
from callagent.yaml_config.errors import ConfigError, Problem, nearest
from callagent.yaml_config.yaml_file import shown

TextTransform = Callable[[AsyncIterable[str]], AsyncIterable[str]]
"""What livekit's `tts_text_transforms` take."""


def own_tools(profile: Profile) -> list[str] | None:
    """Return the names of the tools that agents have besides those of the profile: the author's own as methods, several
    of a profile to hand over and to ask. None where that cannot be known: of a function that does not say of which
    class its agent is, or whose module cannot be imported.
    """
    known = [tool for agent in profile.agents.values() for tool in agent.own_tools]
    try:
        makers = [load_own(profile, "agent"), *(load_agent(profile, name) for name in profile.agents)]
    except ValueError:
        return None
    for maker in makers:
        if maker is not None:
            found = _methods_of(maker)
            if found is None:
                return None
            known += found
    return list(dict.fromkeys(known))


def _methods_of(made: Callable[..., Any]) -> list[str] | None:
    """Return the names of the tools of an agent that `made` is the class of, or makes."""
    from livekit.agents.llm import find_function_tools

    try:
        kind = made if inspect.isclass(made) else get_type_hints(made).get("return")
    except (NameError, TypeError):  # names of types that are there for a type checker only
        return None
    if not inspect.isclass(kind) or kind.__module__.startswith("livekit."):
        return None
    return [tool.id for tool in find_function_tools(kind)]


def load_own(profile: Profile, key: Literal["agent", "state"]) -> Callable[..., Any] | None:
    """Return what the profile's `agent` or `state` names; None where it names nothing.

    Raises:
        ValueError: it cannot be imported, or not be called as it will be.
    """
    path: str | None = getattr(profile, key)
    return None if path is None else _maker(profile, path, key, of_agent=key == "agent")


def load_agent(profile: Profile, name: str) -> Callable[..., Any] | None:
    """Return what the `agent` of one of the profile's agents names; None where it names nothing.

    Raises:
        ValueError: as `load_own`.
    """
    path = profile.agents[name].agent
    return None if path is None else _maker(profile, path, f"agents.{name}.agent", of_agent=True)


def _maker(profile: Profile, path: str, key: str, *, of_agent: bool) -> Callable[..., Any]:
    target = load_target(path, profile.places.directories(key))
    if not callable(target) or is_native(target):
        raise ValueError(f"{path!r} is neither a class nor a function")
    if answers_later(target):
        raise ValueError(f"{place_of(target)} must return it at once; a coroutine or a generator does not")
    needs_call = of_agent and not can_be_called(target)
    flaw = call_flaw(target, *(["call"] if needs_call else []))
    if flaw is not None:
        raise ValueError(flaw)
    return cast("Callable[..., Any]", target)


def load_wake_up(profile: Profile) -> Callable[..., Any] | None:
    """Return what `flow.on_wake_up` names; None where it names nothing.

    Raises:
        ValueError: it cannot be imported, or be called neither with a call nor with nothing.
    """
    path = profile.flow.on_wake_up
    return None if path is None else _function(profile, path, "flow.on_wake_up", wake_up_flaw)


def load_hook(profile: Profile, key: Literal["started", "ended"]) -> Callable[..., Any] | None:
    """Return what the profile's `hooks` name for that moment; None where they name nothing.

    Raises:
        ValueError: it cannot be imported, or not be called with a call.
    """
    path: str | None = getattr(profile.hooks, key)
    return None if path is None else _function(profile, path, f"hooks.{key}", _hook_flaw)


def _function(
    profile: Profile, path: str, key: str, flaw_of: Callable[[Callable[..., Any]], str | None]
) -> Callable[..., Any]:
    target = load_target(path, profile.places.directories(key))
    if not callable(target) or is_native(target):
        raise ValueError(f"{path!r} is no function")
    if (flaw := flaw_of(target)) is not None:
        raise ValueError(flaw)
    return cast("Callable[..., Any]", target)


def _hook_flaw(target: Callable[..., Any]) -> str | None:
    return _generator_flaw(target) or call_flaw(target, "call")


def _generator_flaw(target: Callable[..., Any]) -> str | None:
    if inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
        return f"{place_of(target)} is a generator, which nobody runs through"
    return None


def wake_up_flaw(target: Callable[..., Any]) -> str | None:
    """Tell why a function cannot be called when nobody has spoken for a while, as one line; None where it can."""
    return _generator_flaw(target) or (None if can_be_called(target) else call_flaw(target, "call"))


def flaws_of_own(profile: Profile) -> Iterator[Problem]:
    """Tell of an `agent`, a `state` or a hook that cannot be used, and where it stands."""
    looks: dict[str, Callable[[], object]] = {
        "agent": partial(load_own, profile, "agent"),
        "state": partial(load_own, profile, "state"),
        **{f"agents.{name}.agent": partial(load_agent, profile, name) for name in profile.agents},
        "hooks.started": partial(load_hook, profile, "started"),
        "hooks.ended": partial(load_hook, profile, "ended"),
        "flow.on_wake_up": partial(load_wake_up, profile),
    }
    for key, look in looks.items():
        try:
            look()
        except ValueError as error:
            yield profile.places.problem(f"profile {profile.name}", key, str(error))
    if profile.flow.on_wake_up is not None and profile.flow.idle is None:
        message = "is never called: flow.idle says after which silence, and is not set"
        yield profile.places.problem(f"profile {profile.name}", "flow.on_wake_up", message)


def flaws_of_sounds(profile: Profile) -> Iterator[Problem]:
    """Tell of sound files of `background` that are not there."""
    for key in ("background.ambient", "background.thinking"):
        name: str | None = getattr(profile.background, key.rpartition(".")[2])
        if name is None or clip_name(name) is not None:
            continue
        file = profile.places.beside(key, name)
        if not file.is_file():
            beside = [each.name for each in file.parent.glob("*") if each.is_file()]
            near = nearest(file.name, beside)
            yield profile.places.problem(f"profile {profile.name}", key, f"no such file: {shown(file)}", near)


def load_transforms(profile: Profile) -> list[TextTransform]:
    """Return the functions of `speech.transforms`. Raise ConfigError as `load_targets` does."""
    found, problems = transforms_of(profile)
    if problems:
        raise ConfigError(*problems)
    return found


def transforms_of(profile: Profile) -> tuple[list[TextTransform], list[Problem]]:
    """Return the functions of `speech.transforms`, and what is wrong with the others."""
    found: list[TextTransform] = []
    problems: list[Problem] = []
    for index, path in enumerate(profile.speech.transforms):
        key = f"speech.transforms[{index}]"
        try:
            found.append(load_transform(path, profile.places.directories(key)))
        except ValueError as error:
            problems.append(profile.places.problem(f"profile {profile.name}", key, str(error)))
    return found, problems


def load_transform(path: str, directories: tuple[Path, ...]) -> TextTransform:
    """Return the text transform at `path`, as `load_target` finds it.

    Raises:
        ValueError: as there; or it is none.
    """
    target = load_target(path, directories)
    if not callable(target):
        raise ValueError(f"{path!r} is no function")
    if inspect.iscoroutinefunction(target) or inspect.isgeneratorfunction(target):
        raise ValueError(f"{place_of(target)} must yield its text: `async for piece in text: yield piece`")
    flaw = call_flaw(target, "text")
    if flaw is not None:
        raise ValueError(flaw)
    return cast("TextTransform", target)
