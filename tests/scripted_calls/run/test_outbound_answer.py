import logging

import pytest

from callagent.profile.paths import configs_dir
from callagent.scripted_calls import Run, load_call, make_level, plan_call, run_calls

pytestmark = pytest.mark.text


def test_a_call_that_is_over_leaves_no_filter_on_the_log_of_livekit() -> None:
    logger = logging.getLogger("livekit.agents")
    before = list(logger.filters)
    call = load_call(configs_dir() / "calls" / "called-late-voicemail.yaml")
    (finished,) = run_calls(make_level("text"), [Run(call, plan_call(call, env={}))])
    assert not finished.result.failed
    assert logger.filters == before
