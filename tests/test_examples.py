"""The examples under configs/examples: each is checked as its author would, and its scripted calls pass offline."""

from pathlib import Path

import pytest

from callagent.profile import check_profile, load_targets
from callagent.scripted_calls import Run, load_call, make_level, plan_call, run_calls
from tests.support.scripted import failed

EXAMPLES = Path(__file__).resolve().parents[1] / "configs" / "examples"
PROFILES = sorted(EXAMPLES.glob("*/*.yaml"))
CALLS = sorted(EXAMPLES.glob("*/calls/*.yaml"))


def shown(path: Path) -> str:
    return str(path.relative_to(EXAMPLES))


@pytest.mark.parametrize("path", PROFILES, ids=shown)
def test_the_profile_of_an_example_is_right(path: Path) -> None:
    profile = check_profile(path)
    assert profile is not None
    load_targets(profile)
    assert any(path.parent.glob("calls/*.yaml"))


@pytest.mark.text
@pytest.mark.timeout(240)
@pytest.mark.parametrize("path", CALLS, ids=shown)
def test_a_call_of_an_example_passes(path: Path) -> None:
    call = load_call(path)
    (finished,) = run_calls(make_level("text"), [Run(call, plan_call(call, env={}))])
    assert finished.result.passed, failed(finished.result)
