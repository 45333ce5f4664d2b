import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.database import Store


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


def test_an_entry_tells_the_call_that_it_comes_from_and_how_sure_its_number_was(tmp_path: Path) -> None:
    run("add", "+12025550124")
    store = Store(str(tmp_path / "records.db"))
    store.add_do_not_call("+12025550123", "asked", job="AJ_1", direction="inbound", attestation="unverified")
    store.close()
    in_call, by_hand = run("list").output.splitlines()
    assert in_call.endswith("  asked (inbound call AJ_1, number unverified)")
    assert by_hand.startswith("+12025550124  ") and "(" not in by_hand
    first, second = json.loads(run("list", "--json").output)
    assert (first["job"], first["direction"], first["attestation"]) == ("AJ_1", "inbound", "unverified")
    assert (second["job"], second["direction"], second["attestation"]) == ("", "", "")


def test_a_file_is_added_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text("+12025550123\nnobody\n")
    assert run("add", "--file", str(path)).exit_code == 2
    assert run("list").output == ""
    path.write_text("+12025550123\n+12025550124\n")
    assert run("add", "--file", str(path)).exit_code == 0
    assert len(run("list").output.splitlines()) == 2


def test_the_national_registry_is_added_with_its_country(tmp_path: Path) -> None:
    path = tmp_path / "registry.txt"
    path.write_text("202,5550123\n312,7550199\n202,5550123\n")
    result = run("add", "--file", str(path))
    assert (result.exit_code, "read it with --region US" in result.stderr) == (2, True)
    assert run("add", "--file", str(path), "--region", "US").output == "2 added, 0 on the list before\n"
    assert run("add", "--file", str(path), "+12025550124", "--region", "US").output == "1 added, 2 on the list before\n"


def test_a_national_number_names_the_option_that_tells_its_country() -> None:
    assert "name its country with --region" in run("add", "2025550123").stderr


def test_what_is_no_number_is_refused() -> None:
    result = run("add", "nobody")
    assert result.exit_code == 2
    assert "'nobody' contains no digits" in result.output
    assert run("add").exit_code == 2


@pytest.mark.parametrize("code", ["Germany", "XX", "", "001"])
def test_a_region_that_is_none_is_told_as_such(code: str) -> None:
    for command in ("add", "remove"):
        result = run(command, "2025550123", "--region", code)
        assert result.exit_code == 2
        assert f"{code!r} is not an ISO 3166 country code, such as DE or US" in result.stderr


def test_a_region_may_be_written_in_small_letters() -> None:
    assert run("add", "202-555-0123", "--region", "us").exit_code == 0


@pytest.mark.parametrize(("number", "options"), [("911", ()), ("112", ()), ("+1911", ()), ("611", ("--region", "US"))])
def test_a_number_that_is_never_called_is_not_listed(tmp_path: Path, number: str, options: tuple[str, ...]) -> None:
    result = run("add", "+12025550123", number, *options)
    assert result.exit_code == 2
    assert result.stderr == f"'{number[-3:]}' is an emergency or short number, which is never called anyway\n"
    path = tmp_path / "numbers.txt"
    path.write_text(f"+12025550123\n{number}\n")
    result = run("add", "--file", str(path), *options)
    assert (result.exit_code, result.stderr.startswith(f"{path}:2: '{number[-3:]}' is an")) == (2, True)
    assert run("list").output == ""


def test_a_database_that_cannot_be_opened_is_status_3(tmp_path: Path) -> None:
    assert run("list", "--database", str(tmp_path)).exit_code == 3
