"""What a benchmark must reach, and what becomes of it."""

import json
import math
from pathlib import Path

import click
import pytest

from scripts.benchmarks.pass_line import PassLine, announce, finish, verdict_table

LINE = PassLine("seconds", 2.0)


@pytest.mark.parametrize(("value", "met"), [(0.0, True), (2.0, True), (2.1, False), (math.nan, False)])
def test_a_line_is_kept_up_to_its_limit_and_not_by_what_was_not_measured(value: float, met: bool) -> None:
    assert LINE.judged(value).met is met


def test_lines_are_announced_beside_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    announce("soak", [LINE])
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "soak: it passes with\n  seconds <= 2\n"


def test_the_table_says_what_is_missed() -> None:
    rows = verdict_table([LINE.judged(1.5), LINE.judged(2.5)]).splitlines()
    assert rows[2:] == ["| seconds | 2 | 1.5 | met |", "| seconds | 2 | 2.5 | MISSED |"]


def test_a_report_is_written_and_a_missed_line_is_the_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finish(tmp_path, "the table", {"title": "t"}, [LINE.judged(1.0)], as_json=False)
    assert "the table" in capsys.readouterr().out
    with pytest.raises(click.exceptions.Exit) as ended:
        finish(tmp_path, "the table", {"title": "t"}, [LINE.judged(3.0)], as_json=True)
    assert ended.value.exit_code == 1
    told = json.loads(capsys.readouterr().out)
    assert told["verdicts"] == [{"what": "seconds", "limit": 2.0, "value": 3.0, "met": False}]
    assert json.loads((tmp_path / "report.json").read_text()) == told
