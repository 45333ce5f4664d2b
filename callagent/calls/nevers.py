"""What must not happen in a whole call, one model for each form."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from callagent.calls.observe import EndReason
from callagent.calls.outcomes import Figures, KeysSent, Transcript, Transfer, Wait
from callagent.calls.steps import ToolCall, happening_of, has_key
from callagent.phrases import Phrase
from callagent.profile import Settings


class NeverSays(Settings):
    """Words that the agent must not say."""

    agent_says: Phrase


NeverEvent = Literal["agent stops", "agent replies", "agent keeps speaking", "agent is silent", "call ends"]


def _event_or_mapping(schema: dict[str, Any]) -> None:
    mapping = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties", "required")}
    schema["anyOf"] = [{"enum": list(get_args(NeverEvent))}, mapping]


class NeverHappens(Settings):
    """An event that must not be in the whole call, by its name alone or with what makes it wrong."""

    model_config = ConfigDict(json_schema_extra=_event_or_mapping)

    expect: NeverEvent
    with_: Phrase | None = Field(None, alias="with", description="agent replies: only a reply with these words.")
    for_: Wait = Field(
        "5 s", alias="for", validate_default=True, description="agent is silent: silence of both sides for so long."
    )
    reason: EndReason | None = Field(None, description="call ends: only an end for this reason.")

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"expect": value} if isinstance(value, str) else value


Never = Annotated[
    Annotated[ToolCall, Tag("tool")]
    | Annotated[NeverSays, Tag("agent_says")]
    | Annotated[KeysSent, Tag("dtmf_sent")]
    | Annotated[Transfer, Tag("transfer")]
    | Annotated[Transcript, Tag("transcript")]
    | Annotated[Figures, Tag("panel")]
    | Annotated[NeverHappens, Tag("event")],
    Discriminator(lambda value: kind_of_never(value)),
]

NEVER_EVENTS: Mapping[NeverEvent, tuple[str, ...]] = {
    "agent stops": (),
    "agent replies": ("with",),
    "agent keeps speaking": (),
    "agent is silent": ("for",),
    "call ends": ("reason",),
}
"""Events that `never` may name, and the keys that go with each."""


def kind_of_never(value: object) -> str:
    """Which form of `never` a value is meant to be."""
    if isinstance(value, str) or has_key(value, "expect"):
        return "event"
    return "agent_says" if has_key(value, "agent_says") else happening_of(value)
