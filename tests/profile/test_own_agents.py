"""`agent` and `state` of a profile are looked at before a call: one line with file and line of the author's code."""

from pathlib import Path

import pytest

from callagent.profile import load_profile, load_targets
from callagent.yaml_config import ConfigError


def flaw_of(directory: Path, key: str, target: str, code: str) -> str:
    (directory / "bakery.py").write_text(code, encoding="utf-8")
    file = directory / "shop.yaml"
    file.write_text(f"extends: locales/en-US\n{key}: {target}\n", encoding="utf-8")
    try:
        load_targets(load_profile(file, env={}))
    except ConfigError as refused:
        (problem,) = refused.problems
        return str(problem)
    return ""


GOOD = [
    ("agent", "class Bakery:\n    pass"),
    ("agent", "class Bakery:\n    def __init__(self, call):\n        pass"),
    ("agent", "def Bakery(call):\n    pass"),
    ("agent", "def Bakery():\n    pass"),
    ("state", "class Bakery:\n    pass"),
    ("state", "Bakery = dict"),
]


@pytest.mark.parametrize(("key", "code"), GOOD)
def test_what_can_be_called_is_taken(tmp_path: Path, key: str, code: str) -> None:
    assert flaw_of(tmp_path, key, "bakery:Bakery", code) == ""


@pytest.mark.parametrize(
    ("key", "target", "code", "message"),
    [
        ("agent", "bakery:Bakry", "class Bakery: ...", "did you mean 'Bakery'?"),
        ("agent", "bakkery:Bakery", "class Bakery: ...", "did you mean 'bakery'?"),
        ("agent", "bakery:Bakery", "def Bakery(a, b): ...", "bakery.py:1) must take call, by position"),
        ("agent", "bakery:Bakery", "async def Bakery(call): ...", "bakery.py:1) must return it at once"),
        ("agent", "bakery:Bakery", "Bakery = 5", "cannot be called"),
        ("agent", "bakery:Bakery", "\nimport bakery_tools", "bakery.py:2"),
        ("agent", "bakery.Bakery", "", "agent"),
        ("state", "bakery:Bakery", "def Bakery(call): ...", "bakery.py:1) must take nothing"),
    ],
)
def test_what_cannot_is_one_line(tmp_path: Path, key: str, target: str, code: str, message: str) -> None:
    told = flaw_of(tmp_path, key, target, code)
    assert "shop.yaml:2" in told and message in told and "\n" not in told
