"""`callagent records` on the calls of a database: found, shown, exported, scripted, tuned by, deleted."""

import csv
import io
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet

from callagent.audio import SAMPLE_RATE, write_stereo
from callagent.cli.main import main
from callagent.journal import RecordingEnded, RecordingPaused, RecordingResumed, RecordingStarted
from callagent.scripted_calls import load_call
from tests.support.absent import take_away
from tests.support.stored_calls import BROKEN, keep


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three calls: of January, of February (broken, with another profile), of March (cut off)."""
    file = tmp_path_factory.mktemp("filled") / "records.db"
    keep(file, "AJ_one", started="2026-01-31T09:00:00.000+00:00")
    keep(file, "AJ_two", BROKEN, started="2026-02-28T09:00:00.000+00:00", number="+4930123456", profile="bakery")
    keep(file, "AJ_three", started="2026-03-31T09:00:00.000+00:00", ended=None)
    return file


@pytest.fixture
def database(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "records.db"
    shutil.copy(filled, file)
    monkeypatch.setenv("CALLAGENT_DATABASE", str(file))
    monkeypatch.setenv("CALLAGENT_SPOOL", str(tmp_path / "spool"))
    monkeypatch.chdir(tmp_path)
    return file


def records(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["records", *arguments])


def found(*arguments: str) -> list[str]:
    result = records("list", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return [call["id"] for call in json.loads(result.stdout)["calls"]]


@pytest.mark.usefixtures("database")
def test_calls_are_listed_the_newest_first() -> None:
    result = records("list")
    lines = result.stdout.splitlines()
    assert (result.exit_code, len(lines)) == (0, 4)
    assert lines[0].split() == [
        "ID",
        "began",
        "with",
        "profile",
        "length",
        "outcome",
        "turns",
        "answer",
        "yield",
        "errors",
    ]
    assert [line.split()[0] for line in lines[1:]] == ["AJ_three", "AJ_two", "AJ_one"]
    assert "cut off" in lines[1] and "caller hung up" in lines[2] and "+4930123456" in lines[2]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "calls"),
    [
        (["--number", "+49 30 123456"], ["AJ_two"]),
        (["--number", "030/123456", "--region", "de"], ["AJ_two"]),
        (["--number", "(202) 555-0123", "--region", "US"], ["AJ_three", "AJ_one"]),
        (["--day", "2026-01-31"], ["AJ_one"]),
        (["--since", "2026-02-01"], ["AJ_three", "AJ_two"]),
        (["--since", "2026-02-01", "--until", "2026-03-01 00:00"], ["AJ_two"]),
        (["--until", "2026-01-01"], []),
        (["--since", "1 h"], []),
        (["--outcome", "cut off"], ["AJ_three"]),
        (["--outcome", "caller hung up"], ["AJ_two", "AJ_one"]),
        (["--outcome", "caller hung up", "--outcome", "transferred"], ["AJ_two", "AJ_one"]),
        (["--outcome", "error"], []),
        (["--profile", "bakery"], ["AJ_two"]),
        (["--direction", "outbound"], []),
        (["--text", "friday"], ["AJ_three", "AJ_two", "AJ_one"]),
        (["--text", "fri* booked", "--profile", "en-US"], ["AJ_three", "AJ_one"]),
        (["--text", "monday"], []),
        (["--yield-over", "500ms"], ["AJ_three", "AJ_two", "AJ_one"]),
        (["--yield-over", "1s"], []),
        (["--response-over", "1 s"], ["AJ_three", "AJ_two", "AJ_one"]),
        (["--longer-than", "1 min"], []),
        (["--errors"], ["AJ_two"]),
        (["--limit", "1"], ["AJ_three"]),
        (["--limit", "0"], ["AJ_three", "AJ_two", "AJ_one"]),
    ],
)
def test_calls_are_found_by_what_is_known_of_them(arguments: list[str], calls: list[str]) -> None:
    assert found(*arguments) == calls


@pytest.mark.usefixtures("database")
def test_calls_that_a_limit_leaves_out_are_counted() -> None:
    result = records("list", "--limit", "2")
    assert result.stderr == "2 of 3 calls; --limit shows more\n"
    assert json.loads(records("list", "--limit", "2", "--json").stdout)["total"] == 3


@pytest.mark.usefixtures("database")
def test_no_call_is_no_mistake() -> None:
    result = records("list", "--profile", "nobody")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no such call\n")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--outcome", "caller hang up"], "Did you mean 'caller hung up'?"),
        (["--outcome", "xyz"], "There are caller hung up"),
        (["--outcome", "live", "--outcome", "error"], "goes with no other"),
        (["--number", "12"], "--number"),
        (["--number", "030 123456"], "name its country with --region"),
        (["--number", "030 123456", "--region", "xx"], "is not an ISO 3166 country code"),
        (["--day", "tomorrow-ish"], "is no moment: write 2026-01-31"),
        (["--day", "2026-01-31", "--since", "2026-01-01"], "leave --since and --until out"),
        (["--since", "2026-02-01", "--until", "2026-01-01"], "--since is not before --until"),
        (["--yield-over", "1"], "needs a duration with its unit"),
        (["--limit", "-1"], "--limit"),
    ],
)
def test_what_cannot_be_looked_for_is_told(arguments: list[str], told: str) -> None:
    result = records("list", *arguments)
    assert result.exit_code == 2 and told in result.stderr


@pytest.mark.usefixtures("database")
def test_a_call_is_shown_by_the_begin_of_its_id() -> None:
    result = records("show", "AJ_tw")
    assert result.exit_code == 0
    told = ("AJ_two", "caller hung up", "bakery", "2026-02-28", "No, stop.", "interrupt by command after 700 ms")
    assert [each for each in told if each not in result.stdout] == []
    assert "book_appointment(day=friday): booked" in result.stdout
    assert "key 7" in result.stdout and "APIError: away" in result.stdout
    times = [float(line.split()[0]) for line in result.stdout.splitlines() if " s  " in line[:14]]
    assert times == sorted(times) and len(times) == 7


@pytest.mark.usefixtures("database")
def test_a_call_is_shown_as_json() -> None:
    told = json.loads(records("show", "AJ_one", "--json").stdout)
    assert (told["call"]["id"], told["call"]["number"], told["call"]["reason"]) == (
        "AJ_one",
        "+12025550123",
        "caller hung up",
    )
    assert [turn["text"] for turn in told["turns"]][1:] == ["No, stop.", "Booked for Friday."]
    assert told["decisions"][0]["rule"] == "command" and told["tools"][0]["result"] == "booked"
    assert told["events"] == [{"at": 6.0, "type": "key", "key": "7"}]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("command", [["show"], ["script"], ["report"]])
@pytest.mark.parametrize(("call", "told"), [("AJ_nine", "AJ_nine"), ("AJ_t", "AJ_two")])
def test_an_id_of_no_call_or_of_several_is_one_line(command: list[str], call: str, told: str) -> None:
    result = records(*command, call)
    assert result.exit_code == 2
    assert told in result.stderr and len(result.stderr.splitlines()) == 1


@pytest.mark.usefixtures("database")
def test_a_call_becomes_a_script(tmp_path: Path) -> None:
    out = tmp_path / "again.yaml"
    assert records("script", "AJ_one", "--out", str(out)).exit_code == 0
    assert load_call(out).script.call == "A real call of 2026-01-31"


@pytest.mark.usefixtures("database")
def test_calls_and_files_have_their_pages(tmp_path: Path) -> None:
    result = records("report", "AJ_one", "AJ_three", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert result.stderr.startswith("AJ_three: ends in the middle of the call")
    assert "No, stop." in (tmp_path / "out" / "AJ_one" / "report.html").read_text(encoding="utf-8")
    assert "<h1>2 calls</h1>" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("database")
def test_an_unknown_id_costs_the_others_nothing(tmp_path: Path) -> None:
    result = records("report", "AJ_nine", "AJ_one", "--out", str(tmp_path / "out"))
    assert result.exit_code == 2 and "AJ_nine" in result.stderr
    assert (tmp_path / "out" / "AJ_one" / "report.html").exists()


@pytest.mark.usefixtures("database")
def test_calls_are_exported_as_a_table() -> None:
    rows = list(csv.DictReader(io.StringIO(records("export").stdout)))
    assert [row["id"] for row in rows] == ["AJ_three", "AJ_two", "AJ_one"]
    assert (rows[1]["number"], rows[1]["started"]) == ("+4930123456", "2026-02-28T09:00:00.000+00:00")
    assert json.loads(rows[1]["usage"]) == {}


@pytest.mark.usefixtures("database")
def test_calls_are_exported_as_json_lines_with_all_that_was_said(tmp_path: Path) -> None:
    out = tmp_path / "calls.jsonl"
    result = records("export", "--out", str(out), "--profile", "en-US")
    assert (result.exit_code, result.stdout) == (0, f"2 calls: {out}\n")
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["call"]["id"] for line in lines] == ["AJ_three", "AJ_one"]
    assert lines[0]["turns"][1]["text"] == "No, stop."


@pytest.mark.usefixtures("database")
def test_parquet_needs_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_away(monkeypatch, "pyarrow")
    result = records("export", "--out", str(tmp_path / "calls.parquet"))
    assert result.exit_code == 3
    assert result.stderr == ("--format parquet needs the Python package pyarrow: pip install 'callagent[parquet]'\n")


@pytest.mark.usefixtures("database")
def test_calls_are_exported_as_parquet(tmp_path: Path) -> None:
    out = tmp_path / "calls.parquet"
    assert records("export", "--out", str(out), "--limit", "2").stdout == f"2 calls: {out}\n"
    table = parquet.read_table(out).to_pylist()
    assert [(row["id"], row["turns"], row["number"]) for row in table] == [
        ("AJ_three", 3, "+12025550123"),
        ("AJ_two", 3, "+4930123456"),
    ]


@pytest.mark.usefixtures("database")
def test_parquet_is_no_text() -> None:
    result = records("export", "--format", "parquet")
    assert result.exit_code == 2 and "say where to with --out" in result.stderr


def test_old_calls_are_deleted(database: Path) -> None:
    keep(database, "AJ_new", started=(datetime.now(UTC) - timedelta(days=2)).isoformat(timespec="milliseconds"))
    assert records("prune", "--days", "3", "--dry-run").stdout == "3 calls would be deleted\n"
    assert found() == ["AJ_new", "AJ_three", "AJ_two", "AJ_one"]
    assert records("prune", "--days", "3").stdout == "3 calls deleted\n"
    assert found() == ["AJ_new"]
    assert records("prune", "--days", "1").stdout == "1 call deleted\n"


def recorded(database: Path, call: str, days: int, *, at: str = "") -> Path:
    """A call with a recording that is so many days old."""
    began = datetime.now(UTC) - timedelta(days=days)
    location = Path(at or database.parent / "kept") / f"{began:%Y-%m-%d}" / f"{call}.wav"
    location.parent.mkdir(parents=True, exist_ok=True)
    silence = np.zeros(SAMPLE_RATE, np.int16)
    write_stereo(location, silence, silence)
    more = (
        RecordingStarted(0.5, str(location), "wav", 8000, 2),
        RecordingPaused(2.0, "card"),
        RecordingResumed(4.0),
        RecordingEnded(8.0, 8.0),
    )
    keep(database, call, *more, started=began.isoformat(timespec="milliseconds"))
    return location


def test_recordings_are_deleted_before_their_calls(database: Path) -> None:
    old, new = recorded(database, "AJ_old", 40), recorded(database, "AJ_new", 5)
    assert records("prune", "--recordings-days", "30", "--dry-run").stdout == "1 recording would be deleted\n"
    assert old.exists()
    assert records("prune", "--recordings-days", "30").stdout == "1 recording deleted\n"
    assert not old.exists() and new.exists()
    assert "AJ_old" in found()
    shown = records("show", "AJ_old").stdout
    assert "none any more (wav, 8 kHz, 2 channels; 8.0 s; paused 2.0 to 4.0 s (card); removed 20" in shown
    assert records("prune", "--recordings-days", "30").stdout == "0 recordings deleted\n"


def test_with_a_call_its_recording_is_deleted(database: Path) -> None:
    old = recorded(database, "AJ_old", 40)
    assert records("prune", "--days", "30").stdout == "4 calls deleted\n1 recording deleted\n"
    assert not old.exists() and found() == []


def test_a_call_whose_recording_cannot_be_removed_stays_until_it_can_be(database: Path) -> None:
    old = recorded(database, "AJ_old", 40, at=str(database.parent / "mount"))
    (database.parent / "mount").rename(database.parent / "elsewhere")
    result = records("prune", "--days", "30")
    assert result.exit_code == 3
    assert result.stdout == "3 calls deleted\n"
    assert result.stderr == (
        f"{database.parent / 'mount'}: there is no such directory on this machine\n"
        "1 recording could not be deleted; the calls stay\n"
    )
    assert found() == ["AJ_old"]
    (database.parent / "elsewhere").rename(database.parent / "mount")
    assert records("prune", "--days", "30").exit_code == 0
    assert not old.exists() and found() == []


@pytest.mark.usefixtures("database")
def test_what_to_delete_must_be_said() -> None:
    result = records("prune")
    assert result.exit_code == 2 and "--recordings-days" in result.stderr


def test_a_recording_is_shown_and_in_the_page_of_its_call(database: Path, tmp_path: Path) -> None:
    location = recorded(database, "AJ_new", 5)
    told = json.loads(records("show", "AJ_new", "--json").stdout)["call"]
    assert told["recording_location"] == str(location)
    assert told["recording"]["pauses"] == [{"from": 2.0, "why": "card", "to": 4.0}]
    assert f"recording   {location} (wav, 8 kHz, 2 channels; 8.0 s;" in records("show", "AJ_new").stdout
    assert records("report", "AJ_new", "--out", str(tmp_path / "out")).exit_code == 0
    page = (tmp_path / "out" / "AJ_new" / "report.html").read_text(encoding="utf-8")
    assert "data:audio/wav;base64," in page and "recording pauses (card)" in page
    location.unlink()
    result = records("report", "AJ_new", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert result.stderr == f"AJ_new: without its recording {location}: it is not there\n"


@pytest.mark.parametrize("days", ["0", "-1", "soon"])
def test_nothing_is_deleted_by_mistake(database: Path, days: str) -> None:
    assert records("prune", "--days", days).exit_code == 2
    assert len(found()) == 3


@pytest.mark.usefixtures("database")
def test_the_gate_is_tuned_by_the_calls_that_are_looked_for(tmp_path: Path) -> None:
    result = records("tune", "en-US", "--profile", "en-US", "--json", "--out", str(tmp_path / "out"))
    assert result.exit_code in (0, 1), result.output
    told = json.loads(result.stdout)
    assert (told["profile"], told["calls"], told["interruptions"]) == ("en-US", 2, 2)


@pytest.mark.usefixtures("database")
def test_without_a_call_nothing_is_tuned() -> None:
    result = records("tune", "en-US", "--profile", "nobody")
    assert result.exit_code == 2 and result.stderr == "records tune: no such call\n"


@pytest.mark.parametrize(
    "command", [["list"], ["show", "AJ_one"], ["export"], ["prune", "--days", "1"], ["tune", "en-US"]]
)
def test_a_database_that_is_not_there_is_one_line(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = records(*command, "--database", str(tmp_path / "file" / "records.db"))
    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 1
