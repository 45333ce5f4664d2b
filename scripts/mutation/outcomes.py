"""What became of the mutants, and what the clean run told about the tests."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import PurePath

from scripts.mutation.mutants import Mutant

ROOM_TO_RUN = 5.0
"""A mutant may take so many times what its tests take without it, and LEAST_LIMIT_S besides."""

LEAST_LIMIT_S = 3.0
LEAST_TEST_LIMIT_S = 10.0
"""The same for a single test, which a busy machine may hold up: a mutant that waits for ever is known by the first test
that it stops."""

QUICK_S = 0.3
IMPORT_LIMIT_S = 20.0
"""For a mutant that needs the package to be imported anew."""


class Outcome(Enum):
    """How a mutant fared. A mutant that runs into its time limit is noticed: it loops, or waits for ever."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    UNREACHED = "no test reaches it"

    @property
    def noticed(self) -> bool:
        """Whether a test tells this mutant from the code."""
        return self in {Outcome.KILLED, Outcome.TIMED_OUT}


@dataclass(frozen=True)
class Result:
    """A mutant and how it fared."""

    mutant: Mutant
    outcome: Outcome


@dataclass
class CleanRun:
    """The tests without any mutant: what each took (seconds), and which of them reach which line of which file."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    reach: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    """Context "" stands for what ran while the tests were collected."""

    longest_s: float = math.inf
    """Tests that take longer are not asked."""

    libraries: list[str] = field(default_factory=list)
    """The modules that were imported by the end and do not belong to the project."""

    def reaching(self, mutant: Mutant) -> list[str]:
        """Return the tests that run the changed statement, the likeliest to notice it first."""
        return self._sorted(self._contexts(mutant) - {""}, mutant)

    def nearest(self, mutant: Mutant) -> list[str]:
        """Return every test, those that run something of the file first: a change of an import may show anywhere."""
        near = set().union(*self.reach.get(mutant.file, {}).values()) - {""}
        return self._sorted(near, mutant) + self._sorted(self.seconds.keys() - near, mutant)

    def needs_import(self, mutant: Mutant) -> bool:
        """Tell whether the changed statement runs when the package is imported or the tests are collected."""
        return mutant.statement.at_import or "" in self._contexts(mutant)

    def limit_s(self, tests: Iterable[str]) -> float:
        """Tell how long those tests may take with a mutant."""
        return LEAST_LIMIT_S + ROOM_TO_RUN * sum(self.seconds[test] for test in tests)

    def test_limit_s(self, test: str) -> float:
        """Return how long that one test may take with a mutant."""
        return LEAST_TEST_LIMIT_S + ROOM_TO_RUN * self.seconds[test]

    def _sorted(self, tests: Iterable[str], mutant: Mutant) -> list[str]:
        """Quick tests before slow ones, and of the quick ones those of the file itself first (`test_` and its name)."""
        own = f"test_{PurePath(mutant.file).name}"

        def order(test: str) -> tuple[bool, bool, float, str]:
            seconds = self.seconds[test]
            return seconds > QUICK_S, PurePath(test.partition("::")[0]).name != own, seconds, test

        return sorted((test for test in tests if self.seconds[test] <= self.longest_s), key=order)

    def _contexts(self, mutant: Mutant) -> set[str]:
        lines = self.reach.get(mutant.file, {})
        numbers = range(mutant.statement.first, mutant.statement.last + 1)
        return set().union(*(lines.get(number, set()) for number in numbers))
