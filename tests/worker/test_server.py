import pytest

from callagent.profile import load_profile
from callagent.worker.server import JOB, modules_of


@pytest.mark.parametrize(("providers", "whisper"), [("local", True), ("cloud", False)])
def test_only_what_the_profile_needs_is_imported_ahead(providers: str, whisper: bool) -> None:
    modules = modules_of(load_profile("en-US", env={"CALLAGENT_PROVIDERS": providers}))
    assert modules[0] == JOB
    assert ("faster_whisper" in modules) is whisper
    assert len(modules) == len(set(modules))
