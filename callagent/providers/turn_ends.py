"""Who ends the caller's turns (`endpointing.by`), held against the providers that would have to, and made where it is a
model of its own.
"""

import inspect
import logging
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from livekit.agents import llm, stt

from callagent.profile import Profile
from callagent.providers.constructors import Constructor
from callagent.providers.local.turn_model import PACKAGE, LocalTurnModel, is_installed, load_turn_model
from callagent.providers.registry import Member
from callagent.providers.types import TurnModel

KEY = "endpointing.by"

INSTALL = f"pip install {PACKAGE}"

_PLUGINS = "livekit.plugins."

_log = logging.getLogger("callagent.providers")


def make_turn_model(profile: Profile) -> TurnModel | None:
    """Return the end-of-turn model for one call of a profile that uses it; None for others, and where it cannot be had:
    the log says so once, and a pause ends a turn instead.

    Blocks while the model is not loaded yet.
    """
    if profile.endpointing.by != "model" or not _loaded():
        return None
    return LocalTurnModel(profile.language)


@lru_cache(maxsize=1)
def _loaded() -> bool:
    try:
        load_turn_model()
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning(
            "no end-of-turn model: a pause ends a turn instead", extra={"install": INSTALL, "error": str(error)}
        )
        return False
    return True


def lacking_model(profile: Profile) -> Iterator[str]:
    """Yield what brings the end-of-turn model to a profile that would use it, where it is not there."""
    if profile.endpointing.by == "model" and not is_installed():
        yield f"{KEY}: model needs the package {PACKAGE}: {INSTALL}; without it a pause ends a turn, as with vad"


def turn_end_notes(profile: Profile) -> Iterator[str]:
    """Yield what the profile's `endpointing.by` leaves undone, each a sentence."""
    yield from lacking_model(profile)
    if profile.endpointing.by == "realtime":
        yield f"{KEY}: the model's server decides when a turn is over and what stops the agent: the gate does not"


def turn_end_flaws(profile: Profile, member: Member, *, realtime: bool) -> Iterator[tuple[str, str]]:
    """Yield key and message where the model of a profile and `endpointing.by` do not go together.

    Args:
        member: what is chosen for `llm`.
        realtime: whether it is a realtime model.
    """
    by, use = profile.endpointing.by, member.spec.use
    if by == "realtime" and not realtime:
        yield KEY, f"realtime needs a realtime model, and {member.key} is {use}: use vad, stt, model or manual"
    if by == "stt" and realtime:
        yield KEY, f"stt cannot end the turns of a realtime model ({use}): use vad, model, realtime or manual"


def is_realtime(member: Member, made_by: Constructor | None) -> bool | None:
    """Tell whether what is chosen is a realtime model; None where only making it could tell."""
    if member.offer is not None:
        return member.offer.realtime
    call = made_by.call if made_by is not None else None
    return issubclass(call, llm.RealtimeModel) if inspect.isclass(call) else None


def recogniser_flaws(profile: Profile, member: Member, made: Any) -> Iterator[tuple[str, str]]:
    """Yield key and message where a turn is to end as the recogniser says, and this one never says so."""
    if profile.endpointing.by != "stt" or not isinstance(made, stt.STT) or not made.capabilities.streaming:
        return
    if not _tells_the_end(type(made)):
        yield KEY, f"{member.spec.use} never tells that speech has ended: use vad, model or manual"


@lru_cache(maxsize=32)
def _tells_the_end(recogniser: type) -> bool:
    """Tell whether a plugin's files name the event. What is no plugin is trusted."""
    if not recogniser.__module__.startswith(_PLUGINS):
        return True
    plugin = recogniser.__module__.split(".")[2]
    folder = next(parent for parent in Path(inspect.getfile(recogniser)).parents if parent.name == plugin)
    return any("END_OF_SPEECH" in file.read_text("utf-8") for file in folder.rglob("*.py"))
