"""The format of a scripted call, and its JSON Schema."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator, model_validator

from callagent.profile import DEFAULT_PROFILE, ReplySpec, ToolMock, schema_of
from callagent.scripted_calls.run.faults.fault_settings import Faults
from callagent.scripted_calls.script.call_data import ContextPart
from callagent.scripted_calls.script.callee import UNANSWERED, CalleePart
from callagent.scripted_calls.script.script_checks import never_flaws, order_flaws, step_flaws
from callagent.scripted_calls.script.steps.expectations.call_ends import CallEnds
from callagent.scripted_calls.script.steps.expectations.state_holds import paths_of
from callagent.scripted_calls.script.steps.must import AnyMust
from callagent.scripted_calls.script.steps.never import AnyNever
from callagent.scripted_calls.script.steps.registry import AnyStep
from callagent.yaml_config import Duration, Flaw, FlawsError, Level, Percent, Settings
from callagent.yaml_config.units import DURATION, LEVEL, written
from callagent.yaml_config.validation import Text

LevelName = Literal["text", "audio", "room", "sip"]
LEVEL_NAMES: tuple[LevelName, ...] = get_args(LevelName)
IN_PROCESS: tuple[LevelName, ...] = ("text", "audio")
"""Levels at which the agent's side runs in the process of the script."""

NOTHING = "-90 dB"
"""A level that cannot be heard."""


class AgentPart(Settings):
    """What is different about the agent in this call."""

    greeting: str | None = Field(None, description="What the agent says first; empty: it waits for the caller.")
    replies: Annotated[tuple[ReplySpec, ...], Field(strict=False)] | None = Field(
        None, description="Answers of the scripted LLM, instead of the profile's; the first that matches is taken."
    )
    otherwise: Text | None = Field(None, description="What the scripted LLM says when no reply matches.")
    pace: float = Field(
        1.0,
        ge=0.25,
        le=4.0,
        description="How fast it speaks at level text; 1: 15 characters a second, like the voices of the other levels.",
    )
    set: dict[str, Any] = Field(
        default_factory=dict, description="Other settings of the profile, as with --set: {interruption.grace: 1 s}."
    )
    mock: dict[str, ToolMock] = Field(
        default_factory=dict,
        description="Tools that do something else in this call, by name: {charge: {returns: paid}}. Those of the "
        "profile, of functions, of MCP servers and of the author's own agents.",
    )
    faults: Faults = Field(default_factory=Faults, description="What goes wrong on the agent's side.")

    @field_validator("set")
    @classmethod
    def _may_be_set(cls, settings: dict[str, Any]) -> dict[str, Any]:
        flaws = []
        for key in settings:
            first = key.split(".")[0]
            if first in ("name", "extends", "abstract"):
                flaws.append(Flaw((key,), "cannot be changed for one call"))
            elif first in ("greeting", "replies", "otherwise"):
                flaws.append(Flaw((key,), "stands beside `set`, not in it"))
        if flaws:
            raise FlawsError(*flaws)
        return settings


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
    clipping: Annotated[Level, LEVEL.within("-60 dBFS", "0 dBFS")] = written(
        "0 dBFS", "Level above which the caller's microphone clips; 0 dBFS is none."
    )


class CallScript(Settings):
    """One scripted call: who calls, what they say and when, and what must be true."""

    call: Text = Field(description="What the call shows, in one line.")
    profile: Text = Field(
        DEFAULT_PROFILE, description="A name under configs/profiles, or a path relative to this file."
    )
    direction: Literal["inbound", "outbound"] = Field("inbound", description="Who calls whom.")
    callee: CalleePart | None = Field(None, description="An outbound call: who is called, and how they answer.")
    levels: Annotated[tuple[LevelName, ...], Field(strict=False, min_length=1)] = Field(
        LEVEL_NAMES, description="Levels at which the call makes sense; left out, all of them."
    )
    context: ContextPart = Field(
        default_factory=ContextPart, description="What is known of the call: numbers, headers, attributes, metadata."
    )
    agent: AgentPart = Field(default_factory=AgentPart, description="The agent, for this call only.")
    line: LinePart = Field(default_factory=LinePart, description="Impairments of the phone line.")
    steps: Annotated[tuple[AnyStep, ...], Field(strict=False)] = Field(
        description="What happens, in this order.", json_schema_extra={"minItems": 1}
    )
    never: Annotated[tuple[AnyNever, ...], Field(strict=False)] = Field(
        (), description="What must not happen in the whole call."
    )
    must: AnyMust = Field((), description="What must be in the whole call, whenever: {disclosed: ai, within: 10 s}.")

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
        greeted = bool(self.called and self.called.says)
        order = order_flaws(self.steps, self.never, greeted=greeted)
        if flaws := [*order, *self._outbound_flaws(), *self._level_flaws()]:
            raise FlawsError(*flaws)
        return self

    @property
    def called(self) -> CalleePart | None:
        """The called side of an outbound call, None of an inbound one."""
        return (self.callee or CalleePart()) if self.direction == "outbound" else None

    @property
    def watched(self) -> list[str]:
        """Paths in the author's state that are looked at, as `callagent.journal.state_watch` takes them."""
        return paths_of(self.steps, self.never)

    def not_at(self, level: LevelName) -> str:
        """Tell why the call is not made at a level, empty when it is."""
        if level not in self.levels:
            return f"its `levels` are {', '.join(self.levels)}"
        if level in IN_PROCESS:
            return ""
        if level == "sip" and self.context.model_fields_set & {"own_number", "headers", "attributes"}:
            return "its `context` has more than a telephone sends"
        if self.agent.faults:
            return "its faults need the agent in this process"
        return "the called side is played at the levels text and audio only" if self.called else ""

    def _outbound_flaws(self) -> list[Flaw]:
        if self.callee is None:
            return []
        if self.direction == "inbound":
            return [Flaw(("callee",), "belongs to `direction: outbound`")]
        if self.callee.answers not in UNANSWERED:
            return []
        return [
            Flaw(("steps", index), f"cannot be reached: nobody answers ({self.callee.answers})")
            for index, step in enumerate(self.steps)
            if not step.looks_back and not isinstance(step, CallEnds)
        ]

    def _level_flaws(self) -> list[Flaw]:
        if "levels" not in self.model_fields_set:
            return []
        reasons = ((index, self.not_at(level)) for index, level in enumerate(self.levels))
        return [Flaw(("levels", index), f"is not possible: {reason}") for index, reason in reasons if reason]


def call_schema() -> dict[str, Any]:
    """Make the JSON Schema of a script, for editors and other tools."""
    return schema_of(CallScript)
