"""pyproject.toml and requirements.lock belong together, and the lock can be published."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", LOCK, re.MULTILINE)}


@cache
def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def direct_requirements() -> list[str]:
    extras = project()["optional-dependencies"].values()
    return [*project()["dependencies"], *(requirement for extra in extras for requirement in extra)]


@pytest.mark.parametrize("line", direct_requirements())
def test_the_lock_satisfies_every_direct_requirement(line: str) -> None:
    requirement = Requirement(line)
    pinned = PINS.get(canonicalize_name(requirement.name))
    assert pinned is not None and pinned in requirement.specifier


def test_the_lock_names_no_registry_and_no_place_on_a_machine() -> None:
    lines = [line for line in LOCK.splitlines() if not line.startswith("#")]
    assert [line for line in lines if "/" in line or "--index" in line or "--find-links" in line] == []


def test_the_readme_links_the_security_policy_which_names_what_is_trusted_and_what_is_kept() -> None:
    policy = ".github/SECURITY.md"
    assert f"]({policy})" in (ROOT / "README.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", (ROOT / policy).read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[:3] == ["Reporting a vulnerability", "What is trusted", "What is not trusted"]
    assert headings[3].startswith("What is kept")
    sdist = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "sdist"
    ]
    assert ".github" in sdist["only-include"]


def test_every_locked_package_has_hashes() -> None:
    unhashed = re.findall(r"^([\w.-]+)==[^\\\n]*$", LOCK, re.MULTILINE)
    assert unhashed == []
