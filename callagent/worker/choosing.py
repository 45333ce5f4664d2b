"""The profile of one call: what the context asks for, or the default one where that cannot be used."""

from dataclasses import dataclass, replace

from callagent.agent import Sounds
from callagent.profile import ConfigError, Profile
from callagent.profile.paths import profile_names
from callagent.providers import Providers, make_providers
from callagent.telephony import CallContext
from callagent.worker.brief import Brief, read_brief
from callagent.worker.config import WorkerConfig
from callagent.worker.overlay import overlay
from callagent.worker.shelf import Ready, Shelf


@dataclass(frozen=True)
class Chosen:
    """The profile of a call as its number and its brief want it, and what was made ahead in its voice.

    Args:
        instead: the same with the default profile; None where it is that one.
    """

    profile: Profile
    sounds: Sounds
    brief: Brief
    instead: "Chosen | None" = None


def choose(config: WorkerConfig, shelf: Shelf, context: CallContext) -> Chosen:
    """Follows the brief of a call as far as it can be followed. Blocks."""
    brief = read_brief(context, default=config.profile, known=_known_profiles, dev=config.dev, routes=config.routes)
    if brief.profile == config.profile:
        return _tailored(shelf.default, brief, context)
    fallback = _tailored(shelf.default, replace(brief, profile=config.profile, source="default"), context)
    try:
        ready = shelf.take(brief.profile)
    except ConfigError as error:
        return _noting(fallback, error)
    return replace(_tailored(ready, brief, context), instead=fallback)


def provided(chosen: Chosen) -> tuple[Chosen, Providers]:
    """The call with its providers; with those of the default profile where its own cannot be made.

    Raises:
        ConfigError: those of the default profile cannot be made either.
    """
    try:
        return chosen, make_providers(chosen.profile)
    except ConfigError as error:
        if chosen.instead is None:
            raise
        fallback = _noting(chosen.instead, error)
        return fallback, make_providers(fallback.profile)


def _tailored(ready: Ready, brief: Brief, context: CallContext) -> Chosen:
    profile = ready.profile.for_number(context.own_number)
    try:
        return Chosen(overlay(profile, brief.script), ready.sounds, brief)
    except ConfigError as error:
        return _noting(Chosen(profile, ready.sounds, brief), error)


def _noting(chosen: Chosen, error: ConfigError) -> Chosen:
    return replace(chosen, brief=replace(chosen.brief, problems=(*chosen.brief.problems, str(error))))


def _known_profiles() -> frozenset[str]:
    return frozenset(profile_names())
