"""What is loaded once for all calls of a worker.

livekit-agents imports this module in the process that those of calls are forked from. Its memory is theirs too until
one of them writes to it, and none of them takes the time again. Nothing here may start a thread, which would not
survive the fork, and no code of an author is run.
"""

import json
import os
from typing import TYPE_CHECKING, Final

from livekit.agents.llm import ChatMessage
from livekit.agents.tokenize.basic import hyphenate_word

from callagent.phone_numbers.number import example_number
from callagent.profile import VadSettings
from callagent.providers.amd import kind_of
from callagent.providers.local.factories import load_silero
from callagent.telephony import read_context

if TYPE_CHECKING:
    from callagent.profile import Profile

VARIABLE: Final = "CALLAGENT_BEFORE_FORK"
"""Variable that tells that process what the default profile needs; the worker sets it, and nobody else."""


def needs_of(profile: "Profile") -> str:
    """Return what to load for a profile, as the variable has it."""
    silero = profile.providers.vad.use == "silero"
    vad = profile.vad.model_dump(mode="json") if silero else None
    return json.dumps({"region": profile.language.rpartition("-")[2], "vad": vad})


def load(needs: str) -> None:
    """Load and build what a call would otherwise, or the making ready of its process."""
    asked = json.loads(needs)
    kind_of("")  # compiles what machines say
    ChatMessage(role="system", content=[""])  # builds what pydantic checks every message of every call with
    hyphenate_word("rehearsal")  # builds the patterns of livekit's transcripts
    number = example_number(asked["region"])
    read_context({"sip.phoneNumber": number, "sip.trunkPhoneNumber": number})
    if asked["vad"] is not None:
        load_silero(VadSettings.model_validate(asked["vad"]))  # one thread computes it, that of whoever asks


if VARIABLE in os.environ:
    load(os.environ[VARIABLE])
