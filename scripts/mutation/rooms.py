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
        """Return every source file of the room, relative to `root`. Raise
        InvalidRoom for each path that is not there.
        """
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
            *_under(
                "callagent/turns/gate",
                "machine",
                "transcripts",
                "overlap",
                "held_finals",
                "decisions",
                "resumption",
                "gate_state",
                "agent_speech",
                "step_log",
            ),
            *_under("callagent/turns", "speech_queue"),
            *_under("callagent/turns/hearing", "echo_gate", "energy"),
            "callagent/turns/gate/rules",
        ),
        tests=(
            *_under(
                "tests/turns/gate",
                "test_agent_speech",
                "test_answers",
                "test_asides",
                "test_machine",
                "test_overlap",
                "test_step_log",
                "test_timing",
            ),
            *_under("tests/turns", "test_golden_decisions", "test_replay", "test_speech_queue"),
            "tests/turns/gate/rules",
            "tests/turns/hearing",
        ),
    ),
    "endpointing": Room(
        sources=("callagent/turns/endpointing",),
        tests=("tests/turns/endpointing",),
    ),
    "lexicon": Room(
        sources=(
            *_under("callagent/turns", "lexicon", "soft_acks"),
            *_under("callagent/turns/gate", "questions"),
            "callagent/phrases",
        ),
        tests=(
            *_under("tests/turns", "test_golden_decisions", "test_lexicon", "test_soft_acks"),
            *_under("tests/turns/gate", "test_questions"),
            "tests/phrases",
        ),
    ),
    "guards": Room(
        sources=(
            "callagent/telephony/guards/rules",
            "callagent/telephony/guards",
        ),
        tests=("tests/telephony/guards",),
    ),
    "numbers": Room(
        sources=(
            *_under(
                "callagent/phone_numbers",
                "call_parties",
                "interpretation",
                "letters_and_marks",
                "written_number",
                "number",
                "numbering_plan",
                "dial_string",
            ),
            *_under("callagent/telephony/number_lists", "do_not_call_file", "cells", "columns"),
            *_under("callagent/telephony", "trunk_numbers"),
        ),
        tests=(
            *_under(
                "tests/phone_numbers",
                "test_interpretation",
                "test_number",
                "test_call_parties",
                "test_letters_and_marks",
                "test_written_number",
                "test_dial_string",
                "test_numbering_plan",
            ),
            *_under("tests/telephony/number_lists", "test_do_not_call_file", "test_cells", "test_columns"),
            *_under("tests/telephony", "test_trunk_numbers", "test_context"),
            *_under("tests/telephony/outbound/campaign", "test_list_file"),
        ),
    ),
    "outbound": Room(
        sources=(
            "callagent/telephony/outbound",
            "callagent/telephony/outbound/campaign",
        ),
        tests=("tests/telephony/outbound",),
    ),
    "profile": Room(
        sources=(
            *_under("callagent/profile", "loading", "inheritance", "overrides", "paths", "profile", "tool_functions"),
            *_under("callagent/yaml_config", "origins", "units", "validation", "yaml_file"),
        ),
        tests=(
            "tests/profile",
            "tests/yaml_config",
        ),
    ),
    "call-limits": Room(
        sources=(
            *_under("callagent/agent/tools", "confirmation"),
            *_under("callagent/agent", "call_limits", "provider_limits"),
        ),
        tests=(
            *_under("tests/agent/tools", "test_allowance", "test_confirmation"),
            *_under("tests/agent", "test_call_limits", "test_provider_limits"),
        ),
    ),
    "worker": Room(
        sources=(
            *_under("callagent/worker", "capacity", "drain", "signals"),
            *_under("callagent/worker/watchdog", "abandoned_rooms", "orphans", "redispatch"),
            *_under("callagent/worker/call", "lifecycle"),
            *_under("callagent/worker/outbound", "permit"),
            *_under("callagent/worker/process", "slots", "prompt_cache"),
        ),
        tests=(
            *_under("tests/worker", "test_capacity", "test_drain", "test_signals"),
            *_under(
                "tests/worker/watchdog",
                "test_abandoned_rooms",
                "test_orphans",
                "test_lost_calls",
                "test_repeated_dispatch",
            ),
            *_under("tests/worker/call", "test_lifecycle", "test_last_steps"),
            *_under("tests/worker/outbound", "test_permit"),
            *_under("tests/worker/process", "test_slots", "test_prompt_cache"),
        ),
    ),
}
