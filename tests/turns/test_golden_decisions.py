"""What the gate and the lexicon decided when this was last looked at is what they decide now."""

from collections import Counter

import pytest

from tests.turns.golden.kept import COMMAND, FILES, SHOWN, difference, kept


@pytest.mark.parametrize("name", FILES)
def test_every_decision_is_what_it_was(name: str) -> None:
    told = difference(kept(name), FILES[name]())
    assert not told, told


@pytest.mark.parametrize("name", FILES)
def test_each_is_kept_once(name: str) -> None:
    keys = Counter(line.partition(" => ")[0] for line in kept(name))
    assert [key for key, times in keys.items() if times > 1] == []


def test_each_changed_decision_is_told() -> None:
    told = difference(["Okay. => drop", "Stop. => interrupt", "Um. => drop"], ["Okay. => drop", "Stop. => hold"])
    assert told.splitlines() == [
        "2 decisions are not what they were:",
        *("Stop.", "    before: interrupt", "    now:    hold"),
        *("Um.", "    before: drop", "    now:    (not there)"),
        f"If this is wanted, run `{COMMAND}` and look at its `git diff`.",
    ]


def test_very_many_changes_are_counted() -> None:
    told = difference([], [f"{number} => drop" for number in range(SHOWN + 7)])
    assert "and 7 more" in told.splitlines()
