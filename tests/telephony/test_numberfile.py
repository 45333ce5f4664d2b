from pathlib import Path

import pytest

from callagent.profile import ConfigError
from callagent.telephony.numberfile import read_number_file


def test_numbers_comments_and_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "dnc.csv"
    path.write_text("number,reason\n# ours\n\n+1 202 555 0123, asked\n(202) 555-0124 # and so did they\n", "utf-8-sig")
    assert read_number_file(path, "US") == {"+12025550123": 4, "+12025550124": 5}


def test_every_line_that_is_no_number_is_named(tmp_path: Path) -> None:
    path = tmp_path / "dnc.txt"
    path.write_text("+12025550123\nnobody\n+1\n")
    with pytest.raises(ConfigError) as raised:
        read_number_file(path)
    assert [problem.line for problem in raised.value.problems] == [2, 3]


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_number_file(tmp_path / "none.txt")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_number_file(tmp_path / "bytes")
