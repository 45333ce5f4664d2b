import importlib.util

import pytest

from callagent.profile import load_profile
from callagent.worker.server import JOB, modules_of


@pytest.mark.parametrize(("providers", "whisper"), [("local", True), ("cloud", False)])
def test_only_what_the_profile_needs_is_imported_ahead(providers: str, whisper: bool) -> None:
    modules = modules_of(load_profile("en-US", env={"CALLAGENT_PROVIDERS": providers}))
    assert modules[0] == JOB
    assert ("faster_whisper" in modules) is whisper
    assert ("openai.resources.models" in modules) is not whisper
    assert len(modules) == len(set(modules))


def test_what_livekit_imports_in_calls_is_there_before_them() -> None:
    for module in modules_of(load_profile("en-US", env={"CALLAGENT_PROVIDERS": "cloud"})):
        assert importlib.util.find_spec(module), module
