"""What a call needs from its providers, and what the scripted LLM answers from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Protocol

from livekit import rtc
from livekit.agents import llm, stt, tts, vad
from pydantic import Field

from callagent.profile import Profile
from callagent.yaml_config import Duration, Settings
from callagent.yaml_config.units import DURATION, written


class NoOptions(Settings):
    """A provider that takes no options of its own."""


class LocalSttOptions(Settings):
    """Whisper on this machine, with Moonshine beside it where that is chosen."""

    interim_interval: Annotated[Duration, DURATION.within("50 ms", "2 s")] = written(
        "150 ms", "Time from the beginning of one interim pass to the next; the first half second is heard more often."
    )
    end_silence: Annotated[Duration, DURATION.within("100 ms", "2 s")] = written(
        "250 ms", "Silence after which the final transcript is given; the session's own VAD ends a turn later."
    )
    prompt: str | None = Field(
        None, description="What the recogniser is primed with instead of the profile's acknowledgements and commands."
    )
    threads: int = Field(2, ge=1, le=16, description="Threads of one recognition pass.")
    interims: Literal["moonshine", "whisper"] = Field(
        "whisper",
        description="Who recognises while the caller still speaks; the finals are Whisper's. Without the package of "
        "`moonshine`, or where it fails, Whisper does both.",
    )
    ear: bool = Field(
        True,
        description="Whether the sound is listened to beside the words: what it is taken for is evidence for the gate. "
        "English only; no effect with `interims: moonshine` while the caller speaks.",
    )


class LocalTtsOptions(Settings):
    """Piper on this machine."""

    sample_rate: Literal[8000, 16000, 22050, 24000, 44100, 48000] = Field(
        22050, description="Sample rate of the audio, Hz; the voice has 22050, anything else is resampled."
    )
    pace: float = Field(1.0, ge=0.5, le=2.0, description="How long a sound lasts; above 1 is slower.")


class RealtimeOptions(Settings):
    """OpenAI's speech-to-speech model, or an endpoint that speaks its protocol. The gate decides about turns, so the
    server's own turn detection is off.
    """

    model: str = Field("gpt-realtime", description="Name of the model.")
    voice: str = Field("marin", description="Its voice.")
    modalities: tuple[Literal["audio", "text"], ...] = Field(
        ("audio",), strict=False, description="`audio`: it speaks by itself; `text`: `tts` speaks its answers."
    )
    speed: float | None = Field(None, ge=0.25, le=1.5, description="How fast it speaks; 1 is usual.")
    input_audio_noise_reduction: Literal["near_field", "far_field"] | None = Field(
        None, description="Noise reduction of the server: a handset, or a speakerphone."
    )
    api_key: str | None = Field(None, description="Key of the endpoint; left out: `OPENAI_API_KEY`.", repr=False)
    base_url: str | None = Field(None, description="Address of another endpoint (`https:` or `wss:`).")


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
    """The replies in the order in which they are tried, and what is said when none matches.

    `of_several`: they are one agent's of several, and those that call a tool which it has not got are for others.
    """

    replies: tuple[Reply, ...] = ()
    otherwise: str = "Could you say that again, please?"
    of_several: bool = False


AgentModels = Mapping[str, Mapping[str, Any]]
"""Names of agents -> parts (`stt`, `llm`, `tts`) -> what an agent has for them instead of the session's."""


class TurnModel(Protocol):
    """What tells by the caller's voice whether they have finished; one for each call."""

    @property
    def name(self) -> str:
        """Name in metrics."""
        ...

    async def threshold(self) -> float:
        """Return the probability below which the caller is waited for."""
        ...

    def hear(self, frame: rtc.AudioFrame) -> None:
        """Take audio of the caller, any sample rate."""
        ...

    async def probability(self, silence: float) -> float:
        """Return how likely the turn is over now, 0 to 1; `silence` is seconds since the caller's last sample."""
        ...

    def forget(self) -> None:
        """Begin a new turn."""
        ...


@dataclass(frozen=True)
class Providers:
    """The four parts of one call, ready for an `AgentSession`, and the end-of-turn model where the profile uses one; by
    the names of several agents the parts that each has of its own.
    """

    stt: stt.STT[Any]
    tts: tts.TTS[Any]
    llm: llm.LLM[Any] | llm.RealtimeModel
    vad: vad.VAD
    turn_model: TurnModel | None = None
    agents: AgentModels = field(default_factory=dict)

    async def aclose(self) -> None:
        """Close all that can be closed."""
        of_agents = [model for models in self.agents.values() for model in models.values()]
        for each in (self.stt, self.tts, self.llm, *of_agents):
            await each.aclose()


@dataclass(frozen=True)
class Setup:
    """What a factory makes its provider from: the profile, the options beside `use`, and the script for an LLM."""

    profile: Profile
    options: Mapping[str, Any]
    script: Script
