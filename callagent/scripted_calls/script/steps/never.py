"""`never`: what must not be in the whole call. What it is, each step says beside what is expected of it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, model_validator

from callagent.scripted_calls.script.steps.base import EventStep, NamedEvent, Never, Step
from callagent.scripted_calls.script.steps.registry import NEVER_EVENTS, NEVER_FORMS, OneOf, first_key, name_of
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict

EVENTS: Mapping[str, type[EventStep]] = {name: step for step in NEVER_EVENTS if (name := name_of(step))}
"""The expectations that `never` may name."""


def _event_or_mapping(schema: dict[str, Any]) -> None:
    names: list[Any] = list(EVENTS)
    mapping = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties", "required")}
    mapping["properties"]["expect"]["enum"] = names
    schema["anyOf"] = [{"enum": names}, mapping]


class NeverHappens(NamedEvent):
    """An event that must not be in the whole call, by its name alone or with what makes it wrong."""

    model_config = ConfigDict(json_schema_extra=_event_or_mapping)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"expect": value} if isinstance(value, str) else value

    def describe(self) -> str:
        """Say which event, and what makes it wrong."""
        return EVENTS[self.expect].describe_never(self)

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects the event."""
        return isinstance(step, EVENTS[self.expect]) and step.is_forbidden_by(self)

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for the event."""
        return EVENTS[self.expect].look_for(self, evidence)


def never_form(value: Any) -> type[Never] | None:
    """Tell which form of `never` a value, as it was read, is meant to be."""
    if isinstance(value, str) or (isinstance(value, Mapping) and "expect" in value):
        return NeverHappens
    keys = value if isinstance(value, Mapping) else ()
    return next((form for form in NEVER_FORMS if first_key(form) in keys), None)


AnyNever = Annotated[Never, OneOf((*NEVER_FORMS, NeverHappens), never_form)]
"""Something that must not be, of one of the forms."""
