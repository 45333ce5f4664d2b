"""From a name or a path to a checked profile."""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from callagent.profile.inheritance import inherit, standing_alone, with_provider_options
from callagent.profile.overrides import apply_overrides, check_references, expand_references
from callagent.profile.paths import (
    find_by_name,
    is_path,
    known_names,
    packaged_configs,
    profile_dirs,
    profile_files,
    profile_name,
)
from callagent.profile.profile import Profile
from callagent.profile.source_snapshot import content_of, forgotten_with_sources
from callagent.yaml_config.errors import ConfigError, Problem, nearest
from callagent.yaml_config.validation import validate
from callagent.yaml_config.yaml_file import Document, KeyPath, Node, load_yaml, shown

__all__ = ["DEFAULT_PROFILE", "ProfileSummary", "check_profile", "list_profiles", "load_profile", "preview_profile"]

_log = logging.getLogger("callagent.profile")

DEFAULT_PROFILE = "en-US"
"""The profile of what names none."""


def load_profile(
    name_or_path: str | Path, *, sets: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> Profile:
    """Return the profile of that name (looked up in the configurations) or in that file, resolved and checked.

    ``sets`` are overrides such as ``interruption.grace=500 ms`` (values are YAML); they win over those of ``env``
    (CALLAGENT_PROVIDERS, LIVEKIT_SOFT_ACKS; by default the process environment), which win over the file.
    Raises ConfigError with every problem found.
    """
    env = os.environ if env is None else env
    document = _complete(name_or_path, sets, env)
    return _placed(validate(Profile, expand_references(document, env)), document)


def preview_profile(
    name_or_path: str | Path, *, sets: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> Profile:
    """As ``load_profile``, but ``${NAME}`` stays as it is written: for showing a profile, not for calling with it."""
    document = _complete(name_or_path, sets, os.environ if env is None else env)
    return _placed(validate(Profile, document), document)


def _placed(profile: Profile, document: Document) -> Profile:
    """Return the profile, which knows from now on where its providers and tools
    stand, and what its paths are relative to.
    """
    sections = (
        "providers",
        "vad",
        "endpointing",
        "dialling",
        "hold",
        "tools",
        "replies",
        "mcp",
        "speech",
        "agent",
        "state",
        "agents",
        "background",
        "flow",
        "hooks",
        "after_call",
    )
    profile.places.take(document, *sections)
    return profile


def files_of(name_or_path: str | Path) -> list[Path]:
    """List the files that a profile is made of: its own, and those that it extends. Raise ConfigError."""
    files = [_find(name_or_path)]
    for path in files:  # which grows meanwhile
        document = _read(path)
        bases = [_base(document, each, key, path.resolve()) for each, key in _extended(document)]
        files += [base for base in bases if base not in files and len(files) <= LONGEST_CHAIN]
    return files


def check_profile(name_or_path: str | Path) -> Profile | None:
    """Check a file as it stands: no overrides, and ``${NAME}`` need not be set. Raise ConfigError.

    Gives the profile, or None for one that is not complete because it is there only to be extended.
    """
    document = _with_bases(_find(name_or_path))
    try:
        check_references(document)
        return _placed(validate(Profile, document), document)
    except ConfigError as error:
        is_abstract = document.data.get("abstract") is True
        problems = [problem for problem in error.problems if not (is_abstract and problem.message == "is missing")]
        if problems:
            raise ConfigError(*problems) from error
        return None


LONGEST_CHAIN = 100
"""Files that extend each other, of which `files_of` lists no more: they may go round in a circle."""


@dataclass(frozen=True)
class ProfileSummary:
    """A line of ``callagent profile list``.

    Of a file that cannot be read only the name is known, and ``problems`` says why.
    """

    name: str
    file: str
    language: str = ""
    extends: str = ""
    description: str = ""
    problems: tuple[Problem, ...] = ()


def list_profiles() -> tuple[ProfileSummary, ...]:
    """Return all profiles that can be named, the user's own before the shipped ones."""
    found: dict[str, ProfileSummary] = {}
    for directory in profile_dirs():
        for path in profile_files(directory):
            found.setdefault(profile_name(path), _summary(path))
    return tuple(found.values())


def _complete(name_or_path: str | Path, sets: Sequence[str], env: Mapping[str, str]) -> Document:
    document = _with_bases(_find(name_or_path))
    if document.data.get("abstract") is True:
        raise ConfigError(document.problem(("abstract",), "this profile is only there to be extended"))
    return with_provider_options(apply_overrides(document, sets, env))


def _summary(path: Path) -> ProfileSummary:
    name = profile_name(path)
    try:
        data = _with_bases(path).data
    except ConfigError as error:
        return ProfileSummary(name, shown(path), problems=error.problems)
    language, description = (str(data.get(key) or "") for key in ("language", "description"))
    extends = data.get("extends") or ""
    bases = ", ".join(map(str, extends)) if isinstance(extends, list | tuple) else str(extends)
    return ProfileSummary(name, shown(path), language, bases, description)


def _find(name_or_path: str | Path) -> Path:
    if is_path(name_or_path):
        return Path(name_or_path)
    name, directories = str(name_or_path), profile_dirs()
    path = find_by_name(name, *directories)
    if path is None:
        known = known_names(*directories)
        message = f"unknown profile (known: {', '.join(known) or 'none'}; looked in {shown(directories[0])})"
        raise ConfigError.single(name or "''", message, nearest=nearest(name, known))
    _tell_shadowed(name, path)
    return path


@lru_cache(maxsize=256)
def _tell_shadowed(name: str, path: Path) -> None:
    """Tell, once, that a profile of one's own is used instead of the shipped one of that name."""
    shipped = find_by_name(name, packaged_configs() / "profiles")
    if shipped is not None and path.resolve() != shipped.resolve():
        _log.info("a profile takes the place of a shipped one", extra={"profile": name, "file": shown(path)})


def _with_bases(path: Path, below: tuple[Path, ...] = ()) -> Document:
    """Return a file laid over what it extends.

    Args:
        below: the files that are extended on the way to it.
    """
    document, chain = _read(path), (*below, path.resolve())
    result: Document | None = None
    for extends, key in _extended(document):
        base = _base(document, extends, key, chain[-1])
        if base.resolve() in chain:
            circle = " -> ".join(file.stem for file in (*chain, base))
            raise ConfigError(document.problem(key, f"goes round in a circle: {circle}"))
        found = _with_bases(base, chain)
        result = found if result is None else inherit(result, found)
    return standing_alone(document) if result is None else inherit(result, document)


def _extended(document: Document) -> list[tuple[object, KeyPath]]:
    """List what a file extends, each with where it stands."""
    extends = document.data.get("extends")
    if isinstance(extends, list) and extends:
        return [(each, ("extends", index)) for index, each in enumerate(extends)]
    return [] if extends is None else [(extends, ("extends",))]


def _base(document: Document, extends: object, key: KeyPath, origin: Path) -> Path:
    if not isinstance(extends, str) or not extends:
        raise ConfigError(document.problem(key, "needs the name or the path of a profile"))
    if is_path(extends):
        path = origin.parent / extends
        if not os.path.isfile(path):
            raise ConfigError(document.problem(key, f"no such file: {shown(path)}"))
        return path
    directories = (origin.parent, *profile_dirs())
    found = find_by_name(extends, *directories, without=origin) or find_by_name(extends, *directories)
    if found is not None:
        _tell_shadowed(extends, found)
    else:
        known = [name for name in known_names(*directories, locales=True) if name != origin.stem]
        message = f"unknown profile '{extends}'"
        raise ConfigError(document.problem(key, message, nearest(extends, known)))
    return found


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:  # reading it says what is wrong
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=64)
def _parsed(path: Path, shown_as: str, stamp: tuple[int, ...]) -> Document:
    """Return the file as it is now. All profiles of a language share two others,
    which are the greater part of the work.
    """
    return load_yaml(path, content_of(path))


forgotten_with_sources(_parsed.cache_clear)


def _read(path: Path) -> Document:
    document = _parsed(path, shown(path), _stamp(path))
    named = document.data.get("name", path.stem)
    if named != path.stem:
        raise ConfigError(document.problem(("name",), f"must be the name of the file, '{path.stem}'; best left out"))
    name = Node.of(path.stem, document.file)
    return Document(document.root.with_value(document.root.value | {"name": name}))
