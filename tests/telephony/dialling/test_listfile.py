from pathlib import Path

import pytest

from callagent.profile import ConfigError
from callagent.telephony.dialling import read_list


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "numbers.csv"


def test_columns_besides_the_number_are_told_to_the_agent(path: Path) -> None:
    path.write_text('Name,Number,order\n"Lee, Ann",+1 202 555 0123,17\n\nBo,(202) 555-0124,\n', "utf-8-sig")
    rows = read_list(path, "US")
    assert [(row.line, row.number.e164, row.meta) for row in rows] == [
        (2, "+12025550123", {"name": "Lee, Ann", "order": "17"}),
        (4, "+12025550124", {"name": "Bo"}),
    ]


def test_one_column_needs_no_heading(path: Path) -> None:
    path.write_text("+12025550123\n+12025550124\n")
    assert len(read_list(path)) == 2


def test_a_row_that_stands_there_twice_is_one_call(path: Path) -> None:
    path.write_text("number,order\n+12025550123,1\n+1 (202) 555-0123,1\n+12025550123,2\n")
    assert [row.line for row in read_list(path)] == [2, 4]


def test_a_row_keeps_its_key_when_others_come_and_go(path: Path) -> None:
    path.write_text("number,order\n+12025550123,1\n")
    (before,) = read_list(path)
    path.write_text("order,number\n9,+12025550124\n1,+1 202 555 0123\n")
    assert read_list(path)[1].key == before.key


@pytest.mark.parametrize(
    ("text", "lines", "problem"),
    [
        ("number\n+12025550123\nnobody\n911x\n", [3, 4], "no digits"),
        ("numbr,x\n+12025550123,1\n", [1], "and 'number' among them; 'numbr' looks like it$"),
        ("number,n\n+12025550123,1\n+12025550124," + "ä" * 13_000, [3], "has 26009 bytes as JSON, at most 24000"),
        ("number,number\n1,2\n", [1], "each once"),
        ("number,order\n+12025550123\n", [2], "1 columns, the first line 2"),
        ("number,order\n+12025550123,1,2\n", [2], "3 columns"),
        ("number\n", [None], "no rows"),
        ("", [None], "is empty"),
        ('number\n"+1202', [2], "a quote that is never closed"),
        ('number,n\n+12025550123,1\n+12025550124,"a\nb\n', [3], "a quote that is never closed"),
        ('number\n"+1202"5,1\n', [2], "cannot be read: .* expected"),
    ],
)
def test_every_wrong_row_is_named(path: Path, text: str, lines: list[int | None], problem: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError, match=problem) as raised:
        read_list(path)
    assert [found.line for found in raised.value.problems] == lines


def test_what_every_call_is_told_counts_with_what_a_row_says(path: Path) -> None:
    path.write_text("number,order\n+12025550123,1\n")
    assert len(read_list(path, common={"text": "x" * 23_900})) == 1
    with pytest.raises(ConfigError, match=r"numbers\.csv:2: what the agent is told"):
        read_list(path, common={"text": "x" * 24_000})


def test_a_file_that_cannot_be_read_is_one_line(path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_list(path)
    path.write_bytes(b"number\n\xff\xfe\n")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_list(path)
