"""What is wrong with a file or an override that a user wrote, one line per problem."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from callagent.sanitise import masked_urls, printable

LONGEST_KEY, LONGEST_MESSAGE = 120, 500


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like the one that was written, or None when nothing is near."""
    spellings = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), spellings, n=1, cutoff=0.6)
    return spellings[close[0]] if close else None


def did_you_mean(word: str | None) -> str:
    """Return the end of a message that names the nearest right word, which `nearest` finds; nothing without one."""
    return f"; did you mean '{word}'?" if word else ""


@dataclass(frozen=True)
class Problem:
    """One mistake: where it stands, what it is, and the right word that comes nearest.

    ``file`` is a path as the user would write it, or the name of an override (``--set``, ``LIVEKIT_SOFT_ACKS``);
    ``line`` counts from 1 and is None where there is no line; ``key`` is a dotted path (``interruption.soft_acks[2]``).
    """

    file: str
    line: int | None
    key: str
    message: str
    nearest: str | None = None

    def __str__(self) -> str:
        parts = (
            place(self.file, self.line),
            _cut(self.key, LONGEST_KEY),
            _cut(masked_urls(self.message), LONGEST_MESSAGE),
        )
        return printable(": ".join(part for part in parts if part) + did_you_mean(self.nearest))


class ConfigError(ValueError):
    """A configuration that cannot be used. ``problems`` holds every mistake found; ``str()`` is one line for each."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems: tuple[Problem, ...] = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    @classmethod
    def single(cls, file: str, message: str, *, key: str = "", nearest: str | None = None) -> "ConfigError":
        """Return the error of one problem that has no line."""
        return cls(Problem(file, None, key, message, nearest))


@dataclass(frozen=True)
class Flaw:
    """A mistake that a model's own validator found, ``path`` being keys and indices below that model.

    ``related`` is the path of the other value where two do not go together; its place is added to the message.
    """

    path: tuple[str | int, ...]
    message: str
    nearest: str | None = None
    related: tuple[str | int, ...] | None = None


class FlawsError(ValueError):
    """Raised by a model validator that can name the offending keys; ``validate`` turns each flaw into a Problem."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(*flaws)
        self.flaws: tuple[Flaw, ...] = flaws

    def __str__(self) -> str:
        return "; ".join(flaw.message for flaw in self.flaws)


def place(file: str, line: int | None) -> str:
    """Return ``file:line``, or the file alone."""
    return file if line is None else f"{file}:{line}"


def key_text(path: Iterable[str | int]) -> str:
    """Return a path as people write it: ``steps[3].within``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "…"
