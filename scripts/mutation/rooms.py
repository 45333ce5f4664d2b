"""The rooms that are mutated: which source files belong to each, and which tests are run against it.

Every path is relative to the project; a folder stands for the Python files in it, those of sub-folders not included.
"""

from dataclasses import dataclass
from pathlib import Path


class InvalidRoom(Exception):
    """A room cannot be mutated as the table says; the message says why."""


@dataclass(frozen=True)
class Room:
    """Source files or folders, and the tests (files or folders, given to pytest) that must notice a change in them."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self, root: Path) -> list[str]:
        """Every source file of the room, relative to `root`. Raises InvalidRoom for each path that is not there."""
        if missing := [path for path in self.sources + self.tests if not (root / path).exists()]:
            raise InvalidRoom(f"scripts/mutation/rooms.py names what is not there: {', '.join(missing)}")
        found: list[Path] = []
        for path in (root / source for source in self.sources):
            found += sorted(path.glob("*.py")) if path.is_dir() else [path]
        return [path.relative_to(root).as_posix() for path in found]


def _under(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}.py" for name in names)


ROOMS = {
    "gate": Room(
        sources=(
            *_under("callagent/turns", "gate", "words", "overlap", "waiting", "timers", "taking_up", "unsaid", "state"),
            *_under("callagent/turns", "speech", "speech_queue", "faint", "loudness", "pace", "ear", "step_log"),
            "callagent/turns/rules",
        ),
        tests=_under(  # not those of random events and hostile texts: they take ten times as long as these together
            "tests/turns",
            *("test_agent_speech", "test_answers", "test_ear", "test_gate", "test_gate_asides", "test_gate_timing"),
            *("test_golden_decisions", "test_levels", "test_overlap", "test_replay", "test_rules"),
            *("test_speech_queue", "test_step_log"),
        ),
    ),
    "endpointing": Room(sources=("callagent/turns/endpointing",), tests=("tests/turns/endpointing",)),
    "lexicon": Room(
        sources=(
            *_under("callagent/turns", "lexicon", "phrasetrie", "questions", "soft_acks"),
            "callagent/phrases",
        ),
        tests=(
            *_under("tests/turns", "test_golden_decisions", "test_lexicon", "test_phrasetrie", "test_questions"),
            *("tests/turns/test_soft_acks.py", "tests/phrases"),
        ),
    ),
    "guards": Room(sources=("callagent/telephony/guards",), tests=("tests/telephony/guards",)),
    "numbers": Room(
        sources=(
            *_under("callagent/telephony", "number_parties", "number_reading", "number_spelling", "number_text"),
            *_under("callagent/telephony", "numbers", "numberfile", "cells", "columns", "trunknumbers"),
            *_under("callagent/profile", "numberplan", "dialstring"),
        ),
        tests=(
            *_under("tests/telephony", "test_number_reading", "test_numberfile", "test_numbers", "test_trunknumbers"),
            *_under("tests/telephony", "test_cells", "test_columns", "test_context", "test_number_parties"),
            *_under("tests/telephony", "test_number_spelling", "test_number_text"),
            "tests/telephony/dialling/test_listfile.py",
            *_under("tests/profile", "test_dialstring", "test_numberplan"),
        ),
    ),
    "outbound": Room(sources=("callagent/telephony/dialling",), tests=("tests/telephony/dialling",)),
    "profile": Room(
        sources=_under(
            "callagent/profile",
            *("loading", "merging", "overrides", "paths", "places", "reach", "targets", "toolmerge", "units"),
            *("validation", "yamlfile"),
        ),
        tests=("tests/profile",),
    ),
    "call-limits": Room(
        sources=_under("callagent/agent", "allowance", "flow", "limits"),
        tests=_under("tests/agent", "test_allowance", "test_flow", "test_limits"),
    ),
    "worker": Room(
        sources=_under(
            "callagent/worker",
            *("capacity", "farewell", "guard", "life", "orphans", "permit", "redispatch", "signals", "slots"),
        ),
        tests=("tests/worker",),
    ),
}
