"""The steps of a scripted call, one model for each form. All times are in seconds."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from callagent.calls.caller import SoundName
from callagent.calls.observe import EndReason
from callagent.calls.outcomes import (
    Figures,
    IsTransferred,
    Judged,
    KeysAreSent,
    KeysSent,
    NoTurnLost,
    PanelHolds,
    Says,
    Transcript,
    TranscriptHas,
    Transfer,
    Wait,
    telephone_keys,
)
from callagent.phrases import Phrase
from callagent.profile import Duration, Settings
from callagent.profile.settings import Text
from callagent.profile.units import written

When = Literal["agent speaking", "agent listening", "agent thinking"]


class Sound(Settings):
    """A sound that the caller makes."""

    sound: SoundName = Field(description="Which sound.")


class Recording(Settings):
    """A recording that the caller plays."""

    audio: Text = Field(description="A .wav file beside the script.")
    text: str = Field("", description="What is said in it; empty: nothing that should be understood as words.")


class Keys(Settings):
    """Keys that the caller presses."""

    dtmf: Text = Field(
        description="The keys: 0 to 9, A to D, * and #; in quotes.",
        json_schema_extra={"pattern": "^[0-9A-Da-d*#]+$"},
    )

    @field_validator("dtmf")
    @classmethod
    def _keys_exist(cls, dtmf: str) -> str:
        return telephone_keys(dtmf)


class HangUp(Settings):
    """The end of the call, by the caller."""

    hangs_up: bool = Field(alias="hangs up", description="true")

    @field_validator("hangs_up")
    @classmethod
    def _really(cls, hangs_up: bool) -> bool:
        if not hangs_up:
            raise ValueError("must be true; leave the step out otherwise")
        return hangs_up


class CallerStep(Settings):
    """The caller speaks, plays something, presses keys or hangs up."""

    caller: Annotated[
        Annotated[Text, Tag("speech")]
        | Annotated[Sound, Tag("a sound")]
        | Annotated[Recording, Tag("a recording")]
        | Annotated[Keys, Tag("keys")]
        | Annotated[HangUp, Tag("the end")],
        Discriminator(lambda value: kind_of_caller(value)),
    ] = Field(description="What the caller says, or a sound, a recording, keys or the end of the call.")
    when: When | None = Field(None, description="What the caller waits for.")
    after: Duration = written("0 s", "How long after `when` became true.")


class AgentSays(Settings):
    """Waits until the agent has begun to say something."""

    agent_says: Phrase


class KeepsSpeaking(Settings):
    """The agent talks on through what the caller does."""

    expect: Literal["agent keeps speaking"]
    for_: Wait = Field(
        "1 s", alias="for", validate_default=True, description="How long, counted from the caller's last sample."
    )
    max_gap: Duration = written("60 ms", "Longest silence that is let pass.")


class Stops(Settings):
    """The caller stops the agent."""

    expect: Literal["agent stops"]
    within: Wait = written("1 s", "From the caller's first sample.")


class Replies(Settings):
    """The agent answers what the caller said."""

    expect: Literal["agent replies"]
    with_: Phrase | None = Field(None, alias="with")
    within: Wait = written("3 s", "From the caller's last sample to the first of the agent.")


class IsSilent(Settings):
    """The agent says nothing."""

    expect: Literal["agent is silent"]
    for_: Wait = Field(
        "2 s", alias="for", validate_default=True, description="How long, counted from the caller's last sample."
    )


class CallEnds(Settings):
    """The call comes to its end."""

    expect: Literal["call ends"]
    within: Wait = written("5 s", "From the moment that the step is reached.")
    reason: EndReason | None = Field(None, description="Who or what ended it.")


class ToolCall(Settings):
    """A call of a tool; arguments that are not named may have any value."""

    tool: Text = Field(description="Name of the tool.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Arguments and their values.")

    def fits(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Whether a call of `name` with `arguments` is one of this kind; texts are compared without case."""
        return name == self.tool and all(
            key in arguments and _folded(arguments[key]) == _folded(value) for key, value in self.with_.items()
        )

    def __str__(self) -> str:
        return self.tool + (f"({_arguments(self.with_)})" if self.with_ else "")


class ToolIsCalled(Settings):
    """The agent calls a tool."""

    expect: ToolCall
    within: Wait = written("5 s", "From the moment that the step is reached.")


Step = Annotated[
    Annotated[AgentSays, Tag("agent says so")]
    | Annotated[CallerStep, Tag("caller step")]
    | Annotated[Judged, Tag("judge")]
    | Annotated[Says, Tag("agent says")]
    | Annotated[KeepsSpeaking, Tag("agent keeps speaking")]
    | Annotated[Stops, Tag("agent stops")]
    | Annotated[Replies, Tag("agent replies")]
    | Annotated[IsSilent, Tag("agent is silent")]
    | Annotated[CallEnds, Tag("call ends")]
    | Annotated[NoTurnLost, Tag("no turn lost")]
    | Annotated[ToolIsCalled, Tag("tool")]
    | Annotated[KeysAreSent, Tag("dtmf_sent")]
    | Annotated[IsTransferred, Tag("transfer")]
    | Annotated[TranscriptHas, Tag("transcript")]
    | Annotated[PanelHolds, Tag("panel")],
    Discriminator(lambda value: kind_of_step(value)),
]

EXPECTATIONS: Mapping[str, type[Settings]] = {
    "agent says": Says,
    "agent keeps speaking": KeepsSpeaking,
    "agent stops": Stops,
    "agent replies": Replies,
    "agent is silent": IsSilent,
    "call ends": CallEnds,
    "no turn lost": NoTurnLost,
}
"""What `expect` may say in words."""

HAPPENINGS: Mapping[str, tuple[type[Settings], type[Settings]]] = {
    "tool": (ToolIsCalled, ToolCall),
    "dtmf_sent": (KeysAreSent, KeysSent),
    "transfer": (IsTransferred, Transfer),
    "transcript": (TranscriptHas, Transcript),
    "panel": (PanelHolds, Figures),
}
"""What `expect` may say as a mapping, by its first key: the step, and the mapping."""

CALLER_FORMS: Mapping[str, type[Settings]] = {
    "a sound": Sound,
    "a recording": Recording,
    "keys": Keys,
    "the end": HangUp,
}


def kind_of_caller(value: object) -> str:
    """Which form of caller a value is meant to be."""
    for key, kind in (("sound", "a sound"), ("audio", "a recording"), ("dtmf", "keys"), ("hangs up", "the end")):
        if has_key(value, key) or has_key(value, key.replace(" ", "_")):
            return kind
    return "speech"


def kind_of_step(value: object) -> str:
    """Which form of step a value is meant to be."""
    for key, kind in (("agent_says", "agent says so"), ("caller", "caller step"), ("judge", "judge")):
        if has_key(value, key):
            return kind
    expected = value.get("expect") if isinstance(value, Mapping) else getattr(value, "expect", None)
    return expected if isinstance(expected, str) else happening_of(expected)


def happening_of(value: object) -> str:
    """Which of HAPPENINGS a mapping is meant to be; a tool where it is none."""
    return next((key for key in HAPPENINGS if has_key(value, key)), "tool")


def has_key(value: object, key: str) -> bool:
    """Whether a value, as it was read or as a model, has a key."""
    return key in value if isinstance(value, Mapping) else hasattr(value, key)


def _folded(value: Any) -> Any:
    return value.strip().casefold() if isinstance(value, str) else value


def _arguments(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in arguments.items())
