"""What a call needs from its providers, and what the scripted LLM answers from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from livekit.agents import llm, stt, tts, vad

from callagent.profile import Profile


@dataclass(frozen=True)
class Reply:
    """One scripted answer: what the caller must have said, and what the agent says or calls then.

    `when` is words that must occur in this order (case and punctuation do not count) or a regular expression
    between slashes. `say` is spoken; with a `tool` it is spoken after the tool has returned, and None speaks the
    tool's own output. `{name}` in `say` stands for the argument `name`, `{result}` for the tool's output.
    """

    when: str
    say: str | None = None
    tool: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Script:
    """The replies in the order in which they are tried, and what is said when none matches."""

    replies: tuple[Reply, ...] = ()
    otherwise: str = "Could you say that again, please?"


@dataclass(frozen=True)
class Providers:
    """The four parts of one call, ready for an `AgentSession`."""

    stt: stt.STT[Any]
    tts: tts.TTS[Any]
    llm: llm.LLM[Any]
    vad: vad.VAD


@dataclass(frozen=True)
class Setup:
    """What a factory makes its provider from: the profile, the options beside `use`, and the script for an LLM."""

    profile: Profile
    options: Mapping[str, Any]
    script: Script
