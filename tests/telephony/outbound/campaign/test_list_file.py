from pathlib import Path
from typing import Any

import pytest

from callagent.telephony.outbound import NumberList, Reading, read_list
from callagent.yaml_config import ConfigError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "numbers.csv"


def called(found: NumberList) -> list[str]:
    return [row.number.e164 for row in found.rows]


def problems(path: Path, **reading: Any) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read_list(path, Reading(**reading))
    return str(raised.value).replace(f"{path.parent}/", "").splitlines()


def test_columns_besides_the_number_are_told_to_the_agent(path: Path) -> None:
    path.write_text('Name,Number,order\n"Lee, Ann",+1 202 555 0123,17\n\nBo,(202) 555-0124,\n', "utf-8-sig")
    rows = read_list(path, Reading("US")).rows
    assert [(row.line, row.number.e164, row.meta) for row in rows] == [
        (2, "+12025550123", {"name": "Lee, Ann", "order": "17"}),
        (4, "+12025550124", {"name": "Bo"}),
    ]


def test_one_column_needs_no_heading(path: Path) -> None:
    path.write_text("+12025550123\n+12025550124\n")
    assert called(read_list(path)) == ["+12025550123", "+12025550124"]
    path.write_text("2025550123\n2025550124\n")
    assert len(read_list(path, Reading("US")).rows) == 2


def test_a_row_that_stands_there_twice_is_one_call(path: Path) -> None:
    path.write_text("number,order\n+12025550123,1\n+1 (202) 555-0123,1\n+12025550123,2\n")
    assert [row.line for row in read_list(path, Reading(allow_duplicates=True)).rows] == [2, 4]


def test_a_person_is_one_call_however_the_number_is_written(path: Path) -> None:
    path.write_text("name,number\nAnn,+12025550123\nAnn Lee,(202) 555-0123\nBo,+12025550124\nA. Lee,+1-202-555-0123\n")
    found = read_list(path, Reading("US"))
    assert called(found) == ["+12025550123", "+12025550124"]
    assert [(later.line, first.line) for later, first in found.duplicates] == [(3, 2), (5, 2)]


def test_duplicates_are_told_in_their_own_order(path: Path) -> None:
    path.write_text("number\n+12025550123\n+12025550124\n+12025550124\n+12025550123\n")
    assert [(later.line, first.line) for later, first in read_list(path).duplicates] == [(4, 3), (5, 2)]


def test_another_extension_is_another_person(path: Path) -> None:
    path.write_text("number\n+12025550123\n+12025550123 x7\n+12025550123 ext. 7\n")
    found = read_list(path)
    assert [row.line for row in found.rows] == [2, 3]
    assert [later.line for later, _ in found.duplicates] == [4]


def test_a_row_keeps_its_key_when_others_come_and_go(path: Path) -> None:
    path.write_text("number,order\n+12025550123,1\n")
    (before,) = read_list(path).rows
    path.write_text("order,number\n9,+12025550124\n1,+1 202 555 0123\n")
    assert read_list(path).rows[1].key == before.key


def test_a_row_keeps_its_key_when_its_columns_change_places(path: Path) -> None:
    path.write_text("number,order,name\n+12025550123,1,Ann\n")
    (before,) = read_list(path).rows
    path.write_text("name,order,number\nAnn,1,+12025550123\n")
    assert read_list(path).rows[0].key == before.key


def test_the_key_of_a_row_is_the_one_that_lists_begun_long_ago_have_in_the_records(path: Path) -> None:
    path.write_text('Name,number,Order\n"Lee, Ann",+12025550123,17\n')
    (row,) = read_list(path).rows
    assert row.key == "6f6d95ae00688b20615c676978e03353f9f791467a0bdeeeac65eee0c058ed16"


