"""What the dispatch and the caller say about a call: which profile, and in development an agent script.

Both come from outside. Whatever is wrong with them, the call is answered; the problem is told and goes into the record.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from callagent.agent import GateMode

LONGEST_METADATA = 65_536
"""Characters of dispatch metadata that are looked at; livekit-server itself stops at 64 KiB per participant."""

PROFILE_ATTRIBUTE = "callagent.profile"
"""Participant attribute that names the profile, set by a SIP dispatch rule."""


@dataclass(frozen=True)
class Brief:
    """The instructions for one call.

    Args:
        profile: name of the profile to use.
        script: in development, fields of the profile for this call only (greeting, replies, …).
        gate: in development, `stock` turns the interruption gate off.
        problems: what could not be followed, one line each.
    """

    profile: str
    script: Mapping[str, Any] = field(default_factory=dict)
    gate: GateMode = "callagent"
    problems: tuple[str, ...] = ()


def read_brief(
    metadata: str, attributes: Mapping[str, str], *, default: str, known: Callable[[], Collection[str]], dev: bool
) -> Brief:
    """Chooses the profile of a call: dispatch metadata, then the participant's attribute, then the default.

    Only names that `known()` gives are taken: a path from outside is never opened.
    """
    problems: list[str] = []
    data = _read_metadata(metadata, problems)
    name = default
    asked: object
    for source, asked in (
        ("dispatch metadata", data.get("profile")),
        ("participant attribute", attributes.get(PROFILE_ATTRIBUTE)),
    ):
        if asked is None or asked == "":
            continue
        if isinstance(asked, str) and (asked == default or asked in known()):
            name = asked
            break
        problems.append(f"unknown profile {_shorten(asked)} in the {source}")
    script: object = data.get("agent", {}) if dev else {}
    if not isinstance(script, Mapping):
        problems.append("the agent script in the dispatch metadata is not a mapping")
        script = {}
    gate: GateMode = "stock" if dev and data.get("gate") == "stock" else "callagent"
    return Brief(name, script, gate, tuple(problems))


def _read_metadata(metadata: str, problems: list[str]) -> Mapping[str, Any]:
    if not metadata.strip():
        return {}
    if len(metadata) > LONGEST_METADATA:
        problems.append(f"dispatch metadata of {len(metadata)} characters ignored")
        return {}
    try:
        data = json.loads(metadata)
    except (ValueError, RecursionError):
        problems.append("dispatch metadata is not JSON")
        return {}
    if not isinstance(data, Mapping):
        problems.append("dispatch metadata is not a JSON object")
        return {}
    return data


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"
