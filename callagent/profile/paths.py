"""Where profiles, calls and schemas live."""

import os
from pathlib import Path

ENDINGS = (".yaml", ".yml")

_PACKAGE = Path(__file__).resolve().parents[1]


def configs_dir() -> Path:
    """The directory of configurations.

    ``$CALLAGENT_CONFIGS``, else ``./configs`` where it has profiles, else the one that came with the package.
    """
    named = os.environ.get("CALLAGENT_CONFIGS")
    if named:
        return Path(named)
    here = Path.cwd() / "configs"
    return here if (here / "profiles").is_dir() else packaged_configs()


def packaged_configs() -> Path:
    """The configurations shipped with callagent: inside the installed package, or beside it in a checkout."""
    inside = _PACKAGE / "configs"
    return inside if inside.is_dir() else _PACKAGE.parent / "configs"


def profile_dirs() -> tuple[Path, ...]:
    """Where a profile is looked up by name, in this order: the user's own first, then the shipped ones."""
    return tuple(dict.fromkeys(configs / "profiles" for configs in (configs_dir(), packaged_configs())))


def profile_files(directory: Path) -> list[Path]:
    """The profiles in a directory, by name; none where there is no such directory."""
    # os.path says no, where Path raises: names too long, directories that may not be entered.
    if not os.path.isdir(directory):
        return []
    return sorted(path for path in directory.glob("*") if path.suffix in ENDINGS and os.path.isfile(path))


def is_path(name_or_path: str | Path) -> bool:
    """Whether a reference is meant as a path rather than the name of a profile."""
    if isinstance(name_or_path, Path):
        return True
    return name_or_path.endswith(ENDINGS) or "/" in name_or_path or os.sep in name_or_path


def find_by_name(name: str, *directories: Path, without: Path | None = None) -> Path | None:
    """The file of a profile in the first directory that has it, other than ``without``."""
    candidates = (directory / (name + ending) for directory in directories for ending in ENDINGS)
    return next((path for path in candidates if os.path.isfile(path) and path.resolve() != without), None)


def profile_names() -> list[str]:
    """Names of all profiles that a name can stand for."""
    return known_names(*profile_dirs())


def known_names(*directories: Path) -> list[str]:
    """Names of all profiles in these directories, each once."""
    return list(dict.fromkeys(path.stem for directory in directories for path in profile_files(directory)))
