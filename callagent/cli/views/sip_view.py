"""What `callagent sip` prints for people: plans, steps as they are made, and what a server has."""

from collections.abc import Sequence

from callagent.cli.output import echo, print_table
from callagent.provisioning import Existing, Kind, Outcome, Plan
from callagent.provisioning.render import change_text, told_fields, value_text, verb
from callagent.provisioning.resources import Create, Delete, Park, Step, Update, Value
from callagent.provisioning.secret import Secret

_SIGNS = {"create": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red")}
_PAST = {"create": "created", "update": "updated", "delete": "deleted", "park": "parked"}

COLUMNS = {
    Kind.INBOUND: ("numbers", "allowed_addresses", "allowed_numbers", "auth.username"),
    Kind.OUTBOUND: ("address", "transport", "numbers", "auth.username"),
    Kind.RULE: ("trunks", "numbers", "type", "room", "pin", "agent", "profile"),
}


def print_plan(plan: Plan) -> None:
    """Print every change, field by field, and a last line that counts them."""
    for step in plan.changes:
        action = verb(step)
        sign, colour = _SIGNS[action]
        adopted = ", adopted" if isinstance(step, Update) and step.adopted else ""
        echo(f"{sign} {action} {_name(step)}{adopted}", colour=colour)
        for line in _details(step):
            echo(f"    {line}")
    counts = {action: sum(verb(step) == action for step in plan.changes) for action in _SIGNS}
    told = ", ".join(f"{count} to {action}" for action, count in counts.items() if count)
    unmanaged = f"; {len(plan.unmanaged)} unmanaged left alone" if plan.unmanaged else ""
    echo(f"{told or 'nothing to do'}{unmanaged}")


def print_step(step: Step) -> None:
    """Print that a step was made."""
    echo(f"{_PAST[verb(step)]} {_name(step)}")


def print_outcome(outcome: Outcome) -> None:
    """Print what failed and what was not tried, on stderr."""
    for step, reason in outcome.failed:
        echo(f"could not {verb(step)} {_name(step)}: {reason}", err=True)
    for step in outcome.left:
        echo(f"not tried: {verb(step)} {_name(step)}", err=True)
    if not outcome.complete:
        done = sum(not isinstance(step, Park) for step in outcome.done)
        echo(f"{done} done, {len(outcome.failed)} failed; apply again to do the rest", err=True)


def print_existing(existing: Sequence[Existing]) -> None:
    """Print a table for each kind of object."""
    for kind in Kind:
        objects = [each for each in existing if each.item.kind is kind]
        echo(f"{kind.words}s" if objects else f"no {kind.words}s", bold=True)
        if objects:
            columns = COLUMNS[kind]
            heads = ("name", *(column.replace("auth.username", "auth").replace("_", " ") for column in columns))
            rows = [_row(each, columns) for each in sorted(objects, key=lambda each: each.item.name)]
            print_table((*heads, "managed by", "id"), rows)


def _row(existing: Existing, columns: Sequence[str]) -> tuple[str, ...]:
    cells = (_cell(column, existing.item.fields[column]) for column in columns)
    owner = f"stack {existing.stack}" if existing.stack else "unmanaged"
    return (existing.item.name or "-", *cells, owner, existing.id)


def _cell(column: str, value: Value) -> str:
    if isinstance(value, Secret):
        return "yes" if value else "no"
    text = value_text(column, value)
    return "-" if text == "none" else text


def _name(step: Step) -> str:
    return f"{step.item.kind.words} '{step.item.name}'"


def _details(step: Step) -> list[str]:
    match step:
        case Create():
            return [f"{name}: {value_text(name, value)}" for name, value in told_fields(step.item).items()]
        case Update():
            return [change_text(change) for change in step.fields]
        case Delete() | Park():
            return []
