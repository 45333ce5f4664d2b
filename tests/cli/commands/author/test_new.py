from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.cli.output import ExitStatus
from tests.support.author_path import only_installed


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    only_installed(monkeypatch, tmp_path_factory.getbasetemp())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["new", *arguments])


def test_a_project_is_made_and_what_comes_next_is_told(here: Path) -> None:
    result = run("corner-shop", "--locale", "de-DE")
    assert result.exit_code == ExitStatus.OK
    assert "corner-shop/corner_shop.py\n" in result.output
    assert "cd corner-shop && callagent call calls --level text" in result.output
    assert "extends: locales/de-DE" in (here / "corner-shop" / "corner-shop.yaml").read_text()


def test_a_second_time_it_is_refused(here: Path) -> None:
    run("corner-shop")
    result = run("corner-shop")
    assert result.exit_code == ExitStatus.INVALID
    assert result.stderr == "corner-shop: is there already, and is not empty\n"


def test_a_name_that_is_none_is_refused(here: Path) -> None:
    result = run("class")
    assert (result.exit_code, result.stdout) == (ExitStatus.INVALID, "")
    assert result.stderr.startswith("class: is no name for a project")
    assert list(here.iterdir()) == []


def test_the_locales_are_listed(here: Path) -> None:
    result = run("--locales")
    assert result.exit_code == ExitStatus.OK
    assert {"en-US", "pt-BR"} <= set(result.output.split())
    assert list(here.iterdir()) == []
