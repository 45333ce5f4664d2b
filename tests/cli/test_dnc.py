import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLAGENT_RECORDS", str(tmp_path / "records.db"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["dnc", *arguments])


def test_numbers_are_added_listed_and_removed() -> None:
    assert run("add", "+1 202 555 0123", "--reason", "asked by phone").output == "1 added, 0 on the list before\n"
    assert run("add", "202-555-0123", "--region", "US").output == "0 added, 1 on the list before\n"
    assert "+12025550123" in run("list").output
    assert json.loads(run("list", "--json").output)[0]["reason"] == "asked by phone"
    assert run("remove", "+12025550123").exit_code == 0
    assert run("remove", "+12025550123").exit_code == 1
    assert run("list").output == ""


def test_a_file_is_added_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text("+12025550123\nnobody\n")
    assert run("add", "--file", str(path)).exit_code == 2
    assert run("list").output == ""
    path.write_text("+12025550123\n+12025550124\n")
    assert run("add", "--file", str(path)).exit_code == 0
    assert len(run("list").output.splitlines()) == 2


def test_what_is_no_number_is_refused() -> None:
    result = run("add", "nobody")
    assert result.exit_code == 2
    assert "'nobody' contains no digits" in result.output
    assert run("add").exit_code == 2


def test_a_database_that_cannot_be_opened_is_status_3(tmp_path: Path) -> None:
    assert run("list", "--database", str(tmp_path)).exit_code == 3
