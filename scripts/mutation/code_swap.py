"""Putting the code of a mutant into the functions that are there already: nothing is imported anew."""

import gc
from collections.abc import Collection, Iterator
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, Protocol


def live_functions() -> dict[str, list[FunctionType]]:
    """Return every function that there is, by the file it comes from."""
    found: dict[str, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if type(thing) is FunctionType:
            found.setdefault(thing.__code__.co_filename, []).append(thing)
    return found


class Cache(Protocol):
    """What `lru_cache` makes of a function."""

    def cache_clear(self) -> None:
        """Forget every answer."""


def live_caches(files: Collection[str]) -> list[Cache]:
    """Return the functions of these files that remember their answers.

    A test that is answered from memory does not reach the code, though it would notice a change of it.
    """
    kind = type(lru_cache(len))
    caches: list[Any] = [thing for thing in gc.get_objects() if type(thing) is kind]
    return [cache for cache in caches if _file(cache.__wrapped__) in files]


def _file(function: object) -> str:
    code = getattr(function, "__code__", None)
    return code.co_filename if isinstance(code, CodeType) else ""


def swapped(path: str, before: str, after: str) -> dict[CodeType, CodeType] | None:
    """Tell which code of the file becomes which; None when only a new import can bring the change about."""
    old = list(_inner(compile(before, path, "exec", dont_inherit=True)))
    new = list(_inner(compile(after, path, "exec", dont_inherit=True)))
    if len(old) != len(new) or any(a.co_freevars != b.co_freevars for a, b in zip(old, new, strict=True)):
        return None
    return {a: b for a, b in zip(old, new, strict=True) if a != b} or None


def knows(functions: list[FunctionType], codes: dict[CodeType, CodeType]) -> bool:
    """Tell whether any of the functions has code that is to be changed."""
    return any(function.__code__ in codes for function in functions)


def swap(functions: list[FunctionType], codes: dict[CodeType, CodeType]) -> None:
    """Give the functions their new code."""
    for function in functions:
        function.__code__ = codes.get(function.__code__, function.__code__)


def _inner(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner(constant)
