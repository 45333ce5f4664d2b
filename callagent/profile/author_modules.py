"""Python modules beside a profile, imported as a program in that directory would import them.

Two profiles in different directories may each have a `shop.py`: each gets its own, and whatever that imports from its
directory when it is loaded. The modules have their ordinary names, so that they may import each other.
"""

import contextlib
import importlib
import sys
import threading
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from callagent.profile.source_snapshot import forgotten_with_sources, module_in

_loaded: dict[Path, dict[str, ModuleType]] = {}
"""What was imported from each directory, by name."""

_one_at_a_time = threading.RLock()
"""`sys.modules` and `sys.path` are those of one directory while a module of it is imported."""


def provides(directory: Path, name: str) -> bool:
    """Tell whether the module `name`, dots and all, lies in `directory`."""
    if module_in(directory, name):
        return True
    importlib.invalidate_caches()
    path: list[str] | None = [str(directory)]
    spec: ModuleSpec | None = None
    for part in name.split("."):
        spec = PathFinder.find_spec(part, path) if path else None
        if spec is None:
            return False
        path = list(spec.submodule_search_locations or ())
    return spec is not None and spec.loader is not None and spec.origin is not None


def import_from(directory: Path, name: str) -> ModuleType:
    """Return the module `name` of `directory`, imported once. What it imports later, when it runs, is found there too.

    Raises whatever the module raises.
    """
    with _one_at_a_time, _as_a_program_in(directory, name):
        return importlib.import_module(name)


def imported_modules() -> dict[Path, ModuleType]:
    """Return all modules that were imported from such directories, by their files."""
    modules = [module for loaded in _loaded.values() for module in loaded.values()]
    files = ((getattr(module, "__file__", None), module) for module in modules)
    return {Path(file).resolve(): module for file, module in files if file}


def imported_files() -> list[Path]:
    """List the files of all modules that were imported from such directories."""
    return [*imported_modules()]


def _forget() -> None:
    """Import all of them again when they are asked for next."""
    for modules in _loaded.values():
        for name, module in modules.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
    _loaded.clear()


forgotten_with_sources(_forget)


@contextlib.contextmanager
def _as_a_program_in(directory: Path, name: str) -> Iterator[None]:
    own = _loaded.setdefault(directory, {})
    elsewhere = {_top(other) for place, modules in _loaded.items() if place != directory for other in modules}
    clashing = {*elsewhere, _top(name)}
    others = {
        each: module
        for each, module in list(sys.modules.items())
        if _top(each) in clashing and not _lies_in(directory, sys.modules.get(_top(each)))
    }
    for each in others:
        del sys.modules[each]
    sys.modules.update(own)
    before = {_top(each) for each in sys.modules} - {_top(each) for each in own}
    sys.path.insert(0, str(directory))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):  # a module may have changed the path itself
            sys.path.remove(str(directory))
        if str(directory) not in sys.path:
            sys.path.append(str(directory))
        new = {each: module for each, module in list(sys.modules.items()) if _top(each) not in before}
        own |= {each: m for each, m in new.items() if _lies_in(directory, sys.modules.get(_top(each)))}
        sys.modules.update(others)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _lies_in(directory: Path, module: ModuleType | None) -> bool:
    """Tell whether a module that is no part of a package, or a package, lies directly in `directory`."""
    file, path = getattr(module, "__file__", None), getattr(module, "__path__", None)
    places = list(path) if path is not None else [file] if file else []
    return any(Path(place).parent == directory for place in places)
