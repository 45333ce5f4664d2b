"""The format of a scripted call."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from callagent.calls.check import sense_flaws
from callagent.calls.shape import never_flaws, step_flaws
from callagent.calls.steps import Never, Step
from callagent.profile import Duration, FlawsError, Level, Percent, ReplySpec, Settings
from callagent.profile.settings import Text
from callagent.profile.units import DURATION, LEVEL, written

NOTHING = "-90 dB"
"""A level that cannot be heard."""


class AgentPart(Settings):
    """What is different about the agent in this call."""

    greeting: str | None = Field(None, description="What the agent says first; empty: it waits for the caller.")
    replies: Annotated[tuple[ReplySpec, ...], Field(strict=False)] | None = Field(
        None, description="Answers of the scripted LLM, instead of the profile's; the first that matches is taken."
    )
    otherwise: Text | None = Field(None, description="What the scripted LLM says when no reply matches.")


class LinePart(Settings):
    """How bad the phone line is. The defaults are a clean line."""

    codec: Literal["pcmu", "pcma"] = Field("pcmu", description="G.711 mu-law or A-law.")
    loss: Percent = written("0 %", "Share of packets that are lost, in both directions.")
    jitter: Annotated[Duration, DURATION.within("0 ms", "1 s")] = written(
        "0 ms", "Standard deviation of the packets' delay."
    )
    noise: Annotated[Level, LEVEL.within(NOTHING, "0 dBFS")] = written(
        NOTHING, f"Level of the noise around the caller; {NOTHING} is none."
    )
    echo: Annotated[Level, LEVEL.within(NOTHING, "0 dB")] = written(
        NOTHING, f"Level at which the agent's voice comes back from the caller's end; {NOTHING} is none."
    )


class CallScript(Settings):
    """One scripted call: who calls, what they say and when, and what must be true."""

    call: Text = Field(description="What the call shows, in one line.")
    profile: Text = Field("en-US", description="A name under configs/profiles, or a path relative to this file.")
    direction: Literal["inbound", "outbound"] = Field("inbound", description="Who calls whom.")
    agent: AgentPart = Field(default_factory=AgentPart, description="The agent, for this call only.")
    line: LinePart = Field(default_factory=LinePart, description="Impairments of the phone line.")
    steps: Annotated[tuple[Step, ...], Field(strict=False)] = Field(
        description="What happens, in this order.", json_schema_extra={"minItems": 1}
    )
    never: Annotated[tuple[Never, ...], Field(strict=False)] = Field(
        (), description="What must not happen in the whole call."
    )

    @field_validator("steps", mode="before")
    @classmethod
    def _steps_are_known(cls, steps: Any) -> Any:
        if steps == []:
            raise ValueError("must not be empty")
        if flaws := step_flaws(steps):
            raise FlawsError(*flaws)
        return steps

    @field_validator("never", mode="before")
    @classmethod
    def _never_is_known(cls, never: Any) -> Any:
        if flaws := never_flaws(never):
            raise FlawsError(*flaws)
        return never

    @model_validator(mode="after")
    def _steps_make_sense(self) -> "CallScript":
        if flaws := sense_flaws(self.steps, self.never):
            raise FlawsError(*flaws)
        return self
