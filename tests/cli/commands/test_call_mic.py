from typing import Any

import pytest
from click.testing import CliRunner

from callagent.cli.main import main
from callagent.scripted_calls import LevelUnavailable


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Missing argument 'PATH'; or --mic."),
        (["--mic", "calls"], "Name calls to run, or use --mic; not both."),
        (["--mic", "--json"], "--mic goes neither with --json"),
        (["--mic", "--level", "text"], "nor with another level than audio"),
    ],
)
def test_the_microphone_and_scripts_do_not_mix(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(main, ["call", *arguments])
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_microphone_that_is_not_here_is_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise LevelUnavailable("--mic needs a sound card")

    monkeypatch.setattr("callagent.interactive.sound_card.load_library", missing)
    monkeypatch.setattr("callagent.interactive.microphone.check_providers", lambda profile: None)
    result = CliRunner().invoke(main, ["call", "--mic"])
    assert (result.exit_code, result.stdout, result.stderr) == (3, "", "--mic needs a sound card\n")
