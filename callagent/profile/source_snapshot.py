"""The files of an author as they were at one moment: profiles, and the Python modules beside them.

While a snapshot is in force in a process, these files are read from it and not from the disk: what a worker has looked
at is what its calls get, whatever somebody is typing meanwhile.
"""

import base64
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final


@dataclass(frozen=True)
class Snapshot:
    """What was in each file, by its resolved path."""

    files: Mapping[Path, bytes] = field(default_factory=dict)

    def as_dict(self) -> dict[str, str]:
        """Return it as JSON types: contents in base64, by path."""
        return {str(file): base64.b64encode(content).decode("ascii") for file, content in self.files.items()}

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Snapshot":
        """Return the snapshot that `as_dict` has told of."""
        return cls({Path(file): base64.b64decode(text) for file, text in texts.items()})


class _Finder(importlib.abc.MetaPathFinder):
    """Finds modules in the snapshot that is in force, in the order in which Python would look for them."""

    def __init__(self) -> None:
        self.snapshot = Snapshot()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the module where a file of the snapshot is the first that has it."""
        for entry in sys.path if path is None else path:
            found = self.in_directory(Path(entry or "."), fullname)
            if found is not None or importlib.machinery.PathFinder.find_spec(fullname, [entry]) is not None:
                return found
        return None

    def in_directory(self, directory: Path, fullname: str) -> importlib.machinery.ModuleSpec | None:
        """Return the module that a file of the snapshot in this directory has, if there is one."""
        if not self.snapshot.files:
            return None
        place = directory.resolve() / fullname.rpartition(".")[2]
        for file, inside in ((place / "__init__.py", [str(place)]), (place.with_name(f"{place.name}.py"), None)):
            content = self.snapshot.files.get(file)
            if content is not None:
                loader = _Loader(str(file), content)
                return importlib.util.spec_from_file_location(
                    fullname, file, loader=loader, submodule_search_locations=inside
                )
        return None


class _Loader(importlib.abc.InspectLoader):
    """Loads a module from a source that is no longer, or not yet again, what its file has."""

    def __init__(self, file: str, content: bytes) -> None:
        self._file, self._content = file, content

    def get_source(self, fullname: str) -> str:
        """Return the text of the module."""
        return importlib.util.decode_source(self._content)

    def get_code(self, fullname: str) -> CodeType:
        """Return the module compiled. Raise SyntaxError."""
        return self.source_to_code(self._content, self._file)


_finder: Final = _Finder()
_forget: Final[list[Callable[[], object]]] = []


def in_force() -> Snapshot:
    """Return the snapshot that this process reads from; an empty one where it reads the disk."""
    return _finder.snapshot


def content_of(path: Path) -> bytes | None:
    """Return what a file had when the snapshot in force was taken; None where it is not in it."""
    files = _finder.snapshot.files
    return files.get(path.resolve()) if files else None


def module_in(directory: Path, name: str) -> bool:
    """Tell whether a file of the snapshot in force is the module `name`, dots and all, of a directory."""
    *packages, last = name.split(".")
    return _finder.in_directory(directory.joinpath(*packages), last) is not None


def put_in_force(snapshot: Snapshot) -> None:
    """Read these files from now on, and forget what was read and imported before."""
    _finder.snapshot = snapshot
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    for forget in _forget:
        forget()


def forgotten_with_sources(forget: Callable[[], object]) -> None:
    """Have `forget` called whenever other sources come into force: for caches of what they say."""
    _forget.append(forget)
