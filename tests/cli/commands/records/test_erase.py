"""`callagent records erase`: whose number, what there is, and the proof."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.journal import RecordingStarted, TurnAdded
from tests.support.stored_calls import keep

PERSON = "+12025550123"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A call of the person's, one of somebody else's who names them, and one more."""
    file = tmp_path / "records.db"
    keep(file, "AJ_own", number=PERSON)
    keep(file, "AJ_names", TurnAdded(7.0, "user", "call 202 555 0123"), number="+4930901820")
    keep(file, "AJ_more", number="+4930901821")
    monkeypatch.setenv("CALLAGENT_DATABASE", str(file))
    monkeypatch.setenv("CALLAGENT_SPOOL", str(tmp_path / "spool"))
    return file


def erase(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["records", "erase", *arguments])


def calls() -> list[str]:
    result = CliRunner().invoke(main, ["records", "list", "--json"])
    return sorted(call["id"] for call in json.loads(result.stdout)["calls"])


@pytest.mark.usefixtures("database")
def test_a_number_as_people_write_it_is_erased_and_the_proof_is_told() -> None:
    result = erase("--number", "(202) 555-0123", "--region", "US")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "calls: 1 erased",
        "other calls that name it: 1 erased",
        "nothing is left in 2 calls and 0 files",
    ]
    assert calls() == ["AJ_more", "AJ_names"]
    assert erase("--number", PERSON).stdout.splitlines()[0] == "nothing is kept of it"


@pytest.mark.usefixtures("database")
def test_a_dry_run_tells_and_erases_nothing() -> None:
    result = erase("--number", PERSON, "--dry-run", "--json")
    told = json.loads(result.stdout)
    assert (told["erased"], told["calls"], told["named_in"]) == (False, ["AJ_own"], ["AJ_names"])
    assert calls() == ["AJ_more", "AJ_names", "AJ_own"]


@pytest.mark.usefixtures("database")
def test_what_is_left_is_named_and_is_exit_status_1(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "report.html").write_text(PERSON)
    result = erase("--number", PERSON, "--files", str(pages), "--files", str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{pages / 'report.html'}: names it, and is not rewritten: delete it, or draw it again",
        f"{tmp_path / 'nowhere'}: no such file or directory",
    ]
    assert "nothing is left" not in result.output


@pytest.mark.usefixtures("database")
def test_the_do_not_call_list_keeps_it_unless_it_is_asked_for() -> None:
    CliRunner().invoke(main, ["dnc", "add", PERSON])
    assert "it stays on the do-not-call list" in erase("--number", PERSON).stdout
    assert PERSON in CliRunner().invoke(main, ["dnc", "list"]).stdout
    assert erase("--number", PERSON, "--off-the-list").exit_code == 0
    assert PERSON not in CliRunner().invoke(main, ["dnc", "list"]).stdout


def test_a_call_that_the_database_refused_goes_too(database: Path, tmp_path: Path) -> None:
    place = next(iter(_places(database)))
    place.mkdir(parents=True)
    refused = place / "AJ_own.call.refused"
    refused.write_text(json.dumps({"type": "call", "context": {"number": PERSON}}) + "\n")
    assert erase("--number", PERSON).exit_code == 0
    assert not refused.exists()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", ["nobody", "12", "202 555 0123"])
def test_what_is_no_number_is_said(number: str) -> None:
    result = erase("--number", number)
    assert result.exit_code == 2
    assert calls() == ["AJ_more", "AJ_names", "AJ_own"]


def test_a_database_that_is_not_there_is_exit_status_3(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = erase("--number", PERSON, "--database", str(tmp_path / "file" / "records.db"))
    assert result.exit_code == 3


def test_the_recording_of_a_call_goes_with_it_and_one_that_cannot_has_its_call_stay(
    database: Path, tmp_path: Path
) -> None:
    kept, away = tmp_path / "kept" / "2026-01-31", tmp_path / "away"
    kept.mkdir(parents=True)
    (kept / "AJ_heard.ogg").write_bytes(b"sound")
    keep(database, "AJ_heard", RecordingStarted(1.0, str(kept / "AJ_heard.ogg"), "opus", 16000, 2), number=PERSON)
    gone = str(away / "2026-01-31" / "AJ_gone.ogg")
    keep(database, "AJ_gone", RecordingStarted(1.0, gone, "opus", 16000, 2), number=PERSON)
    result = erase("--number", PERSON)
    assert result.exit_code == 1
    assert not kept.exists()
    assert calls() == ["AJ_gone", "AJ_more", "AJ_names"]
    assert result.stderr.splitlines() == [
        "still there: call AJ_gone",
        f"recording {gone} could not be removed: {away}: there is no such directory on this machine",
    ]
    away.mkdir()
    assert erase("--number", PERSON).exit_code == 0
    assert calls() == ["AJ_more", "AJ_names"]


def test_a_recording_in_which_the_number_may_be_said_is_named(database: Path, tmp_path: Path) -> None:
    location = tmp_path / "kept" / "2026-01-31" / "AJ_said.ogg"
    location.parent.mkdir(parents=True)
    location.write_bytes(b"sound")
    more = RecordingStarted(1.0, str(location), "opus", 16000, 2), TurnAdded(7.0, "user", "it is 202 555 0123")
    keep(database, "AJ_said", *more, number="+4930901822")
    result = erase("--number", PERSON)
    assert (result.exit_code, result.stderr.splitlines()) == (
        1,
        [f"call AJ_said names it, and was recorded: listen to {location}, and delete it where the number is said"],
    )
    assert location.exists()
    assert erase("--number", PERSON).exit_code == 0


def _places(database: Path) -> list[Path]:
    from callagent.records import places

    return list(places(str(database)))
