"""The mutants that may survive, each with its reason, in survivors.toml."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.mutation.mutants import Mutant, spaced

SURVIVORS = Path(__file__).with_name("survivors.toml")
KEYS = {"file", "before", "after", "reason"}


class InvalidSurvivors(Exception):
    """An entry is not valid; the message says which and why."""


@dataclass(frozen=True)
class Survivor:
    """An accepted one: the line of the file, what the mutant makes of it, and why no test can or should notice."""

    file: str
    before: str
    after: str
    reason: str

    @property
    def change(self) -> tuple[str, str, str]:
        """What it is compared by; the number of the line is not part of it."""
        return self.file, spaced(self.before), spaced(self.after)

    def __str__(self) -> str:
        return f"{self.file}\n    - {self.before}\n    + {self.after}"


def read_survivors(path: Path, room: str) -> list[Survivor]:
    """Return the entries of a room. Raise InvalidSurvivors."""
    if not path.exists():
        return []
    with path.open("rb") as file:
        try:
            entries = tomllib.load(file).get(room, [])
        except tomllib.TOMLDecodeError as error:
            raise InvalidSurvivors(f"{path.name}: {error}") from None
    for number, entry in enumerate(entries, start=1):
        if entry.keys() != KEYS or not all(isinstance(value, str) and value.strip() for value in entry.values()):
            raise InvalidSurvivors(f"{path.name}: entry {number} of {room} needs a text for each of {sorted(KEYS)}")
    return [Survivor(**entry) for entry in entries]


def as_toml(room: str, mutants: Iterable[Mutant]) -> str:
    """Return entries to be completed with a reason."""
    return "\n".join(
        f'[[{room}]]\nfile = {_quoted(file)}\nbefore = {_quoted(before)}\nafter = {_quoted(after)}\nreason = ""\n'
        for file, before, after in dict.fromkeys(mutant.change for mutant in mutants)
    )


def _quoted(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    return "'''" + text + "'''" if not text.endswith("'") and "'''" not in text else _escaped(text)


def _escaped(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
