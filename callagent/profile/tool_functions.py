"""Functions that a profile names as `package.module:function`: found, imported and looked at."""

import contextlib
import importlib
import inspect
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from callagent.profile.author_modules import import_from, provides
from callagent.profile.profile import Profile
from callagent.yaml_config.errors import ConfigError, Problem, nearest
from callagent.yaml_config.yaml_file import shown

Target = Callable[..., Any]


def load_targets(profile: Profile) -> dict[str, Target]:
    """Return the functions that the profile's tools run, by the name of the tool; imports their modules.

    They are looked for beside the file that names them, in the working directory, and among what is installed.

    Raises:
        ConfigError: those that cannot be imported, or do not take the parameters of their tool.
    """
    targets: dict[str, Target] = {}
    problems: list[Problem] = []
    for name, spec in profile.tools.items():
        if spec.run is None:
            continue
        key = f"tools.{name}.run"
        try:
            targets[name] = load_target(spec.run, profile.places.directories(key))
            flaw = signature_flaw(targets[name], spec.parameters)
        except ValueError as error:
            flaw = str(error)
        if flaw is not None:
            problems.append(profile.places.problem(f"profile {profile.name}", key, flaw))
    if problems:
        raise ConfigError(*problems)
    return targets


@lru_cache(maxsize=256)
def load_target(path: str, directories: tuple[Path, ...]) -> Target:
    """Return the function at `path`, its module being looked for in `directories`, in
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
    if not callable(target):
        raise ValueError(f"{attribute!r} in {_source(module)} cannot be called: it is of type {type(target).__name__}")
    return target  # type: ignore[no-any-return]  # callable() does not narrow getattr's Any


def signature_flaw(target: Target, parameters: Collection[str]) -> str | None:
    """Tell why `target` cannot be called with these keywords, as one line; None where it can, or does not tell."""
    if inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
        return f"{_place(target)} is a generator; a tool returns its result"
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):  # of some functions that are written in C
        return None
    takes = signature.parameters.values()
    named = {each.name: each for each in takes if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)}
    positional = [each.name for each in takes if each.kind is each.POSITIONAL_ONLY]
    flaws = [f"takes {name!r} by position only" for name in positional]
    if not any(each.kind is each.VAR_KEYWORD for each in takes):
        flaws += [f"does not take the parameter {name!r}" for name in parameters if name not in (*named, *positional)]
    flaws += [
        f"needs {name!r}, which is no parameter of the tool"
        for name, each in named.items()
        if each.default is each.empty and name not in parameters
    ]
    return f"{_place(target)} {', '.join(flaws)}" if flaws else None


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


def _place(target: Target) -> str:
    code = getattr(inspect.unwrap(target), "__code__", None)
    if code is None:
        return repr(target)
    return f"{code.co_name} ({shown(code.co_filename)}:{code.co_firstlineno})"


def _hint(word: str, known: Iterable[str]) -> str:
    near = nearest(word, [name for name in known if not name.startswith("_")])
    return f"; did you mean {near!r}?" if near else ""
