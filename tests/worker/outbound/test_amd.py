from types import SimpleNamespace
from typing import Any

import pytest
from livekit.agents import AMDCategory

from callagent.profile import MachineSettings, load_profile
from callagent.providers.factory import script_of
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.worker.outbound.amd import Verdict, classifier, verdict_of

LEAVE = {"voicemail": "leave message", "message": "Hi"}
NAME = {"screening": {"say": "This is Ann."}}
SCREENED = "This call may be screened."
HELD = "Your call is being held. Please wait."


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
def test_every_category_has_its_policy(category: AMDCategory, policy: dict[str, Any], verdict: Verdict) -> None:
    assert verdict_of(category, "so", MachineSettings.model_validate(policy)) == verdict


@pytest.mark.parametrize(
    ("category", "said", "policy", "verdict"),
    [
        (AMDCategory.MACHINE_IVR, SCREENED, {}, ("screening", "hang up")),
        (AMDCategory.MACHINE_UNAVAILABLE, SCREENED, NAME, ("screening", "introduce")),
        (AMDCategory.HUMAN, SCREENED, {"screening": "continue"}, ("screening", "talk")),
        (AMDCategory.MACHINE_UNAVAILABLE, HELD, {}, ("hold", "wait")),
        (AMDCategory.MACHINE_VM, "Who's calling please?", {}, ("", "talk")),
        (AMDCategory.UNCERTAIN, "Who's calling please?", {"uncertain": "hang up"}, ("", "talk")),
        (AMDCategory.UNCERTAIN, "Please leave a message.", {}, ("voicemail", "hang up")),
    ],
)
def test_words_decide_where_they_tell(
    category: AMDCategory, said: str, policy: dict[str, Any], verdict: tuple[str, str]
) -> None:
    found = verdict_of(category, said, MachineSettings.model_validate(policy))
    assert (found.machine, found.action) == verdict


async def test_words_judge_alone_where_the_llm_is_scripted_and_before_it_where_it_is_one() -> None:
    local = load_profile("en-US", sets=["providers=local"])
    session: Any = SimpleNamespace(llm=ScriptedLLM(script_of(local)))
    assert classifier(session, local).otherwise is None
    assert classifier(session, load_profile("en-US", sets=["providers=cloud"])).otherwise is session.llm
