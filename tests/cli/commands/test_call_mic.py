import pytest
from click.testing import CliRunner

from callagent.cli.main import main
from tests.support.absent import take_away


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
    take_away(monkeypatch, "sounddevice")
    result = CliRunner().invoke(main, ["call", "--mic"])
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "--mic needs the Python package sounddevice: pip install 'callagent[mic]'\n"
