"""What a profile names as `package.module:name`: found, imported, and looked at whether it can be called."""

import contextlib
import importlib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from callagent.profile.author_modules import import_from, provides
from callagent.profile.native_tools import is_native, place_of
from callagent.profile.source_snapshot import forgotten_with_sources
from callagent.yaml_config.errors import did_you_mean, nearest
from callagent.yaml_config.yaml_file import shown


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


forgotten_with_sources(load_target.cache_clear)


def can_be_called(target: Callable[..., Any], *arguments: str) -> bool:
    """Tell whether `target` can be called with so many arguments by position."""
    try:
        inspect.signature(target).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # of some functions that are written in C
        return True
    return True


def call_flaw(target: Callable[..., Any], *arguments: str) -> str | None:
    """Tell why `target` cannot be called with so many arguments by position, as one line; None where it can. The line
    names its place, for which its file is read.
    """
    if can_be_called(target, *arguments):
        return None
    return f"{place_of(target)} must take {' and '.join(arguments) or 'nothing'}, by position"


def answers_later(target: object) -> bool:
    """Tell whether a function gives nothing at once, but a coroutine or a generator."""
    return (
        inspect.iscoroutinefunction(target) or inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target)
    )


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


def last_line(error: BaseException, is_own: Callable[[str], bool]) -> tuple[str, int] | None:
    """Return file and line of the last code on the way to an error that is the author's, as `is_own` tells of its file;
    None where there is none. Reads no file.
    """
    places = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__))
    return next(reversed([place for place in places if is_own(place[0])]), None)


def _message(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error)


def _where(error: BaseException, directories: Sequence[Path]) -> str:
    """Return the last line of the author's code on the way to the error, in brackets."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({shown(error.filename)}:{error.lineno})"
    at = last_line(error, lambda file: _is_of(file, directories))
    return f" ({shown(at[0])}:{at[1]})" if at else ""


def _is_of(file: str, directories: Iterable[Path]) -> bool:
    path = Path(file)
    own = any(path.is_relative_to(directory) for directory in directories)
    return own and path != Path(__file__) and "site-packages" not in path.parts


def _source(module: object) -> str:
    return shown(getattr(module, "__file__", None) or repr(module))


def _hint(word: str, known: Iterable[str]) -> str:
    return did_you_mean(nearest(word, [name for name in known if not name.startswith("_")]))
