"""What the environment says to every command: the variables of a ``.env`` file, and LIVEKIT_LOG_LEVEL."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dotenv import dotenv_values, load_dotenv

from callagent.profile import ConfigError, nearest

logger = logging.getLogger("callagent.cli")

LOG_LEVEL_VARIABLE: Final = "LIVEKIT_LOG_LEVEL"
_LEVELS: Final = {
    "trace": "debug",
    "debug": "debug",
    "info": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "critical": "critical",
}
"""livekit's names of levels, and those of `logging`, which has no trace."""


@dataclass(frozen=True)
class EnvFile:
    """A ``.env`` file that was read, and the names of the variables that it set."""

    path: Path
    variables: tuple[str, ...]

    def log(self) -> None:
        """Tell which file it was and what it set; values are secrets."""
        logger.info("environment file read", extra={"file": self.path, "variables": ",".join(self.variables)})


def find_env_file(directory: Path) -> Path | None:
    """The ``.env`` of `directory` or of its nearest parent that has one.

    The search ends with the root of a repository (a directory with ``.git``), the home directory or the root of the
    file system: what lies above belongs to somebody else.
    """
    for place in (directory, *directory.parents):
        if (place / ".env").is_file():
            return place / ".env"
        if (place / ".git").exists() or place == Path.home():
            return None
    return None


def read_env_file(path: Path) -> EnvFile:
    """Add the variables of a ``.env`` file to the environment, never over what is there. Raises ConfigError."""
    before = set(os.environ)
    try:
        load_dotenv(path, override=False)
        names = dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError.single(path.name, f"cannot be read: {error}") from error
    return EnvFile(path, tuple(name for name in names if name in os.environ and name not in before))


def log_level(option: str | None, env: Mapping[str, str], otherwise: str) -> str:
    """The level that an option names, else LIVEKIT_LOG_LEVEL, else `otherwise`. Raises ConfigError."""
    written = env.get(LOG_LEVEL_VARIABLE, "").strip()
    if option is not None or not written:
        return option or otherwise
    if written.casefold() not in _LEVELS:
        message = f"'{written}' is no log level; there are {', '.join(_LEVELS)}"
        raise ConfigError.single(LOG_LEVEL_VARIABLE, message, nearest=nearest(written.casefold(), _LEVELS))
    return _LEVELS[written.casefold()]
