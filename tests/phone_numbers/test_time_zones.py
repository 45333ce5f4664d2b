"""Time zones on a system that has no database of its own, as slim images are."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
CODE = """
from zoneinfo import TZPATH, ZoneInfo
from callagent.phone_numbers.time_zones import zones_of_country
print(TZPATH, ZoneInfo("Asia/Tokyo"), *zones_of_country("JP"))
"""


def test_the_zones_of_a_country_are_known_where_the_system_has_none() -> None:
    told = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "() Asia/Tokyo Asia/Tokyo\n"


def test_their_package_is_installed_with_callagent_itself() -> None:
    dependencies = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    assert "tzdata" in {Requirement(line).name for line in dependencies}
