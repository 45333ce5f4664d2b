"""In development, the dispatch may carry fields of the profile for one call: the agent part of a call script."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from callagent.profile import ConfigError, Profile

SOURCE = "dispatch metadata"

FIXED = frozenset({"name", "description", "extends", "abstract", "providers", "provider_options"})
"""Fields that the worker's own profile decides."""


def overlay(profile: Profile, fields: Mapping[str, Any]) -> Profile:
    """The profile with some fields replaced, validated as a whole.

    Tools of the profile stay as they are, and new ones cannot name a function to run: what comes over the network does
    not choose code.

    Raises:
        ConfigError: the fields do not make a valid profile.
    """
    if not fields:
        return profile
    for key in sorted(FIXED & fields.keys()):
        raise ConfigError.single(SOURCE, "cannot be changed for one call", key=key)
    own = profile.model_dump(mode="json", by_alias=True)
    merged = {**own, **fields, "tools": {**_tools(fields.get("tools", {}), own["tools"]), **own["tools"]}}
    try:
        return Profile.model_validate(merged).placed_as(profile)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigError.single(SOURCE, first["msg"], key=".".join(map(str, first["loc"]))) from None


def _tools(tools: Any, own: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(tools, Mapping):
        raise ConfigError.single(SOURCE, "needs a mapping", key="tools")
    for name, tool in tools.items():
        if name not in own and isinstance(tool, Mapping) and tool.get("run"):
            raise ConfigError.single(SOURCE, "a function to run must stand in the profile", key=f"tools.{name}.run")
    return dict(tools)
