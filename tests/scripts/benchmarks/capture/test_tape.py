import json
from pathlib import Path

import pytest

from scripts.benchmarks.capture.tape import TapeFile
from tests.support.tapes import Said, case_of, tape_of

TAPE = tape_of(case_of("acknowledgement", "Okay."), Said("Okay.", 0.0, 0.4))
OTHER = tape_of(case_of("acknowledgement", "Yeah.", index=2), Said("Yeah.", 0.0, 0.3))


@pytest.fixture
def file(tmp_path: Path) -> TapeFile:
    file = TapeFile(tmp_path / "run" / "captures.jsonl")
    file.begin({"profile": "en-US"})
    file.append(TAPE)
    return file


def test_a_tape_comes_back_to_a_tenth_of_a_millisecond(file: TapeFile) -> None:
    (back,) = file.read()
    assert back.case == TAPE.case
    assert [report.at for report in back.vad] == [pytest.approx(report.at, abs=1e-4) for report in TAPE.vad]
    assert back.stt == TAPE.stt


def test_a_run_with_the_same_settings_goes_on(file: TapeFile) -> None:
    file.begin({"profile": "en-US"})
    file.append(OTHER)
    assert [tape.case for tape in file.read()] == [TAPE.case, OTHER.case]


def test_a_run_with_other_settings_starts_anew(file: TapeFile) -> None:
    file.begin({"profile": "en-GB"})
    assert file.read() == []


def test_a_line_that_a_stopped_run_left_half_way_is_forgotten(file: TapeFile) -> None:
    with file.path.open("a", encoding="utf-8") as handle:
        handle.write('{"name": "half')
    assert len(file.read()) == 1
    file.begin({"profile": "en-US"})
    file.append(OTHER)
    assert len(file.read()) == 2


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text(json.dumps({"format": 0}) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="not a file of captures"):
        TapeFile(path).read()