@pytest.mark.parametrize(
    ("text", "lines", "problem"),
    [
        ("number\n+12025550123\nnobody\n911x\n", [3, 4, None], "no digits"),
        ("numbr,x\n+12025550123,1\n", [1], "found 'numbr', 'x'; 'numbr' looks like it: --column number=\"numbr\"$"),
        ("who,x\n+12025550123,1\n", [1], "'who' looks like it: --column number=\"who\"$"),
        ("who,x\nAnn,1\n", [1], 'say which with --column number="HEADING"$'),
        ("Ann,+12025550123\nBo,+12025550124\n", [1], "needs the names of the columns in front, such as name,number"),
        ("number,n\n+12025550123,1\n+12025550124," + "ä" * 13_000, [3, None], "has 26009 bytes as JSON, at most 24000"),
        ("number,number\n1,2\n", [1], "each once"),
        ("number,order\n+12025550123\n", [2], "1 columns, the first line 2"),
        ("number,order\n+12025550123,1,2\n", [2], "3 columns"),
        ("order,number\n1\n", [2], "1 columns, the first line 2"),
        ("# nothing but a comment\n", [1], "found '# nothing but a comment'"),
        ("sep=,\n# my list\n+12025550123,Ann\n", [3], "needs the names of the columns in front"),
        ("sep=,\n" + "# a note\n" * 11 + "name,number\n", [None], "no rows"),
        ("# of 2026-11-28\nnumber\n", [None], "no rows"),
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
    assert len(read_list(path, Reading(common={"text": "x" * 23_900})).rows) == 1
    with pytest.raises(ConfigError, match=r"numbers\.csv:2: what the agent is told"):
        read_list(path, Reading(common={"text": "x" * 24_000}))


def test_a_file_that_cannot_be_read_is_one_line(path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_list(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="it is not UTF-16 text"):
        read_list(path)


NAMED = "name,number\r\nAnn Müller,+12025550123\r\n"


@pytest.mark.parametrize(
    "data",
    [
        NAMED.encode(),
        NAMED.encode("utf-8-sig"),
        NAMED.encode("utf-16"),
        b"\xfe\xff" + NAMED.encode("utf-16-be"),
        NAMED.encode("utf-16-le"),
        NAMED.encode("utf-16-be"),
        NAMED.encode("utf-32"),
        NAMED.encode("cp1252"),
        NAMED.replace(",", ";").encode(),
        NAMED.replace(",", "\t").encode("utf-16"),
        NAMED.replace(",", "|").encode(),
        b"sep=,\r\n" + NAMED.encode(),
        b'"sep=;"\n\n' + NAMED.replace(",", ";").encode("cp1252"),
        NAMED.replace("\r\n", "\r").encode(),
        b"sep=\t\r" + NAMED.replace("\r\n", "\r").replace(",", "\t").encode(),
        NAMED.replace("Ann", "\r\n\r\nAnn").encode(),
        'name;"number"\n"Ann Müller";+12025550123;\n'.encode(),
    ],
)
def test_a_list_is_read_as_a_spreadsheet_saved_it(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    (row,) = read_list(path).rows
    assert (row.number.e164, row.meta) == ("+12025550123", {"name": "Ann Müller"})


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("名前,電話番号\n山田,+81312345678\n", "cp932"), ("Имя;Телефон\nЮля;+74951234567\n", "cp1251")],
)
def test_an_old_encoding_is_the_one_in_which_a_heading_means_a_number(path: Path, text: str, encoding: str) -> None:
    path.write_bytes(text.encode(encoding))
    (row,) = read_list(path).rows
    assert set(row.meta.values()) & {"山田", "Юля"}


def test_an_encoding_that_is_told_is_not_guessed(path: Path) -> None:
    path.write_bytes("name,number\nЮля,+12025550123\n".encode("cp1251"))
    assert read_list(path, Reading(encoding="cp1251")).rows[0].meta == {"name": "Юля"}


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "Phone Number",
            "Phone",
            "MobilePhone",
            "Mobile",
            "Phone 1 - Value",
            "Primary Phone",
            "Mobile Phone",
            "PHONE",
        ),
        *("Business Phone", "Person - Phone", "Home Phone", "phone_number", "Contact Number", "E.164", "Tel. Nr."),
        *(
            "Telefon",
            "Telefonnummer",
            "Handy",
            "Rufnummer",
            "Privattelefon",
            "Teléfono",
            "Móvil",
            "Téléphone",
            "Nummer",
        ),
        *(
            "Portable",
            "Telefono",
            "Cellulare",
            "Telefone",
            "Celular",
            "Telefoonnummer",
            "Телефон",
            "電話番号",
            "携帯電話",
        ),
        *("फ़ोन", "मोबाइल नंबर", "手机", "휴대폰", "N° de téléphone"),
    ],
)
def test_the_number_is_found_under_the_heading_of_a_crm(path: Path, heading: str) -> None:
    others = "Record ID,Order Number,Email,Business Fax,Phone 1 - Label,Do Not Call,Immobilie"
    path.write_text(f"{others},{heading}\n7,17,a@example.com,,Mobile,no,12,+12025550123\n", "utf-8")
    (row,) = read_list(path).rows
    assert (row.number.e164, row.meta["order number"], row.meta["phone 1 - label"]) == ("+12025550123", "17", "Mobile")


