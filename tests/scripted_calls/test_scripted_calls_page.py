"""What the page of scripted calls says about panel, results and format."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from callagent.scripted_calls import LevelName
from callagent.scripted_calls.measure.panel import Panel

PAGE = (Path(__file__).resolve().parents[2] / "callagent" / "scripted_calls" / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]


def rows(heading: str) -> list[str]:
    part = re.split(r"^#+ ", PAGE.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)


def test_the_panel_has_the_fields_that_are_told() -> None:
    assert rows("The panel") == list(Panel().as_dict())


def test_the_levels_are_those_that_are_told() -> None:
    assert rows("Levels") == list(get_args(LevelName))


@pytest.mark.text
async def test_the_example_passes(callagent_call: Any) -> None:
    result = await callagent_call(YAML(typ="safe").load(EXAMPLE), level="text")
    assert result.passed
    told = set(re.findall(r"`(\w+)`", PAGE.partition("## What a run prints\n")[2].partition("### The panel")[0]))
    assert told >= {*result.as_dict(), *result.steps[0].as_dict(), *result.decisions[0], *result.turns[0]}
