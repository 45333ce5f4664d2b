from pathlib import Path

import pytest

from callagent.telephony.number_lists.do_not_call_file import listed_by, read_number_file
from callagent.yaml_config import ConfigError
from tests.support.profiles import Profiles


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
    with pytest.raises(ConfigError, match="not UTF-16 text"):
        read_number_file(tmp_path / "bytes")


@pytest.mark.parametrize(
    "data",
    [
        "Name;Mobile Phone;Phone\r\nAnn Müller;+12025550123;N/A\r\nBo;;+12025550124\r\nCy;;\r\n".encode("cp1252"),
        "Name\tTelefon\nAnn\t+12025550123\n# ours\nBo\t+1 202 555 0124 # asked\n".encode("utf-16"),
        b'sep=;\n"Phone Number";"Email"\n"+12025550123";"a@example.com"\n"+12025550124";""\n',
        "+12025550123;2024-01-05\n+12025550124|asked\n".encode("utf-16-le"),
        b"# ours\nphone\n+12025550123\n+12025550124\n",
    ],
)
def test_a_list_is_read_as_a_crm_saved_it(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "dnc.csv").write_bytes(data)
    assert list(read_number_file(tmp_path / "dnc.csv")) == ["+12025550123", "+12025550124"]


@pytest.mark.parametrize(
    "text", ["202,5550123\n312,7550199\n", "2025550123\n3127550199\n", "202,5550123,2024-01-05,A\n"]
)
def test_the_registry_of_the_united_states_is_read_for_that_country_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "registry.txt"
    path.write_text(text)
    assert next(iter(read_number_file(path, "US"))) == "+12025550123"
    assert len(read_number_file(path, "US")) == text.count("\n")
    for region in (None, "DE"):
        with pytest.raises(ConfigError):
            read_number_file(path, region)
    with pytest.raises(ConfigError, match="--region"):
        read_number_file(path)


def test_a_number_that_was_taken_off_the_registry_is_not_put_on_the_list(tmp_path: Path) -> None:
    (tmp_path / "changes.txt").write_text("202,5550123,2024-01-05,D\n")
    with pytest.raises(ConfigError, match=r"changes\.txt:1: .* was taken off the registry"):
        read_number_file(tmp_path / "changes.txt", "US")


def test_the_second_number_of_a_line_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "dnc.txt").write_text("+12025550123\n+12025550124, +12025550125\n")
    with pytest.raises(ConfigError, match=r"dnc\.txt:2: .* holds more than one number"):
        read_number_file(tmp_path / "dnc.txt")


@pytest.mark.parametrize(
    "text",
    [
        'Name,Phone\nAnn,="+12025550123"\nBo,"=""(202) 555-0124"""\n',
        "'+12025550123\n'2025550124\n",
        "Contacts export\n,\nName,Phone\nAnn,+12025550123\nBo,+12025550124\n",
        "Export of 2026-11-28;\nName;Mobile\nAnn;+12025550123\nBo;202-555-0124\n",
    ],
)
def test_what_spreadsheets_put_around_numbers_is_no_part_of_them(tmp_path: Path, text: str) -> None:
    path = tmp_path / "dnc.csv"
    path.write_text(text)
    assert set(read_number_file(path, "US")) == {"+12025550123", "+12025550124"}


def test_numbers_above_what_looks_like_a_heading_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "dnc.txt"
    path.write_text("+12025550123\nPhone\n+12025550124\n")
    with pytest.raises(ConfigError, match=r":2: 'Phone'"):
        read_number_file(path)


def listed(path: Path, text: str, region: str | None = None) -> dict[str, int]:
    path.write_text(text, "utf-8")
    return read_number_file(path, region)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dnc.csv"


def test_american_digits_are_taken_without_a_look_into_the_plan(path: Path) -> None:
    nobodys = "2005550123"
    assert listed(path, f"+1{nobodys}\n") == {"+12005550123": 1}
    assert listed(path, f"{nobodys}\n1{nobodys[:-1]}4\n", "CA") == {"+12005550123": 1, "+12005550124": 2}
    for text in (nobodys, f"1{nobodys}"):
        with pytest.raises(ConfigError, match=r"dnc\.csv:1: "):
            listed(path, text, "DE")


def test_the_first_line_of_a_number_counts(path: Path) -> None:
    assert listed(path, "2025550123\n(202) 555-0123\n+12025550123\n", "US") == {"+12025550123": 1}
    assert listed(path, "(202) 555-0123\n2025550123\n", "US") == {"+12025550123": 1}


def test_empty_lines_and_comments_are_no_numbers(path: Path) -> None:
    assert listed(path, "\n # ours\n+12025550123\n\n#+12025550124\n   \n+12025550125\n") == {
        "+12025550123": 3,
        "+12025550125": 7,
    }


@pytest.mark.parametrize("told", ["sep=,", '"sep=;"', "SEP=;"])
def test_the_first_line_may_tell_excel_of_the_separator(path: Path, told: str) -> None:
    assert listed(path, f"{told}\n+12025550123\n") == {"+12025550123": 2}
    with pytest.raises(ConfigError, match=r"dnc\.csv:2: "):
        listed(path, f"+12025550123\n{told}\n")


def test_empty_lines_above_the_headings_are_not_counted(path: Path) -> None:
    text = "# ours\n" * 2 + "\n" * 12 + "Name,Phone\nAnn,+12025550123\n"
    assert listed(path, text) == {"+12025550123": 16}


def test_a_row_of_a_table_is_a_comment_where_its_first_cell_is(path: Path) -> None:
    text = "Name,Phone,Tag\nAnn,+12025550123,#vip\n#Bo,+12025550124,x\nCy,+12025550125 # asked,\n"
    assert listed(path, text) == {"+12025550123": 2, "+12025550125": 4}


def test_a_row_that_ends_before_the_number_has_none(path: Path) -> None:
    assert listed(path, "Name,Phone\nAnn\nBo,\nCy,+12025550123\n") == {"+12025550123": 4}


def test_all_columns_of_numbers_are_read(path: Path) -> None:
    text = "Phone,Name,Mobile\n+12025550123,Ann,+12025550124\n,Bo,+12025550125\n"
    assert listed(path, text) == {"+12025550123": 2, "+12025550124": 2, "+12025550125": 3}


def test_the_file_of_a_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles = Profiles(tmp_path, monkeypatch)
    profiles.minimal("open")
    assert listed_by(profiles.load("open"), None) == {}
    file = profiles.directory / "dnc.txt"
    file.write_text("# ours\n(202) 555-0123\n", "utf-8")
    profiles.minimal("closed", "dialling: {do_not_call: dnc.txt}\n")
    found = listed_by(profiles.load("closed"), "US")
    assert list(found) == ["+12025550123"]
    assert found["+12025550123"].endswith("dnc.txt:2")
