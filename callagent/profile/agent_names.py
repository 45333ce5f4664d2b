"""What the agents of a call may be called: as their profile does, or as livekit calls those of an author."""

import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Final

from callagent.profile.author_modules import imported_modules
from callagent.profile.profile import Profile, targets_of
from callagent.profile.tool_functions import load_targets
from callagent.yaml_config.errors import ConfigError, nearest

DESCRIBED: Final = "call_agent"
"""livekit's name of the only agent of a profile that names none."""

_TASK: Final = "_task"
"""How livekit's names of its tasks end, which have the call while they ask for something."""


def agent_flaw(profile: Profile, name: str) -> tuple[str, str | None] | None:
    """Tell why no agent of a call is called `name`, with the nearest that one is called; None where one may be.

    Code of the author's can give agents any name. Where a profile runs some, a name is wrong only if it is much like
    one that is known, and the author's modules do not have it as a text.
    """
    asked = name.strip().casefold()
    code = [target.partition(":")[0] for target in targets_of(profile) if ":" in target]
    modules = _modules(profile, code) if code else []
    known = [*profile.agents, *(each for module in modules for each in _agents_of(module))]
    if profile.start is None and profile.agent is None:
        known.append(DESCRIBED)
    if asked.endswith(_TASK) or asked in (each.casefold() for each in known):
        return None
    close = nearest(asked, known)
    if code and (close is None or any(_has_text(module, asked) for module in modules)):
        return None
    return f"there is no agent '{name.strip()}'", close


def _modules(profile: Profile, names: Sequence[str]) -> Sequence[ModuleType]:
    """Return the modules of these names, and what they have imported from the profile's directories."""
    with suppress(ConfigError):  # told where the call is planned
        load_targets(profile)
    tools, agents = (f"tools.{name}.run" for name in profile.tools), (f"agents.{name}.agent" for name in profile.agents)
    keys = ("agent", "state", "hooks.started", "hooks.ended", "flow.on_wake_up", *tools, *agents)
    directories = {directory.resolve() for key in keys for directory in profile.places.directories(key)}
    beside = [module for file, module in imported_modules().items() if directories.intersection(file.parents)]
    return [*beside, *(sys.modules[name] for name in names if name in sys.modules)]


def _agents_of(module: ModuleType) -> Iterator[str]:
    """Yield livekit's names of the agents whose classes are in a module."""
    from livekit.agents import Agent
    from livekit.agents.utils.misc import camel_to_snake_case

    for kind in vars(module).values():
        if inspect.isclass(kind) and issubclass(kind, Agent) and not kind.__module__.startswith("livekit."):
            yield camel_to_snake_case(kind.__name__)


def _has_text(module: ModuleType, text: str) -> bool:
    try:
        source = inspect.getsource(module)
    except (OSError, TypeError):  # it has none
        return False
    return re.search(f"[\"']{re.escape(text)}[\"']", source.casefold()) is not None
