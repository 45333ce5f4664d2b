import pytest
from livekit.agents import AMDCategory, AMDPredictionEvent

from callagent.profile import MachineSettings, load_profile
from callagent.providers.local.greeting_llm import GreetingLLM
from callagent.worker.answering import Verdict, classifier, verdict_of

LEAVE = {"voicemail": "leave message", "message": "Hi"}


def heard(category: AMDCategory) -> AMDPredictionEvent:
    return AMDPredictionEvent(speech_duration=1.0, category=category, reason="llm", transcript="so", delay=0.1)


@pytest.mark.parametrize(
    ("category", "policy", "verdict"),
    [
        (AMDCategory.HUMAN, {}, Verdict("", "talk", "so")),
        (AMDCategory.MACHINE_VM, {}, Verdict("voicemail", "hang up", "so")),
        (AMDCategory.MACHINE_VM, LEAVE, Verdict("voicemail", "leave message", "so")),
        (AMDCategory.MACHINE_VM, {"voicemail": "continue"}, Verdict("voicemail", "talk", "so")),
        (AMDCategory.MACHINE_UNAVAILABLE, {}, Verdict("unavailable", "hang up", "so")),
        (AMDCategory.MACHINE_IVR, {}, Verdict("menu", "hang up", "so")),
        (AMDCategory.MACHINE_IVR, {"menu": "navigate"}, Verdict("menu", "navigate", "so")),
        (AMDCategory.MACHINE_IVR, {"menu": "continue"}, Verdict("menu", "talk", "so")),
        (AMDCategory.UNCERTAIN, {}, Verdict("", "talk", "so")),
        (AMDCategory.UNCERTAIN, {"uncertain": "hang up"}, Verdict("uncertain", "hang up", "so")),
    ],
)
def test_every_category_has_its_policy(category: AMDCategory, policy: dict[str, str], verdict: Verdict) -> None:
    assert verdict_of(heard(category), MachineSettings.model_validate(policy)) == verdict


def test_words_judge_where_the_llm_is_scripted_and_the_llm_where_it_is_one() -> None:
    assert isinstance(classifier(load_profile("en-US", sets=["providers=local"])), GreetingLLM)
    assert classifier(load_profile("en-US", sets=["providers=cloud"])) is None
