import pytest

from callagent.telephony.number_lists.columns import choose_column, heading_row, number_columns, words_of

NUMBERS = ["+12025550123", "+12025550124"]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("MobilePhone", ("mobile", "phone")),
        ("mobile_phone", ("mobile", "phone")),
        ("Téléphone (privé)", ("telephone", "prive")),
        ("", ()),
    ],
)
def test_the_words_of_a_heading(heading: str, words: tuple[str, ...]) -> None:
    assert words_of(heading) == words


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["name", "phone", "Number"], [2]),
        (["No", "Mobile", "Home Phone"], [1, 2]),
        (["name", "No."], [1]),
        (["name", "city"], []),
        (["Phone type", "Phone Opt Out", "contact no"], [2]),
        (["Order number", "number of calls"], []),
    ],
)
def test_the_surest_kind_of_heading_is_taken(headings: list[str], columns: list[int]) -> None:
    assert number_columns(headings) == columns


def is_heading(cells: list[str]) -> bool:
    return bool(number_columns(cells))


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ([["name", "phone"], ["Ann", "+12025550123"]], 0),
        ([["Export of 2026-11-28", ""], [], ["name", "phone"]], 2),
        ([["all", "people"], ["name", "phone"]], 1),
        ([["Ann", "+12025550123"], ["name", "phone"]], 0),
        ([["20261128"], ["name", "phone"]], 0),
        ([["20261128 a", "b"], ["name", "phone"]], 0),
        ([["title"]] * 9 + [["name", "phone"]], 9),
        ([["title"]] * 10 + [["name", "phone"]], 0),
        ([["name"], ["city"]], 0),
        ([], 0),
    ],
)
def test_the_headings_stand_below_nothing_but_titles(rows: list[list[str]], row: int) -> None:
    assert heading_row(rows, is_heading) == row


@pytest.mark.parametrize(
    ("headings", "rows", "column"),
    [
        (["phone", "mobile"], [["", "+12025550123"]], 1),
        (["phone", "mobile"], [["n/a"], ["+12025550123", "-"]], 0),
        (["phone", "mobile"], [["", ""]], 0),
        (["name", "phone"], [["Ann"]], 1),
    ],
)
def test_the_column_that_is_filled_holds_the_number(headings: list[str], rows: list[list[str]], column: int) -> None:
    assert choose_column(headings, rows) == column


def test_the_column_that_somebody_names() -> None:
    assert choose_column(["name", "Line"], [], "LINE") == 1


def said(headings: list[str], rows: list[list[str]], wanted: str | None = None) -> str:
    with pytest.raises(ValueError) as raised:
        choose_column(headings, rows, wanted)
    return str(raised.value)


@pytest.mark.parametrize(
    ("headings", "wanted", "problem"),
    [
        (["a", "A"], "a", "more than one column is called 'a'; found 'a', 'A'; did you mean 'a'?"),
        (["name", "Line"], "lin", "no column is called 'lin'; found 'name', 'Line'; did you mean 'Line'?"),
        (["name", "Line"], "zzzz", "no column is called 'zzzz'; found 'name', 'Line'"),
    ],
)
def test_a_column_that_is_not_the_one_that_is_named(headings: list[str], wanted: str, problem: str) -> None:
    assert said(headings, [], wanted) == problem


@pytest.mark.parametrize(
    ("headings", "rows", "problem"),
    [
        (
            ["phone", "mobile"],
            [NUMBERS],
            "the number may be in any of 'phone', 'mobile'; say in which with --column number=\"phone\"",
        ),
        (
            ["name", "phone", "fon", "mobile"],
            [["Ann", "", *NUMBERS]],
            "the number may be in any of 'fon', 'mobile'; say in which with --column number=\"fon\"",
        ),
        (
            ["name", "Phone", "phone"],
            [["Ann", *NUMBERS]],
            "needs the names of the columns, each once; more than one is called 'Phone'",
        ),
        (
            ["who", "x"],
            [["+12025550123", "1"]],
            "no column is called 'number' or anything like it; found 'who', 'x'; 'who' looks like it: "
            '--column number="who"',
        ),
        (
            ["numbr", "x"],
            [],
            "no column is called 'number' or anything like it; found 'numbr', 'x'; 'numbr' looks like it: "
            '--column number="numbr"',
        ),
        (
            ["who", "", "x"],
            [["1", "+12025550123"]],
            "no column is called 'number' or anything like it; found 'who', 'x'; say which with "
            '--column number="HEADING"',
        ),
        (
            ["+1 202 555 0123"],
            [],
            "needs the names of the columns in front, such as name,number; the first line holds a number itself",
        ),
    ],
)
def test_no_column_or_several(headings: list[str], rows: list[list[str]], problem: str) -> None:
    assert said(headings, rows) == problem


def test_a_column_looks_like_numbers_when_all_of_its_first_fifty_cells_do() -> None:
    rows = [["+12025550123"]] * 50 + [["nobody"]]
    assert "'who' looks like it" in said(["who"], rows)
    assert "looks like it" not in said(["who"], rows[1:])
    assert "'who' looks like it" in said(["who"], [["n/a"], [], *rows[:3]])
    assert "looks like it" not in said(["who"], [["n/a"], []])


@pytest.mark.parametrize(("count", "more"), [(20, ""), (21, " and 1 more"), (25, " and 5 more")])
def test_of_many_headings_the_first_are_named(count: int, more: str) -> None:
    names = [f"c{at:02}" for at in range(count)]
    listed = ", ".join(map(repr, names[:20]))
    assert f"; found {listed}{more}; say" in said(names, [])
