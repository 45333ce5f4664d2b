"""Where profiles, calls and schemas live."""

import os
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "CALLAGENT_DATABASE"
"""Environment variable with the database: a file, or an URL that SQLAlchemy understands."""

FORMER_VARIABLE = "CALLAGENT_RECORDS"
"""What the variable was called; it counts where the new one is not set."""


def named_location(given: str | None = None, env: Mapping[str, str] | None = None) -> str | None:
    """Return the database that an option or the environment names; None where nothing does."""
    env = os.environ if env is None else env
    return given or env.get(VARIABLE) or env.get(FORMER_VARIABLE) or None


def default_location(env: Mapping[str, str] | None = None) -> str:
    """Tell where records go when no option says it: what the environment names, or
    a file in the user's state directory.
    """
    env = os.environ if env is None else env
    return named_location(env=env) or str(state_directory(env) / "records.db")


def state_directory(env: Mapping[str, str]) -> Path:
    """Return the directory in which callagent keeps what a user's calls leave."""
    return Path(env.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "callagent"


ENDINGS = (".yaml", ".yml")

LOCALES = "locales"
"""Folder of a directory of profiles with what belongs to a language alone; `locales/en-US` names a profile in it."""

_PACKAGE = Path(__file__).resolve().parents[1]


def configs_dir() -> Path:
    """Return the directory of configurations.

    ``$CALLAGENT_CONFIGS``, else ``./configs`` where it has profiles, else the one that came with the package.
    """
    named = os.environ.get("CALLAGENT_CONFIGS")
    if named:
        return Path(named)
    here = Path.cwd() / "configs"
    return here if os.path.isdir(here / "profiles") else packaged_configs()


def packaged_configs() -> Path:
    """Return the configurations shipped with callagent: inside the installed package, or beside it in a checkout."""
    inside = _PACKAGE / "configs"
    return inside if inside.is_dir() else _PACKAGE.parent / "configs"


def profile_dirs() -> tuple[Path, ...]:
    """Tell where a profile is looked up by name, in this order: the user's own first, then the shipped ones."""
    return tuple(dict.fromkeys(configs / "profiles" for configs in (configs_dir(), packaged_configs())))


def profile_files(directory: Path) -> list[Path]:
    """Return the profiles in a directory, by name, and then those of its locales;
    none where there is no such directory.
    """
    return [path for folder in (directory, directory / LOCALES) for path in _files(folder)]


def profile_name(path: Path) -> str:
    """Return what a file of a directory of profiles is called by: `en-US`, or
    `locales/en-US` in the folder of locales.
    """
    return f"{LOCALES}/{path.stem}" if path.parent.name == LOCALES else path.stem


def is_path(name_or_path: str | Path) -> bool:
    """Tell whether a reference is meant as a path rather than the name of a profile."""
    if isinstance(name_or_path, Path):
        return True
    inside = name_or_path.removeprefix(f"{LOCALES}/")
    return name_or_path.endswith(ENDINGS) or "/" in inside or os.sep in inside


def find_by_name(name: str, *directories: Path, without: Path | None = None) -> Path | None:
    """Return the file of a profile in the first directory that has it, other than ``without``."""
    candidates = (directory / (name + ending) for directory in directories for ending in ENDINGS)
    return next((path for path in candidates if os.path.isfile(path) and path.resolve() != without), None)


def profile_names() -> list[str]:
    """Return names of all profiles that a name can stand for."""
    return known_names(*profile_dirs())


def known_names(*directories: Path, locales: bool = False) -> list[str]:
    """Return names of all profiles in these directories, each once; without those of the locales unless asked."""
    names = dict.fromkeys(profile_name(path) for directory in directories for path in profile_files(directory))
    return [name for name in names if locales or not name.startswith(f"{LOCALES}/")]


def _files(directory: Path) -> list[Path]:
    # os.path says no, where Path raises: names too long, directories that may not be entered.
    if not os.path.isdir(directory):
        return []
    return sorted(path for path in directory.glob("*") if path.suffix in ENDINGS and os.path.isfile(path))
