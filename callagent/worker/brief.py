"""The instructions for one call: its profile, and in development an agent script.

They come from outside. Whatever is wrong with them, the call is answered; the problem is told and goes into the record.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from callagent.agent import GateMode
from callagent.telephony import NO_ROUTES, CallContext, Routes, Source, choose_profile


@dataclass(frozen=True)
class Brief:
    """What a call's context asks for.

    Args:
        profile: name of the profile to use.
        source: what chose it.
        script: in development, fields of the profile for this call only (greeting, replies, …).
        gate: in development, `stock` turns the interruption gate off.
        problems: what could not be followed, one line each.
    """

    profile: str
    source: Source = "default"
    script: Mapping[str, Any] = field(default_factory=dict)
    gate: GateMode = "callagent"
    problems: tuple[str, ...] = ()


def read_brief(
    context: CallContext,
    *,
    default: str,
    known: Callable[[], Collection[str]],
    dev: bool,
    routes: Routes = NO_ROUTES,
) -> Brief:
    """Chooses the profile of a call, and reads what the dispatch may add to it in development."""
    choice = choose_profile(context, default=default, known=known, routes=routes)
    problems = [*context.problems, *choice.problems]
    script: object = context.metadata.get("agent", {}) if dev else {}
    if not isinstance(script, Mapping):
        problems.append("the agent script in the dispatch metadata is not a mapping")
        script = {}
    gate: GateMode = "stock" if dev and context.metadata.get("gate") == "stock" else "callagent"
    return Brief(choice.profile, choice.source, script, gate, tuple(problems))
