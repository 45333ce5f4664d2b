"""The forms of step that there are. A new one is a module beside the others and a line in `STEPS`.

The format, its JSON Schema, the checks, the reports and the run read these tables; nothing else names the steps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from callagent.scripted_calls.script.steps.base import EventStep, Never, Step, keys_of
from callagent.scripted_calls.script.steps.caller_action import CallerStep
from callagent.scripted_calls.script.steps.disclosure_made import Disclosure, IsDisclosed
from callagent.scripted_calls.script.steps.expectations.agent_in_charge import Charge, HasCall
from callagent.scripted_calls.script.steps.expectations.agent_is_silent import IsSilent
from callagent.scripted_calls.script.steps.expectations.agent_keeps_speaking import KeepsSpeaking
from callagent.scripted_calls.script.steps.expectations.agent_replies import Replies
from callagent.scripted_calls.script.steps.expectations.agent_says import (
    AgentSays,
    IsSaid,
    NeverSays,
    Says,
    WordsSaid,
)
from callagent.scripted_calls.script.steps.expectations.agent_stops import Stops
from callagent.scripted_calls.script.steps.expectations.background_heard import Background, IsHeard
from callagent.scripted_calls.script.steps.expectations.call_ends import CallEnds
from callagent.scripted_calls.script.steps.expectations.judged_by_llm import Judged
from callagent.scripted_calls.script.steps.expectations.keys_sent import KeysAreSent, KeysSent
from callagent.scripted_calls.script.steps.expectations.no_turn_lost import NoTurnLost
from callagent.scripted_calls.script.steps.expectations.panel_bounds import Figures, PanelHolds
from callagent.scripted_calls.script.steps.expectations.state_holds import State, StateHolds
from callagent.scripted_calls.script.steps.expectations.tool_called import ToolCall, ToolIsCalled
from callagent.scripted_calls.script.steps.expectations.transcript_has import Transcript, TranscriptHas
from callagent.scripted_calls.script.steps.expectations.transfer_requested import IsTransferred, Transfer
from callagent.yaml_config import Settings

STEPS: tuple[type[Step], ...] = (
    AgentSays,
    CallerStep,
    Judged,
    Says,
    KeepsSpeaking,
    Stops,
    Replies,
    IsSilent,
    CallEnds,
    NoTurnLost,
    ToolIsCalled,
    KeysAreSent,
    IsTransferred,
    TranscriptHas,
    HasCall,
    IsHeard,
    IsDisclosed,
    IsSaid,
    StateHolds,
    PanelHolds,
)
"""Every form of step, in the order in which the schema lists them."""

NEVER_FORMS: tuple[type[Never], ...] = (
    ToolCall,
    NeverSays,
    KeysSent,
    Transfer,
    Transcript,
    Charge,
    Background,
    Disclosure,
    WordsSaid,
    State,
    Figures,
)
"""What `never` may hold as a mapping; the first key of each tells them apart."""

NEVER_EVENTS: tuple[type[EventStep], ...] = (Stops, Replies, KeepsSpeaking, IsSilent, CallEnds)
"""What `never` may name."""


def first_key(form: type[Settings]) -> str:
    """Name the key by which a form is told from the others."""
    return keys_of(form)[0]


def name_of(step: type[Step]) -> str | None:
    """Tell what `expect` says of a step in words, None where it says something else."""
    field = step.model_fields.get("expect")
    names = get_args(field.annotation) if field else ()
    return names[0] if names else None


def mapping_of(step: type[Step]) -> type[Never] | None:
    """Tell what `expect` of a step is a mapping of, None where it is none."""
    field = step.model_fields.get("expect")
    wanted = field.annotation if field else None
    return wanted if isinstance(wanted, type) and issubclass(wanted, Never) else None


VERBS: Mapping[str, type[Step]] = {first_key(step): step for step in STEPS if "expect" not in step.model_fields}
"""The steps that have a key of their own, by it."""

EXPECTATIONS: Mapping[str, type[Step]] = {name: step for step in STEPS if (name := name_of(step))}
"""What `expect` may say in words."""

HAPPENINGS: Mapping[str, tuple[type[Step], type[Never]]] = {
    first_key(mapping): (step, mapping) for step in STEPS if (mapping := mapping_of(step))
}
"""What `expect` may say as a mapping, by its first key: the step, and the mapping."""


def step_form(value: Mapping[str, Any]) -> type[Step] | None:
    """Tell which form of step a mapping, as it was read, is meant to be."""
    if verb := next((key for key in VERBS if key in value), None):
        return VERBS[verb]
    expected = value.get("expect")
    if isinstance(expected, str):
        return EXPECTATIONS.get(expected)
    keys = expected if isinstance(expected, Mapping) else ()
    return next((HAPPENINGS[key][0] for key in HAPPENINGS if key in keys), None)


@dataclass(frozen=True)
class OneOf:
    """How one of several models is read: `form_of` tells from a value which one it is meant to be."""

    models: Sequence[type[BaseModel]]
    form_of: Callable[[Any], type[BaseModel] | None]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {model.__name__: handler.generate_schema(model) for model in self.models}
        return core_schema.tagged_union_schema(choices, discriminator=self._tag)

    def _tag(self, value: Any) -> str | None:
        form = type(value) if isinstance(value, BaseModel) else self.form_of(value)
        return form.__name__ if form is not None else None


AnyStep = Annotated[Step, OneOf(STEPS, step_form)]
"""A step of one of the forms."""