TWO = "name,Phone,Mobile Phone\nAnn,+12025550123,%s\nBo,+12025550124,\n"


def test_of_several_columns_the_one_that_is_filled_holds_the_number(path: Path) -> None:
    path.write_text(TWO % "N/A")
    assert called(read_list(path)) == ["+12025550123", "+12025550124"]
    path.write_text(TWO % "+12025550199")
    assert problems(path) == [
        "numbers.csv:1: the number may be in any of 'Phone', 'Mobile Phone'; say in which with "
        '--column number="Phone"'
    ]
    found = read_list(path, Reading(column="mobile phone", skip_invalid=True))
    assert [(row.number.e164, row.meta["phone"]) for row in found.rows] == [("+12025550199", "+12025550123")]
    assert problems(path, column="Mobil Phone") == [
        "numbers.csv:1: no column is called 'Mobil Phone'; found 'name', 'Phone', 'Mobile Phone'; "
        "did you mean 'Mobile Phone'?"
    ]


@pytest.mark.parametrize(
    "nothing", ["", "N/A", "-", "null", "None", "n/a", "#N/A", "unknown", "TBD", "—", "0", "k. A."]
)
def test_rows_without_a_number_are_named_or_skipped(path: Path, nothing: str) -> None:
    path.write_text(f"name,number\nAnn,+12025550123\nBo,{nothing}\nCy,+1202555012\n", "utf-8")
    said = f" ('{nothing}')" if nothing else ""
    wrong = [f"numbers.csv:3: has no number{said}", "numbers.csv:4: '+1202555012' is too short for a telephone number"]
    hint = "numbers.csv: 2 of 3 rows cannot be called; --skip-invalid leaves them out"
    assert problems(path) == [*wrong, hint]
    found = read_list(path, Reading(skip_invalid=True))
    assert called(found) == ["+12025550123"]
    assert [str(problem).rpartition("/")[2] for problem in found.skipped[:1]] == [wrong[0].rpartition("/")[2]]
    assert [problem.line for problem in found.skipped] == [3, 4]


@pytest.mark.parametrize(
    "cell", ["'+12025550123", '="+12025550123"', "\u00a0+1 202\u00a0555\u00a00123", "'(202) 555-0123"]
)
def test_a_number_that_a_spreadsheet_was_kept_from_calculating_with_is_one(path: Path, cell: str) -> None:
    path.write_text(f"name\tnumber\nAnn\t{cell}\n", "utf-8")
    assert called(read_list(path, Reading("US"))) == ["+12025550123"]


@pytest.mark.parametrize("between", [" ::: ", "; ", " / ", ", ", " or ", "\n"])
def test_of_several_numbers_in_a_cell_all_are_told(path: Path, between: str) -> None:
    path.write_text(f'name,number\nAnn,"+12025550123{between}+12025550124"\n')
    assert problems(path)[0].endswith(
        "holds more than one number, '+12025550123' and '+12025550124': keep the one that is to be called"
    )


