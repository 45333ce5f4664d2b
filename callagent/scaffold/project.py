"""What `callagent new` makes: the files of a project, from templates, all of them or none."""

import json
import keyword
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, Final

from callagent import __version__
from callagent.profile.paths import LOCALES, known_names, profile_dirs
from callagent.yaml_config import ConfigError, load_yaml, nearest

TEMPLATES: Final = Path(__file__).with_name("templates")
ENDING: Final = ".in"
"""How a template's name ends, so that nothing takes it for what it will be."""

TEXTS: Final = "texts.yaml"
"""What callers and agent say, by language."""

OTHER_LANGUAGE: Final = "en"
"""The language of the texts for a locale whose own are not there."""

FILES: Final[Mapping[str, str]] = {
    "{name}.yaml": "profile.yaml",
    "{module}.py": "agent.py",
    "calls/order.yaml": "calls/order.yaml",
    "calls/talks-on.yaml": "calls/talks-on.yaml",
    "calls/no-price.yaml": "calls/no-price.yaml",
    "tests/test_{module}.py": "tests/test_agent.py",
    "pyproject.toml": "pyproject.toml",
    "README.md": "readme",
    ".env.example": "env.example",
    ".gitignore": "gitignore",
}
"""File of a project -> its template."""

OURS: Final = ("callagent", "calls", "tests")
"""Names that a project's own modules and folders have already."""

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_FIELD: Final = re.compile(r"\{\{ *(\w+) *\}\}")


class NewProject:
    """A project that is to be made in a directory of its own.

    Args:
        directory: whose last part is the project's name.
        locale: the locale that its profile extends, `en-US` for instance.

    Raises:
        ConfigError: the name or the locale cannot be taken, or something is there already.
    """

    def __init__(self, directory: Path, locale: str) -> None:
        self.directory = directory
        self.name = directory.name
        self.module = self.name.lower().replace("-", "_")
        self._locale = locale
        if flaw := _name_flaw(self.name, self.module):
            raise ConfigError.single(self.name or str(directory), flaw)
        if locale not in locales():
            raise ConfigError.single("--locale", f"there is no locale '{locale}'", nearest=nearest(locale, locales()))
        if flaw := _place_flaw(directory):
            raise ConfigError.single(str(directory), flaw)

    def files(self) -> dict[str, str]:
        """Return what will be in each file, by its path in the project."""
        fields = {"name": self.name, "module": self.module, "locale": self._locale, "version": __version__}
        fields |= {key: json.dumps(text, ensure_ascii=False) for key, text in _texts(self._locale).items()}
        return {
            path.format(name=self.name, module=self.module): _filled(_template(template), fields)
            for path, template in FILES.items()
        }

    def write(self) -> list[str]:
        """Write all files, or none; list their paths in the project.

        Raises:
            ConfigError: they cannot be written.
        """
        files = self.files()
        try:
            with tempfile.TemporaryDirectory(prefix=f".{self.name}-", dir=self.directory.parent) as beside:
                whole = Path(beside, self.name)
                for path, text in files.items():
                    file = whole / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(text, encoding="utf-8")
                os.rename(whole, self.directory)
        except OSError as error:
            raise ConfigError.single(str(self.directory), f"cannot be written: {error.strerror or error}") from error
        return list(files)


def locales() -> list[str]:
    """List the locales that a profile can extend."""
    prefix = f"{LOCALES}/"
    names = known_names(*profile_dirs(), locales=True)
    return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def _name_flaw(name: str, module: str) -> str:
    if not _NAME.fullmatch(name):
        return "is no name for a project: a letter first, then letters, digits, - and _, at most 40 characters"
    if keyword.iskeyword(module) or keyword.issoftkeyword(module):
        return f"is no name for a project: '{module}' is a word of Python"
    if module in sys.stdlib_module_names or module in OURS or _is_installed(module):
        return f"is no name for a project: there is a Python module '{module}' already"
    return ""


def _is_installed(module: str) -> bool:
    spec = PathFinder.find_spec(module)
    if spec is None or spec.origin is None:
        return False
    return Path.cwd() not in [*Path(spec.origin).parents][:2]  # what lies here is no other project's


def _place_flaw(directory: Path) -> str:
    try:
        if os.path.lexists(directory):
            if not directory.is_dir():
                return "is there already, and is no directory"
            return "is there already, and is not empty" if any(directory.iterdir()) else ""
        return "" if directory.parent.is_dir() else f"there is no directory {directory.parent}"
    except OSError as error:
        return f"cannot be looked into: {error.strerror}"


def _texts(locale: str) -> Mapping[str, Any]:
    """Return what is said in a locale: what it has of its own, and the rest of its language."""
    known = load_yaml(TEMPLATES / TEXTS).data
    language = locale.partition("-")[0]
    return {**known.get(language, known[OTHER_LANGUAGE]), **known.get(locale, {})}


def _template(name: str) -> str:
    return (TEMPLATES / f"{name}{ENDING}").read_text(encoding="utf-8")


def _filled(template: str, fields: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda field: fields[field[1]], template)
