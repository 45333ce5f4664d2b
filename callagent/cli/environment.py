"""What the environment says to every command: the variables of a ``.env`` file, and LIVEKIT_LOG_LEVEL."""

import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import click
from dotenv import dotenv_values

from callagent.plaintext import INSECURE_VARIABLE
from callagent.sanitise import is_secret
from callagent.yaml_config import ConfigError, nearest

NAMES: Final = frozenset(
    (
        *("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_LOG_LEVEL", "LIVEKIT_SOFT_ACKS"),
        *("OPENAI_BASE_URL", "OPENAI_API_KEY", "DEEPGRAM_API_KEY", "CARTESIA_API_KEY"),
    )
)
OWN_PREFIX: Final = "CALLAGENT_"
NEVER: Final = frozenset({"CALLAGENT_LIVEKIT_SERVER", "CALLAGENT_LIVEKIT_SIP", INSECURE_VARIABLE})
"""Names with the prefix that only the environment itself may set: programs to run, and the leave to go unencrypted."""

LIVEKIT: Final = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
PROVIDERS: Final = (
    ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
    ("CALLAGENT_JUDGE_URL", "CALLAGENT_JUDGE_KEY"),
    ("CALLAGENT_SIP_URI", "CALLAGENT_SIP_USERNAME", "CALLAGENT_SIP_PASSWORD"),
)
"""Addresses, and the keys that are sent there."""

_REFERENCE: Final = re.compile(r"\$\{([^}:]*)(?::-[^}]*)?\}")
_PLACES: Final = frozenset({"HOME", "PWD", "USER"})
"""Names of the environment that a value may refer to."""


class Split(NamedTuple):
    """An address and its keys that come from two places."""

    group: Sequence[str]
    message: str


def may_set(name: str) -> bool:
    """Tell whether a ``.env`` may set a variable: a documented one, or a secret
    that `${NAME}` in a profile refers to.
    """
    if name in NEVER:
        return False
    own_key = is_secret(name) and not name.startswith("LIVEKIT_")
    return name in NAMES or name.startswith(OWN_PREFIX) or own_key


def references_outside(values: Mapping[str, str | None]) -> list[str]:
    """Return names whose values, as they are written, refer to variables that do not stand above them in the file."""
    above: set[str] = set(_PLACES)
    found = []
    for name, value in values.items():
        if not above.issuperset(_REFERENCE.findall(value or "")):
            found.append(name)
        above.add(name)
    return found


def splits(of_file: Sequence[str], environment: Mapping[str, str], file: str) -> Iterator[Split]:
    """Yield the groups of which some variables come from the file and others from the environment.

    Args:
        of_file: names that the file would set, none of which the environment has.
        environment: what is there already.
        file: the file's name, for the message.
    """
    for group in (LIVEKIT, *PROVIDERS):
        there = [name for name in group if environment.get(name)]
        new = [name for name in group if name in of_file]
        if there and new:
            names = ", ".join(new)
            message = f"{names} of {file} and {', '.join(there)} of the environment: write them in one place"
            yield Split(group, message)


_log = logging.getLogger("callagent.cli")

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
    """A ``.env`` file that was read, the names of the variables that it set, and those that were ignored.

    `left_out` says why variables of livekit-server were not taken, where they stand here and in the environment.
    """

    path: Path
    variables: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    left_out: str = ""

    def log(self) -> None:
        """Tell which file it was, what it set and what was ignored; values are secrets."""
        names = {"variables": ",".join(self.variables), "ignored": ",".join(self.ignored)}
        told = {key: value for key, value in names.items() if value or key == "variables"}
        _log.info("environment file read", extra={"file": self.path, **told})


def left_out_of_env_file() -> str:
    """Tell why the ``.env`` file of the command that runs says nothing about livekit-server, or an empty string."""
    context = click.get_current_context(silent=True)
    found = context.find_root().obj if context else None
    return found.left_out if isinstance(found, EnvFile) else ""


def find_env_file(directory: Path) -> Path | None:
    """Return the ``.env`` of `directory` or of its nearest parent that has one.

    The search ends with the root of a repository (a directory with ``.git``), the home directory or the root of the
    file system: what lies above belongs to somebody else.
    """
    # os.path says no, where Path raises: directories that may not be entered, a user without a home.
    home = Path(os.path.expanduser("~"))
    for place in (directory, *directory.parents):
        if os.path.isfile(place / ".env"):
            return place / ".env"
        if os.path.exists(place / ".git") or place == home:
            return None
    return None


def read_env_file(path: Path) -> EnvFile:
    """Add the variables of a ``.env`` file that it may set to the environment, never over what is there.

    Raises:
        ConfigError: it cannot be read, or an address and the key that is sent there come from two places.
    """
    try:
        written = dotenv_values(path, interpolate=False)
        values = dotenv_values(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError.single(path.name, f"cannot be read: {error}") from error
    strangers = [name for name in written if not may_set(name)]
    strangers += [name for name in references_outside(written) if name not in strangers]
    new = {
        name: value
        for name, value in values.items()
        if value is not None and name not in strangers and name not in os.environ
    }
    left_out = ""
    for split in splits(tuple(new), os.environ, str(path)):
        if split.group is not LIVEKIT:
            raise ConfigError.single("", split.message)
        left_out = split.message
        new = {name: value for name, value in new.items() if name not in LIVEKIT}
    try:
        os.environ.update(new)
    except ValueError:
        raise ConfigError.single(path.name, "cannot be read: a value has a character that none may have") from None
    return EnvFile(path, tuple(new), tuple(name for name in written if name in strangers), left_out)


def log_level(option: str | None, env: Mapping[str, str], otherwise: str) -> str:
    """Return the level that an option names, else LIVEKIT_LOG_LEVEL, else `otherwise`. Raise ConfigError."""
    written = env.get(LOG_LEVEL_VARIABLE, "").strip()
    if option is not None or not written:
        return option or otherwise
    if written.casefold() not in _LEVELS:
        message = f"'{written}' is no log level; there are {', '.join(_LEVELS)}"
        raise ConfigError.single(LOG_LEVEL_VARIABLE, message, nearest=nearest(written.casefold(), _LEVELS))
    return _LEVELS[written.casefold()]
