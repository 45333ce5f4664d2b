"""Where the values of a profile come from, for mistakes that show only when they are used."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from callagent.yaml_config.errors import Problem
from callagent.yaml_config.yaml_file import Document, Node


class Places:
    """File and line of values by their dotted key. Two are equal always: they are no part of what a profile says."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, int | None]] = {}
        self._working_directory = Path()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Places)

    __hash__ = None  # type: ignore[assignment]  # as everything that is equal without being the same

    def take(self, document: Document, *keys: str) -> None:
        """Remember the places of the values at `keys` of `document`, and of all below them, and where we are now."""
        self._working_directory = Path.cwd()
        for key in keys:
            node = document.root.child(key)
            if node is not None:
                self._add(key, node)

    def take_over(self, other: "Places") -> None:
        """Remember what `other` does."""
        self._places |= other._places
        self._working_directory = other._working_directory

    def moved(self, keys: Mapping[str, str]) -> "Places":
        """Return these places, but of what stands at each of `keys` as if it stood at the key that is given for it."""
        moved = Places()
        moved._working_directory = self._working_directory
        moved._places = {key: place for key, place in self._places.items() if not _below(key, keys.values())}
        for old, new in keys.items():
            below = {key: place for key, place in self._places.items() if _below(key, [old])}
            moved._places |= {new + key.removeprefix(old): place for key, place in below.items()}
        return moved

    def problem(self, name: str, key: str, message: str, nearest: str | None = None) -> Problem:
        """Return a problem with the value at `key`, or nearest to it; `name` stands for
        the file of a profile made in code.
        """
        at = key
        while at not in self._places and at:
            at = at[: max(at.rfind("."), at.rfind("["), 0)]
        file, line = self._places.get(at, (name, None))
        return Problem(file, line, key, message, nearest)

    def beside(self, key: str, path: str) -> Path:
        """Return the file that the value at `key` names: relative to the file in which it stands, as `extends` is. What
        stands in no file, such as a `--set`, is relative to the working directory.
        """
        file, line = self._places.get(key, ("", None))
        return Path(path) if line is None else Path(file).parent / path

    def directories(self, key: str) -> tuple[Path, ...]:
        """Tell where a module that the value at `key` names is looked for: beside the file in which it stands, and then
        in the working directory that the profile was loaded in.
        """
        file, line = self._places.get(key, ("", None))
        here = self._working_directory
        return (here,) if line is None else ((here / file).parent, here)

    def _add(self, key: str, node: Node) -> None:
        self._places[key] = (node.file, node.line)
        if isinstance(node.value, dict):
            for name, inner in node.value.items():
                self._add(f"{key}.{name}", inner)
        elif isinstance(node.value, list):
            for index, inner in enumerate(node.value):
                self._add(f"{key}[{index}]", inner)


def _below(key: str, others: Iterable[str]) -> bool:
    """Tell whether a key is one of the others, or stands below one."""
    return any(key == other or key.startswith((f"{other}.", f"{other}[")) for other in others)
