"""The profiles that a process has at hand, each with the phrases that were made ahead in its voice."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from callagent.agent import Sounds
from callagent.agent.number_reading import warm_up
from callagent.profile import Profile, load_profile, load_targets
from callagent.providers import check_providers, prewarm
from callagent.worker.config import WorkerConfig
from callagent.worker.process.prompt_cache import sounds_kept, sounds_of
from callagent.yaml_config import ConfigError

MOST_PROFILES = 12
"""Profiles besides the default one that a process has at hand."""

_WANTED = "wanted-"

_log = logging.getLogger("callagent.worker")


@dataclass(frozen=True)
class Ready:
    """A profile as calls use it, and what was made ahead in its voice."""

    profile: Profile
    sounds: Sounds


class Shelf:
    """The default profile, those of the routes, and those that calls have asked for since the worker started.

    Making it and taking from it block.

    Raises:
        ConfigError: the default profile, or one of its providers, cannot be used.
    """

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self.default = self._make(config.profile)
        self._ready = {config.profile: self.default}
        others = dict.fromkeys([*config.profile_files, *sorted(config.routes.profiles), *_wanted(config.sounds)])
        for name in [name for name in others if name != config.profile][:MOST_PROFILES]:
            try:
                self._ready[name] = self._make(name)
            except ConfigError as error:
                _log.warning("profile not made ready", extra={"profile": name, "error": str(error)})

    @property
    def profiles(self) -> list[Profile]:
        """Those at hand, the default one first."""
        return [ready.profile for ready in self._ready.values()]

    @property
    def own_numbers(self) -> frozenset[str]:
        """Our numbers, as far as the routes and the profiles at hand name them."""
        return frozenset(self._config.routes.numbers).union(*(profile.numbers for profile in self.profiles))

    def take(self, name: str) -> Ready:
        """Return a profile by its name. One that is not there is loaded, and the next processes will have it.

        Raises:
            ConfigError: it cannot be used.
        """
        if name in self._ready:
            return self._ready[name]
        profile = self._load(name)
        if self._config.sounds is not None and name not in self._config.profile_files:
            (self._config.sounds / f"{_WANTED}{name}").touch()
        return Ready(profile, sounds_kept(profile, self._config.sounds))

    def read_again(self) -> None:
        """Read the files of all of them, the slow part of `renew`, on any thread."""
        for name in self._ready:
            with suppress(ConfigError):  # told by `renew`
                load_profile(name, sets=self._config.sets)

    def renew(self) -> None:
        """Load all of them again; one that cannot be used now stays as it was. To be called on the main thread, between
        calls.
        """
        for name in self._ready:
            try:
                profile = self._load(name)
                check_providers(profile)
                self._ready[name] = Ready(profile, sounds_kept(profile, self._config.sounds))
            except ConfigError as error:
                _log.warning("profile not made ready", extra={"profile": name, "error": str(error)})
        self.default = self._ready[self._config.profile]

    def _make(self, name: str) -> Ready:
        profile = self._load(name)
        check_providers(profile)  # imports their plugins, which livekit allows on the main thread only
        return Ready(profile, sounds_of(profile, self._config.sounds))

    def _load(self, name: str) -> Profile:
        profile = load_profile(name, sets=self._config.sets)
        load_targets(profile)
        prewarm(profile)
        warm_up(profile.number_reading)
        return profile


def _wanted(directory: Path | None) -> list[str]:
    if directory is None:
        return []
    return sorted(path.name.removeprefix(_WANTED) for path in directory.glob(f"{_WANTED}*"))
