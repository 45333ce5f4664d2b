"""Plans and objects as data for JSON, and as short texts; secrets are masked in both."""

from collections.abc import Mapping
from typing import Any

from callagent.provisioning.apply import Outcome
from callagent.provisioning.plan import Plan
from callagent.provisioning.resources import (
    BLANK,
    Create,
    Delete,
    Existing,
    FieldChange,
    Item,
    Park,
    Step,
    Update,
    Value,
)
from callagent.provisioning.secret import Secret
from callagent.yaml_config.units import DURATION

_DURATIONS = frozenset({"ringing_timeout", "max_call_duration"})


def plan_data(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON types."""
    return {
        "changes": [change_data(change) for change in plan.changes],
        "conflicts": [{"kind": each.kind.value, "name": each.name, "message": each.message} for each in plan.conflicts],
        "unmanaged": [reference(each) for each in plan.unmanaged],
    }


def change_data(step: Step) -> dict[str, Any]:
    """Return one step as JSON types."""
    data: dict[str, Any] = {"action": verb(step), "kind": step.item.kind.value, "name": step.item.name}
    if not isinstance(step, Create):
        data["id"] = step.existing.id
    if isinstance(step, Create):
        data["fields"] = {name: plain(name, value) for name, value in told_fields(step.item).items()}
    if isinstance(step, Update):
        data["adopted"] = step.adopted
        data["fields"] = {
            each.field: {"before": plain(each.field, each.before), "after": plain(each.field, each.after)}
            for each in step.fields
        }
    return data


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """Return what became of a plan, as JSON types."""
    return {
        "complete": outcome.complete,
        "done": [change_data(step) for step in outcome.done if not isinstance(step, Park)],
        "failed": [{**change_data(step), "reason": reason} for step, reason in outcome.failed],
        "not_tried": [change_data(step) for step in outcome.left],
    }


def existing_data(existing: Existing) -> dict[str, Any]:
    """Return an object of a server as JSON types."""
    fields = {name: plain(name, value) for name, value in existing.item.fields.items()}
    return {"name": existing.item.name, "id": existing.id, "stack": existing.stack, "fields": fields}


def reference(existing: Existing) -> dict[str, Any]:
    """Tell which object it is, without its fields."""
    kind = existing.item.kind.value
    return {"kind": kind, "name": existing.item.name, "id": existing.id, "stack": existing.stack}


def told_fields(item: Item) -> dict[str, Value]:
    """Return the fields that say something."""
    blank = BLANK[item.kind]
    return {name: value for name, value in item.fields.items() if value != blank[name]}


def plain(name: str, value: Value) -> Any:
    """Return a value as JSON types, secrets masked, durations as text."""
    if isinstance(value, Secret):
        return str(value) if value else ""
    if isinstance(value, Mapping):
        return {key: plain(name, inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return list(value)
    return DURATION.text(value) if name in _DURATIONS and isinstance(value, float) else value


def verb(step: Step) -> str:
    """Return what a step does."""
    match step:
        case Create():
            return "create"
        case Update():
            return "update"
        case Delete():
            return "delete"
        case Park():
            return "park"


def change_text(change: FieldChange) -> str:
    """Return what changes in a field, on one line."""
    name, before, after = change.field, change.before, change.after
    if isinstance(before, Secret) and isinstance(after, Secret):
        return f"{name}: {'removed' if not after else 'changed' if before else 'set'}"
    if isinstance(before, tuple) and isinstance(after, tuple):
        gone, new = [each for each in before if each not in after], [each for each in after if each not in before]
        return f"{name}: " + ", ".join([f"added {each}" for each in new] + [f"removed {each}" for each in gone])
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        return f"{name}: " + ", ".join(_entry(key, before.get(key), after.get(key)) for key in keys)
    return f"{name}: {value_text(name, before)} -> {value_text(name, after)}"


def value_text(name: str, value: Value) -> str:
    """Return a value on one line."""
    shown = plain(name, value)
    if isinstance(shown, list):
        return ", ".join(shown) or "none"
    if isinstance(shown, dict):
        return ", ".join(f"{key}={inner}" for key, inner in shown.items()) or "none"
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    return str(shown) or "none"


def _entry(key: str, before: str | Secret | None, after: str | Secret | None) -> str:
    if after is None:
        return f"{key} removed"
    if isinstance(after, Secret):
        return f"{key} {'changed' if before else 'set'}"
    return f"{key}={after} set" if before is None else f"{key} {before} -> {after}"
