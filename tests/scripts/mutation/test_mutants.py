import pytest

from scripts.mutation.mutants import mutants


def changes(source: str) -> list[str]:
    return [mutant.after for mutant in mutants("shop.py", source)]


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("x = a < b", ["x = a <= b", "x = a >= b"]),
        ("x = a == b", ["x = a != b"]),
        ("x = a in b", ["x = a not in b"]),
        ("x = a not in b", ["x = a in b"]),
        ("x = a is None", ["x = a is not None"]),
        ("x = a and b", ["x = a or b"]),
        ("x = not a", ["x = a"]),
        ("x = True", ["x = False"]),
        ("x = 3", ["x = 4", "x = 2"]),
        ("x = a + b", ["x = a - b"]),
        ("x = a if b else c", ["x = a if not (b) else c"]),
        ("x = [a for a in b if a]", ["x = [a for a in b if not (a)]"]),
        ("while a: pass", ["while not (a): pass"]),
        ("if a < b < c: pass", ["if a <= b < c: pass", "if a < b <= c: pass"]),
    ],
)
def test_a_line_is_changed_in_small_ways(line: str, after: list[str]) -> None:
    found = changes(line)
    assert set(after) <= set(found) and line not in found


@pytest.mark.parametrize(
    ("clause", "after"),
    [
        ("except OSError:", ["except FloatingPointError:"]),
        ("except a.Error as error:", ["except FloatingPointError as error:"]),
        ("except (A, b.B):", ["except (FloatingPointError, b.B):", "except (A, FloatingPointError):"]),
    ],
)
def test_an_exception_is_no_longer_caught(clause: str, after: list[str]) -> None:
    assert changes(f"try:\n    a()\n{clause}\n    b()\n") == after


def test_every_branch_is_turned() -> None:
    source = "if a:\n    pass\nelif b:\n    pass\nmatch c:\n    case d if e:\n        pass\n"
    assert changes(source) == ["if not (a):", "elif not (b):", "case d if not (e):"]


@pytest.mark.parametrize(
    "source",
    [
        '"""Three or 4 words, not more."""',
        "def f(a: int | None = None, *, b: Literal[1, 2]) -> str | None: ...",
        "log.info('x', extra={'a': 1 + 2})",
        "_logger.debug('x', 3)",
        "Number = int | float",
        "isinstance(a, int | str)",
        "if TYPE_CHECKING:\n    X = 1\n",
        "@dataclass(frozen=True)\nclass A: ...\n",
        "zip(a, b, strict=True)",
        "f(*a, **b)",
        "x = [*a, *b]\ny = {**a}",
        "def f(a, /, b, *, c): ...",
    ],
)
def test_what_says_nothing_is_left_alone(source: str) -> None:
    assert changes(source) == []


def test_the_constraint_of_a_setting_is_changed() -> None:
    assert changes("a: Annotated[int | None, Field(ge=1)]") == [
        "a: Annotated[int | None, Field(ge=2)]",
        "a: Annotated[int | None, Field(ge=0)]",
    ]


def test_a_mutant_differs_from_the_source_in_its_place_alone() -> None:
    source = 'a = "é日"; x = 1 < 2  # kept\n\n\ndef f():\n    return not a\n'
    for mutant in mutants("shop.py", source):
        lines = mutant.source.splitlines()
        lines[mutant.line - 1] = source.splitlines()[mutant.line - 1]
        assert "\n".join(lines) + "\n" == source


def test_a_statement_knows_whether_an_import_runs_it() -> None:
    source = "X = 1\ndef f(a=2):\n    return (\n        3\n    )\n"
    found = {mutant.line: mutant.statement for mutant in mutants("shop.py", source)}
    assert {line: statement.at_import for line, statement in found.items()} == {1: True, 2: True, 4: False}
    assert (found[4].first, found[4].last) == (3, 5)
