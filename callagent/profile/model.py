"""The profile: everything about an agent that changes from one locale or customer to the next."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from callagent.profile.errors import Flaw, FlawsError
from callagent.profile.providerspec import ProvidersSpec
from callagent.profile.settings import Settings, Text, Texts
from callagent.profile.toolspec import ReplySpec, ToolSpec, check_replies, check_tools
from callagent.profile.turnsettings import EndpointingSettings, InterruptionSettings, VadSettings


class NumberReading(Settings):
    """How strings of digits, such as telephone numbers, are read aloud."""

    phone_group: int = Field(3, ge=1, le=6, description="Digits read in one breath.")
    pause: str = Field(", ", max_length=10, description="What stands between two groups; a comma is a short pause.")


class Profile(Settings):
    """A whole profile, resolved: bases merged, overrides applied, values checked. All times are in seconds."""

    name: Text = Field(description="Name of the profile: its file name without the ending. Set on loading.")
    description: str = Field("", description="One line about the profile, shown by `callagent profile list`.")
    extends: str | None = Field(None, description="Profile to start from: a name, or a path relative to this file.")
    abstract: bool = Field(False, description="True for a profile that is there only to be extended.")
    language: str = Field(
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="Language tag (BCP 47), for example en-US."
    )
    providers: ProvidersSpec = Field(
        default_factory=ProvidersSpec, description="`local`, `cloud`, or a mapping that chooses each part."
    )
    vad: VadSettings = Field(default_factory=VadSettings, description="Voice activity detection.")
    endpointing: EndpointingSettings = Field(
        default_factory=EndpointingSettings, description="When the caller's turn is over."
    )
    interruption: InterruptionSettings = Field(description="What stops the agent, and what does not.")
    greeting: str = Field("", description="What the agent says first; empty: it waits for the caller.")
    instructions: str = Field("", description="System prompt of the LLM.")
    fillers: Texts = Field((), description="Polite phrases for the time that a tool takes, taken in turn.")
    number_reading: NumberReading = Field(
        default_factory=NumberReading, description="How strings of digits are read aloud."
    )
    tools: dict[str, ToolSpec] = Field(default_factory=dict, description="Tools of the agent by name.")
    replies: Annotated[tuple[ReplySpec, ...], Field(strict=False)] = Field(
        (), description="Answers of the scripted LLM; the first that matches is taken."
    )
    otherwise: Text = Field(
        "Could you say that again, please?", description="What the scripted LLM says when no reply matches."
    )

    @field_validator("tools")
    @classmethod
    def _tools_can_run(cls, tools: dict[str, ToolSpec]) -> dict[str, ToolSpec]:
        check_tools(tools)
        return tools

    @model_validator(mode="after")
    def _replies_call_known_tools(self) -> "Profile":
        flaws = check_replies(self.replies, self.tools)
        if flaws:
            raise FlawsError(*(Flaw(("replies", *flaw.path), flaw.message, flaw.nearest) for flaw in flaws))
        return self
