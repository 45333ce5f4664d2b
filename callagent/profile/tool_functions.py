"""Functions that a profile names as `package.module:function`: found, imported and looked at."""

import contextlib
import importlib
import inspect
import os
import sys
import traceback
from collections.abc import AsyncIterable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, cast

from callagent.profile.author_modules import import_from, provides
from callagent.profile.native_tools import BroughtTools, is_native, place_of, tools_of
from callagent.profile.profile import Profile
from callagent.profile.sections.tool_parameters import names_of
from callagent.profile.sections.tool_settings import ToolSpec
from callagent.yaml_config.errors import ConfigError, Problem, nearest
from callagent.yaml_config.yaml_file import shown

Target = Callable[..., Any] | BroughtTools
"""A function, or livekit's tools that it stands for."""

TextTransform = Callable[[AsyncIterable[str]], AsyncIterable[str]]
"""What livekit's `tts_text_transforms` take."""

CONTEXT: Final = "context"
"""A first parameter of this name gets livekit's RunContext, unless the tool has an argument that is called so."""


def load_targets(profile: Profile) -> dict[str, Target]:
    """Return what the profile's tools run, by the name of the tool: functions, and livekit's tools where there are
    such; imports their modules, and calls functions that give tools.

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
    problems += [*_transforms(profile)[1], *_flaws_of_own(profile)]
    if not problems:
        for key, message, close in _clashes(profile, targets):
            refuse(key, message, close)
    if problems:
        raise ConfigError(*problems)
    return targets


def tool_names(profile: Profile) -> list[str]:
    """Return the names that the LLM calls tools by: those of the profile, and of the tools that its functions bring.

    Raises:
        ConfigError: such a function cannot be imported.
    """
    if not any(spec.brings_tools for spec in profile.tools.values()):
        return list(profile.tools)
    targets = load_targets(profile)
    return [each for name in profile.tools for each in _names(name, targets.get(name))]


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
    for index, reply in enumerate(profile.replies):
        if reply.tool is not None and reply.tool not in first:
            yield f"replies[{index}].call", f"the profile has no tool '{reply.tool}'", nearest(reply.tool, first)


@lru_cache(maxsize=256)
def load_target(path: str, directories: tuple[Path, ...]) -> Any:
    """Return the function, or what else is a tool, at `path`, its module being looked for in `directories`, in
    this order, and then as `import` does.

    It is looked for once; calls that ask again are answered without the file system.

    Raises:
        ValueError: it is not there, its module cannot be imported, or it cannot be called. The message is one line and
            names file and line of the author's code where the mistake is there.
    """
    name, _, attribute = path.partition(":")
    found = dict.fromkeys(directory.resolve() for directory in directories)
    try:
        module = _import(name, list(found))
    except ImportError as error:
        raise ValueError(f"cannot import {path!r}: {error}") from error
    if not hasattr(module, attribute):
        raise ValueError(f"{_source(module)} has no function {attribute!r}{_hint(attribute, vars(module))}")
    target = getattr(module, attribute)
    if not callable(target) and not is_native(target):
        raise ValueError(f"{attribute!r} in {_source(module)} cannot be called: it is of type {type(target).__name__}")
    return target


def load_own(profile: Profile, key: Literal["agent", "state"]) -> Callable[..., Any] | None:
    """Return what the profile's `agent` or `state` names; None where it names nothing.

    Raises:
        ValueError: it cannot be imported, or not be called as it will be.
    """
    path: str | None = getattr(profile, key)
    if path is None:
        return None
    target = load_target(path, profile.places.directories(key))
    if not callable(target) or is_native(target):
        raise ValueError(f"{path!r} is neither a class nor a function")
    if inspect.iscoroutinefunction(target) or inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
        raise ValueError(f"{place_of(target)} must return it at once; a coroutine or a generator does not")
    flaw = call_flaw(target)
    if key == "agent" and flaw is not None:
        flaw = call_flaw(target, "call")
    if flaw is not None:
        raise ValueError(flaw)
    return cast("Callable[..., Any]", target)


def _flaws_of_own(profile: Profile) -> Iterator[Problem]:
    keys: tuple[Literal["agent", "state"], ...] = ("agent", "state")
    for key in keys:
        try:
            load_own(profile, key)
        except ValueError as error:
            yield profile.places.problem(f"profile {profile.name}", key, str(error))


def load_transforms(profile: Profile) -> list[TextTransform]:
    """Return the functions of `speech.transforms`. Raise ConfigError as `load_targets` does."""
    found, problems = _transforms(profile)
    if problems:
        raise ConfigError(*problems)
    return found


def _transforms(profile: Profile) -> tuple[list[TextTransform], list[Problem]]:
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


def call_flaw(target: Callable[..., Any], *arguments: str) -> str | None:
    """Tell why `target` cannot be called with so many arguments by position, as one line; None where it can."""
    try:
        inspect.signature(target).bind(*arguments)
    except TypeError:
        return f"{place_of(target)} must take {' and '.join(arguments) or 'nothing'}, by position"
    except ValueError:  # of some functions that are written in C
        return None
    return None


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


def _import(name: str, directories: Sequence[Path]) -> object:
    beside = next((directory for directory in directories if provides(directory, name)), None)
    try:
        # What a module prints while it is imported is no part of the output.
        with contextlib.redirect_stdout(sys.stderr):
            return importlib.import_module(name) if beside is None else import_from(beside, name)
    except (Exception, SystemExit) as error:  # the author's code runs here, and may raise anything
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if beside is None and missing is not None and f"{name}.".startswith(f"{missing}."):
            known = [path.stem for directory in directories for path in directory.glob("*.py")]
            where = "beside the profile, in the working directory or installed"
            raise ImportError(f"there is no module {name!r} {where}{_hint(name, known)}") from error
        what = " ".join(f"{type(error).__name__}: {_message(error)}".split())
        raise ImportError(f"{what}{_where(error, directories)}") from error


def _message(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error)


def _where(error: BaseException, directories: Sequence[Path]) -> str:
    """Return the last line of the author's code on the way to the error, in brackets."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({shown(error.filename)}:{error.lineno})"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_of(frame.filename, directories)]
    return f" ({shown(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""


def _is_of(file: str, directories: Iterable[Path]) -> bool:
    path = Path(file)
    own = any(path.is_relative_to(directory) for directory in directories)
    return own and path != Path(__file__) and "site-packages" not in path.parts


def _source(module: object) -> str:
    return shown(getattr(module, "__file__", None) or repr(module))


def _hint(word: str, known: Iterable[str]) -> str:
    near = nearest(word, [name for name in known if not name.startswith("_")])
    return f"; did you mean {near!r}?" if near else ""
