"""The whole suite in one command: what is in real time alone, the rest side by side, and one summary of both."""

import sys
from pathlib import Path

import pytest

from tests.support.real_time import side_by_side

ROOT = Path(__file__).parents[1]

CONFTEST = """
import pytest
from tests.support.levels import LevelsMustRun
from tests.support.real_time import side_by_side, split

def pytest_configure(config):
    config.pluginmanager.register(LevelsMustRun())
    if (part := split(config)) is not None:
        config.pluginmanager.register(part)

def pytest_xdist_auto_num_workers(config):
    return min(side_by_side(config), 2)

@pytest.fixture(autouse=True)
def note(request, worker_id):
    with open(request.config.rootpath / "order", "a") as order:
        print(worker_id, request.node.name, file=order)
"""
TESTS = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_quick(number):
    assert number != {wrong}

@pytest.mark.room
@pytest.mark.parametrize("number", range(2))
def test_room(number):
    assert True

@pytest.mark.room
@pytest.mark.any_speed
def test_patient():
    {patient}

@pytest.mark.sip
def test_sip():
    pytest.skip("no user agent")
"""

QUICK = {f"test_quick[{number}]" for number in range(6)}

Run = tuple[pytest.RunResult, list[list[str]]]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    pytester.makeini("[pytest]\naddopts = -rfs\ntestpaths = .\nmarkers =\n  room\n  audio\n  sip\n  any_speed\n")
    pytester.makeconftest(CONFTEST)
    return pytester


def run(suite: pytest.Pytester, *arguments: str, wrong: int = -1, patient: str = "pass") -> Run:
    suite.makepyfile(test_levels=TESTS.format(wrong=wrong, patient=patient))
    result = suite.run(sys.executable, "-m", "pytest", "-p", "xdist", "-n", "auto", *arguments)
    order = suite.path / "order"
    return result, [line.split() for line in order.read_text().splitlines()] if order.exists() else []


def test_what_is_in_real_time_runs_alone_after_the_rest_and_all_of_it_is_in_one_summary(
    suite: pytest.Pytester,
) -> None:
    result, order = run(suite, wrong=3)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert {name for process, name in order[:7] if process.startswith("gw")} == {*QUICK, "test_patient"}
    assert order[7:] == [["master", name] for name in ("test_room[0]", "test_room[1]", "test_sip")]
    result.assert_outcomes(passed=8, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["FAILED *test_quick?3?*", "SKIPPED * no user agent", "*1 failed, 8 passed, 1 skipped*"]
    )


def test_the_first_failure_can_end_the_run(suite: pytest.Pytester) -> None:
    result, order = run(suite, "-x", wrong=3)
    assert result.ret != pytest.ExitCode.OK
    assert [name for process, name in order if process == "master"] == []


def test_a_level_can_be_chosen(suite: pytest.Pytester) -> None:
    result, _ = run(suite, "-m", "room")
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=3, deselected=7)


def test_a_level_that_is_skipped_in_another_process_can_fail_the_run(suite: pytest.Pytester) -> None:
    result, _ = run(suite, patient="pytest.skip('no server')")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=8, skipped=2)
    result.stdout.fnmatch_lines(["test_levels.py::test_patient (room)"])


def test_what_cannot_be_collected_is_told_and_fails_the_run(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_broken="import no_such_module")
    result, order = run(suite)
    assert result.ret not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    result.stdout.fnmatch_lines(["*No module named 'no_such_module'"])
    assert order == []


def test_named_tests_run_one_after_the_other(suite: pytest.Pytester) -> None:
    result, order = run(suite, "test_levels.py")
    result.assert_outcomes(passed=9, skipped=1)
    assert {process for process, _ in order} == {"master"}


@pytest.mark.parametrize("option", ["-s", "--trace"])
def test_who_looks_on_gets_one_process(pytester: pytest.Pytester, option: str) -> None:
    assert side_by_side(pytester.parseconfig()) > 0
    assert side_by_side(pytester.parseconfig(option)) == 0
