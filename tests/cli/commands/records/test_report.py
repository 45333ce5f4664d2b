"""`callagent records report`: pages of real calls."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.audio import SAMPLE_RATE, write_stereo
from callagent.cli.main import main
from callagent.journal import (
    AgentAudible,
    AgentState,
    Answered,
    CallEnded,
    CallJournal,
    GateDecided,
    Head,
    Line,
    Note,
    PlayoutEnded,
    ToolCalled,
    TransferRequested,
    TurnAdded,
    write_journal,
)
from callagent.turns import Heard, OverlapRecord
from callagent.turns.gate.events import CallerStarted, CallerStopped, Transcript
from tests.support.report_pages import NASTY, tone

OVERLAP = OverlapRecord(2.0, 2.5, 2.7, "drop", "soft_ack", (Heard(2.7, "Okay.", True, 0.9),))

LINES: list[Line] = [
    AgentState(0.5, "listening"),
    Answered(0.6),
    AgentAudible(1.0),
    AgentState(1.0, "speaking"),
    CallerStarted(2.1, 2.0),
    Transcript(2.7, 1, "Okay.", True, 0.9),
    CallerStopped(3.0, 2.5),
    GateDecided.of(OVERLAP),
    PlayoutEnded(4.0, interrupted=False),
    TurnAdded(1.0, "assistant", f"Good morning. {NASTY}", {"started_speaking_at": 1.0}),
    TurnAdded(5.0, "user", "Bye.", {"stopped_speaking_at": 4.9, "end_of_turn_delay": 0.4}),
    AgentAudible(5.5),
    PlayoutEnded(6.0, interrupted=False),
    TurnAdded(5.5, "assistant", "Goodbye.", {"started_speaking_at": 5.5, "llm_node_ttft": 0.1, "tts_node_ttfb": 0.1}),
    ToolCalled(5.2, "end_call", {}),
    TransferRequested(5.3, "+12025550111", "busy"),
    Note(5.4, "no such music"),
]
ENDED = CallEnded(7.5, "agent hung up", because="silence")


def a_call(directory: Path, *lines: Line, name: str = "20260101T090000-AJ_1") -> Path:
    context = {"direction": "inbound", "number": "+12025550123", "own_number": "+12025550100"}
    head = Head("AJ_1", "en-US", "real", None, "call-1", "2026-01-01T09:00:00.000+00:00", context, "a test")
    path = directory / f"{name}.events.jsonl"
    write_journal(CallJournal(head, [*LINES, *lines]), path)
    return path


def report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["records", "report", *map(str, arguments)])


def test_a_real_call_has_its_page(tmp_path: Path) -> None:
    result = report(a_call(tmp_path, ENDED), "--out", tmp_path / "out")
    page = tmp_path / "out" / "20260101T090000-AJ_1" / "report.html"
    assert (result.exit_code, result.output) == (0, f"{page}\n")
    html = page.read_text(encoding="utf-8")
    shown = ("Call from +12025550123", "Real call", "+12025550100", "2026-01-01 09:00:00 UTC", "7.5 s", "Goodbye.")
    assert [text for text in shown if text not in html] == []
    assert "agent hung up (silence)" in html
    assert "soft_ack" in html and "no such music" in html and "to +12025550111, refused: busy" in html
    assert NASTY not in html
    assert "Latency of each turn" in html
    assert '<h2 id="steps">' not in html and "<audio" not in html
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_a_recording_beside_the_journal_is_in_the_page(tmp_path: Path) -> None:
    path = a_call(tmp_path, ENDED)
    write_stereo(tmp_path / "20260101T090000-AJ_1.wav", tone(2, 2.5), tone(1, 4), SAMPLE_RATE)
    assert report(path, "--out", tmp_path / "out").exit_code == 0
    html = (tmp_path / "out" / "20260101T090000-AJ_1" / "report.html").read_text(encoding="utf-8")
    assert "<audio" in html and "Waveform of the caller" in html


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\0" * 100])
def test_a_recording_that_is_none_costs_the_sound_and_not_the_page(tmp_path: Path, content: bytes) -> None:
    path = a_call(tmp_path, ENDED)
    (tmp_path / "20260101T090000-AJ_1.wav").write_bytes(content)
    assert report(path, "--out", tmp_path / "out").exit_code == 0
    html = (tmp_path / "out" / "20260101T090000-AJ_1" / "report.html").read_text(encoding="utf-8")
    assert "<audio" not in html


def test_a_call_that_was_cut_off_is_reported_up_to_its_last_whole_line(tmp_path: Path) -> None:
    path = a_call(tmp_path)
    with path.open("a") as file:
        file.write('{"type": "ended", "at": 9')
    result = report(path, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert result.stderr == f"{path}: ends in the middle of the call: reported up to 6.0 s\n"
    html = (tmp_path / "out" / "20260101T090000-AJ_1" / "report.html").read_text(encoding="utf-8")
    assert "Broken off" in html and "the journal ends here" in html


def test_all_calls_of_a_directory_have_pages_and_one_over_them(tmp_path: Path) -> None:
    a_call(tmp_path, ENDED)
    a_call(tmp_path, ENDED, name="20260101T090001-AJ_2")
    result = report(tmp_path, "--out", tmp_path / "out")
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, f"all calls: {tmp_path / 'out' / 'index.html'}")
    assert "<h1>2 calls</h1>" in index and "agent hung up (silence)" in index
    assert "AJ_1/report.html" in index and "AJ_2/report.html" in index


def test_what_is_no_journal_is_one_line_and_the_others_have_their_pages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("something else")
    path = a_call(tmp_path, ENDED)
    result = report(tmp_path / "a.txt", tmp_path / "no", path, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{tmp_path / 'no'}: no such file or directory",
        f"{tmp_path / 'a.txt'}:1: is not JSON: no journal of a call",
    ]
    assert (tmp_path / "out" / "20260101T090000-AJ_1" / "report.html").exists()


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    result = report(a_call(tmp_path, ENDED), "--out", tmp_path / "out" / "below")
    assert result.exit_code == 2
    assert result.stderr.startswith("--out: cannot be written: ")


def test_two_calls_of_one_name_have_pages_of_their_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        a_call(tmp_path / name, ENDED)
    assert report(tmp_path, "--out", tmp_path / "out").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "20260101T090000-AJ_1",
        "20260101T090000-AJ_1-2",
        "index.html",
    ]
