import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from callagent.extras import OPTIONAL, lacking, needed
from tests.support.absent import take_away

EXTRAS = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]


@pytest.mark.parametrize("module", OPTIONAL)
def test_an_optional_package_is_in_the_extra_that_its_line_names(module: str) -> None:
    package = OPTIONAL[module]
    assert package.distribution in {Requirement(line).name for line in EXTRAS[package.extra]}


@pytest.mark.parametrize("module", OPTIONAL)
def test_what_is_installed_is_not_lacking(module: str) -> None:
    assert lacking("--something", module) is None


def test_what_is_not_installed_is_told_in_one_line_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    take_away(monkeypatch, "time_machine")
    told = "level text needs the Python package time-machine: pip install 'callagent[calls]'"
    assert lacking("level text", "time_machine") == needed("level text", "time_machine") == told
