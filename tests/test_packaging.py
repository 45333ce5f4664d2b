"""pyproject.toml and requirements.lock belong together, and the lock can be published."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.source_tree import imported_modules, imports, modules

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


SERVING = ("serve", "dial", "sip", "dnc", "doctor")
"""Commands of the image, which is made without the extras `calls` and `plots`."""

OF_EXTRAS = {"jinja2", "markupsafe", "matplotlib", "starlette", "time_machine", "uvicorn"}


def reached(start: str, *, lazy: bool) -> set[str]:
    """The modules of the package that a module imports, directly or through others; with `lazy` whenever it may."""
    found, ahead = set[str](), {start}
    while ahead:
        module = ahead.pop()
        found.add(module)
        packages = {module.rsplit(".", depth)[0] for depth in range(1, module.count(".") + 1)}
        ahead |= (imported_modules(module, lazy=lazy) | packages) - found
    return found


def packages(start: str, *, lazy: bool) -> set[str]:
    """The top-level names of what is imported from outside."""
    outside = (name for module in reached(start, lazy=lazy) for name in imports(module, lazy=lazy))
    return {name.partition(".")[0] for name in outside} - {"callagent"}


@pytest.mark.parametrize("command", SERVING)
def test_what_serves_calls_never_imports_a_package_of_an_extra(command: str) -> None:
    found = packages(f"callagent.cli.commands.{command}", lazy=True)
    assert "click" in found
    assert found & OF_EXTRAS == set()


@pytest.mark.parametrize(
    "start",
    [
        "__main__",
        "cli.commands.call",
        "cli.commands.chat",
        "cli.commands.console",
        "cli.commands.profile",
        "cli.commands.profile_tune",
    ],
)
def test_no_command_imports_a_package_of_an_extra_before_it_needs_it(start: str) -> None:
    assert packages(f"callagent.{start}", lazy=False) & OF_EXTRAS == set()


def test_the_package_imports_nothing_that_is_not_in_the_wheel() -> None:
    outside = {module: {name.partition(".")[0] for name in imports(module)} for module in modules()}
    assert [module for module, names in outside.items() if names & {"scripts", "tests"}] == []


def test_the_image_has_the_speech_models_and_no_other_extra() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"ARG EXTRAS=(.*)", dockerfile) == ["local"]
    assert re.findall(r"--extra (\S+)", dockerfile) == ["%s"]
    assert "--all-extras" not in dockerfile
