"""Who has answered an outbound call, by livekit-agents' detection, and what the profile wants done about it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Literal

from livekit.agents import AMD, AgentSession, AMDCategory, AMDPredictionEvent
from livekit.agents.llm import LLM

from callagent.profile import MachineSettings, Profile
from callagent.providers.local.greeting_llm import GreetingLLM
from callagent.telephony.dialling import CALLEE
from callagent.worker.mailbox import Mailbox

SCRIPTED = "script"
"""Name of the LLM that answers from the profile, and can judge nothing."""

Action = Literal["talk", "navigate", "leave message", "hang up"]

_NAMES: dict[AMDCategory, str] = {
    AMDCategory.MACHINE_VM: "voicemail",
    AMDCategory.MACHINE_UNAVAILABLE: "unavailable",
    AMDCategory.MACHINE_IVR: "menu",
    AMDCategory.UNCERTAIN: "uncertain",
}
"""Category of the detection -> key of the policy in the profile. A screener that asks who calls counts as a menu."""


@dataclass(frozen=True)
class Verdict:
    """Who has answered.

    Args:
        machine: `voicemail`, `unavailable` or `menu`; empty for a person, or when nobody can tell.
        action: what the profile wants.
        heard: what was said meanwhile.
    """

    machine: str
    action: Action
    heard: str = ""


PERSON = Verdict("", "talk")


async def who_answers(
    session: "AgentSession[object]", profile: Profile, machines: MachineSettings, answered: Awaitable[None]
) -> Verdict:
    """Waits for the answer, and for the detection after it. The agent cannot speak before.

    To be called when the telephone is in the room, ringing: what is said in the first moment counts.
    """
    if not machines.detect:
        await answered
        return PERSON
    detection = AMD(
        session,
        llm=classifier(profile),
        stt=None,
        participant_identity=CALLEE,
        ivr_detection=machines.menu == "navigate",
        suppress_compatibility_warning=True,
        detection_options={"no_speech_threshold": machines.no_speech, "timeout": machines.timeout},
    )
    async with detection as listening:
        await answered
        verdict = verdict_of(await listening.execute(), machines)
        if verdict.action == "talk":
            await drop_first_answer(session, profile)
    return verdict


def verdict_of(heard: AMDPredictionEvent, machines: MachineSettings) -> Verdict:
    """What the detection's result means under a policy."""
    name = _NAMES.get(heard.category, "")
    if not name:
        return Verdict("", "talk", heard.transcript)
    wanted: str = getattr(machines, name)
    actions: dict[str, Action] = {
        "continue": "talk",
        "navigate": "navigate",
        "leave message": "leave message",
        "hang up": "hang up",
    }
    return Verdict("" if name == "uncertain" and wanted == "continue" else name, actions[wanted], heard.transcript)


def classifier(profile: Profile) -> LLM[Any] | None:
    """The LLM that the detection asks: the session's own (None), or words where that one is scripted."""
    return GreetingLLM() if profile.providers.llm.use == SCRIPTED else None


async def drop_first_answer(session: "AgentSession[object]", profile: Profile) -> None:
    """The reply to "Hello?" gives way to the greeting, where there is one."""
    if profile.greeting:
        await session.interrupt(force=True)
        session.clear_user_turn()


async def leave_message(session: "AgentSession[object]", machines: MachineSettings, mailbox: Mailbox) -> bool:
    """Speaks after the beep. False: not to the end, because the call ended before."""
    await mailbox.recording(machines.beep)
    return not (await session.say(machines.message, allow_interruptions=False)).interrupted