def test_a_list_of_which_nobody_can_be_called_is_wrong_even_so(path: Path) -> None:
    path.write_text("number\nx\n")
    assert problems(path, skip_invalid=True) == ["numbers.csv:2: has no number ('x')"]


def test_of_very_many_wrong_rows_the_first_are_named_and_the_others_counted(path: Path) -> None:
    path.write_text("number\n+12025550123\n" + "nobody\n" * 1000)
    assert problems(path)[-2:] == [
        "numbers.csv: 900 more rows are wrong",
        "numbers.csv: 1000 of 1001 rows cannot be called; --skip-invalid leaves them out",
    ]


def test_national_numbers_name_the_options_that_tell_their_country(path: Path) -> None:
    path.write_text("2025550123\n2025550124\n")
    first, second, hint = problems(path)
    assert (first[:14], second[:14]) == ("numbers.csv:1:", "numbers.csv:2:")
    assert "--region" in hint
    assert "--from" in hint


def test_headings_may_be_missing_and_double_where_they_are_not_the_number(path: Path) -> None:
    path.write_text("number,note,note,\n+12025550123,a,b,\n+12025550124,c,d,e,\n")
    assert [row.meta for row in read_list(path).rows] == [
        {"note": "a", "note (3)": "b"},
        {"note": "c", "note (3)": "d", "column 4": "e"},
    ]


@pytest.mark.parametrize(
    "above",
    [
        "Contacts export\n",
        "Contacts;;\n;;\n",
        "Stand: 28.11.2026\n\n",
        "# ours, of 2026-11-28\n",
        "Report\nAll people;;\n",
    ],
)
def test_titles_may_stand_above_the_headings(path: Path, above: str) -> None:
    path.write_text(f"{above}Name;Mobile;City\nAnn;+12025550123;Rome\n")
    (row,) = read_list(path).rows
    assert (str(row.number), row.meta) == ("+12025550123", {"name": "Ann", "city": "Rome"})


def test_the_column_that_is_named_is_looked_for_below_titles_too(path: Path) -> None:
    path.write_text("Export\nwho,line\nAnn,+12025550123\n")
    assert called(read_list(path, Reading(column="line"))) == ["+12025550123"]


def test_a_comment_above_a_list_without_headings_is_no_heading(path: Path) -> None:
    path.write_text("# my list\n+12025550123\n+12025550124\n")
    assert called(read_list(path)) == ["+12025550123", "+12025550124"]


def test_a_comment_above_a_single_number_is_no_heading(path: Path) -> None:
    path.write_text("# my list\n+12025550123\n")
    assert called(read_list(path)) == ["+12025550123"]


def test_a_comment_of_digits_is_no_row_without_headings(path: Path) -> None:
    path.write_text("# 2026-11-28 17:00\nname,number\nAnn,+12025550123\n")
    assert [row.meta for row in read_list(path).rows] == [{"name": "Ann"}]


def test_there_may_be_any_number_of_comments_above_the_headings(path: Path) -> None:
    path.write_text("sep=,\n" + "# a note\n" * 11 + "name,number\nAnn,+12025550123\n")
    assert [row.meta for row in read_list(path).rows] == [{"name": "Ann"}]


def test_a_list_of_nothing_but_numbers_tells_nothing_besides(path: Path) -> None:
    path.write_text("sep=,\n+12025550123\n+12025550124,\n")
    assert [(row.number.e164, row.meta) for row in read_list(path).rows] == [("+12025550123", {}), ("+12025550124", {})]


def test_a_row_with_a_number_is_no_title(path: Path) -> None:
    path.write_text("Ann,+12025550123\nname,number\nBo,+12025550124\n")
    assert problems(path)[0].endswith("the first line holds a number itself")


@pytest.mark.parametrize("begins", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00"])
def test_a_workbook_is_told_as_one(path: Path, begins: bytes) -> None:
    path.write_bytes(begins + bytes(64))
    assert problems(path) == ["numbers.csv: is a workbook, not a table as text; save its sheet as CSV"]
