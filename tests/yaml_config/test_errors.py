import pickle

import pytest

from callagent.yaml_config import ConfigError, Problem, nearest
from callagent.yaml_config.errors import key_text


def test_a_problem_is_one_line_with_place_key_message_and_hint() -> None:
    problem = Problem("a.yaml", 3, "interruption.grce", "unknown key", "grace")
    assert str(problem) == "a.yaml:3: interruption.grce: unknown key; did you mean 'grace'?"


def test_what_is_not_known_is_left_out() -> None:
    assert str(Problem("--set", None, "", "is empty")) == "--set: is empty"


def test_control_characters_cannot_break_the_line_or_the_terminal() -> None:
    assert str(Problem("a.yaml", 1, "x\ny\x1b[31m", "unknown key")) == r"a.yaml:1: x\ny\x1b[31m: unknown key"


def test_a_key_and_a_message_of_any_length_stay_readable() -> None:
    assert len(str(Problem("a.yaml", 1, "k" * 10_000, "m" * 10_000))) < 700


def test_an_error_shows_every_problem_on_a_line_of_its_own() -> None:
    error = ConfigError(Problem("a", 1, "x", "bad"), Problem("a", 2, "y", "worse"))
    assert str(error).splitlines() == ["a:1: x: bad", "a:2: y: worse"]


def test_an_error_survives_the_way_from_another_process() -> None:
    error = ConfigError.single("a", "bad", key="x")
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


@pytest.mark.parametrize(("word", "expected"), [("Grase", "grace"), ("zzz", None), ("", None)])
def test_nearest_is_a_word_like_the_written_one_or_nothing(word: str, expected: str | None) -> None:
    assert nearest(word, ["grace", "commands"]) == expected


def test_a_path_reads_as_people_write_it() -> None:
    assert key_text(("steps", 3, "expect", "with")) == "steps[3].expect.with"
