"""A package of a few lines is mutated for real, once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TILL = """
from functools import lru_cache

LIMIT = 10


def is_dear(price):
    return price > LIMIT


def count_down(number):
    while number > 0:
        number -= 1
    return number


def unknown(number):
    return number + 1


@lru_cache
def prices():
    return {"tea": 3}
"""
TESTS = """
from shop.till import count_down, is_dear, prices


def test_dear():
    assert is_dear(11) and not is_dear(9)


def test_count_down():
    assert count_down(3) == 0


def test_tea_has_a_price():
    assert "tea" in prices()


def test_the_price_of_tea():
    assert prices()["tea"] == 3
"""
RUN = """
import json, sys
from pathlib import Path
from scripts.mutation.__main__ import run
from scripts.mutation.mutants import mutants
root = Path(sys.argv[1])
chosen = mutants("shop/till.py", (root / "shop/till.py").read_text())
results = run(root, ["tests"], chosen)
print("RESULTS", json.dumps(results and {r.mutant.after: r.outcome.name for r in results}))
"""
ROOT = Path(__file__).parents[3]


def shop(folder: Path, tests: str = TESTS) -> Path:
    for name, text in {
        "shop/till.py": TILL,
        "tests/test_till.py": tests,
        "pytest.ini": "[pytest]\npythonpath = .\n",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def outcomes(root: Path) -> dict[str, str] | None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(root)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=160
    )
    found: dict[str, str] | None = json.loads(done.stdout.rpartition("RESULTS")[2])
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = shop(tmp_path_factory.mktemp("shop"))
    before = {path: path.read_bytes() for path in root.rglob("*.py")}
    results = outcomes(root)
    assert {path: path.read_bytes() for path in root.rglob("*.py")} == before
    assert results is not None
    return results


pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        ("return price <= LIMIT", "KILLED"),
        ("return price >= LIMIT", "SURVIVED"),
        ("while number >= 0:", "KILLED"),
        ("number -= 0", "TIMED_OUT"),
        ("LIMIT = 11", "KILLED"),
        ("LIMIT = 9", "SURVIVED"),
        ("return number - 1", "UNREACHED"),
        ('return {"tea": 4}', "KILLED"),
    ],
)
def test_a_mutant_fares_as_the_tests_decide(found: dict[str, str], after: str, outcome: str) -> None:
    assert found[after] == outcome


def test_tests_that_fail_by_themselves_try_nothing(tmp_path: Path) -> None:
    assert outcomes(shop(tmp_path, TESTS.replace("== 0", "== 1"))) is None
