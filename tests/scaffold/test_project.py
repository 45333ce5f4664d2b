"""A project that `callagent new` makes: its name, its place, and that its calls pass in every locale."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from callagent.profile import check_profile, load_profile, load_targets
from callagent.scaffold import NewProject, locales
from callagent.scaffold.project import FILES, TEMPLATES
from callagent.scripted_calls.levels.text import TextLevel
from callagent.scripted_calls.run.call_runner import Run, run_calls
from callagent.scripted_calls.script.call_file import find_calls, load_call
from callagent.scripted_calls.script.call_plan import plan_call
from callagent.yaml_config import ConfigError
from tests.support.author_path import only_installed


@pytest.fixture(autouse=True)
def no_other_project(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    only_installed(monkeypatch, tmp_path_factory.getbasetemp())


def made(directory: Path, locale: str = "en-US", name: str = "corner-shop") -> Path:
    project = NewProject(directory / name, locale)
    assert sorted(project.write()) == sorted(
        path.relative_to(project.directory).as_posix() for path in project.directory.rglob("*") if path.is_file()
    )
    return project.directory


def test_there_are_all_locales_that_a_profile_can_extend() -> None:
    assert {"en-US", "de-DE", "ja-JP"} <= set(locales())


@pytest.mark.parametrize("locale", locales())
def test_its_calls_pass_in_every_locale(tmp_path: Path, locale: str) -> None:
    directory = made(tmp_path, locale)
    assert load_profile(directory / "corner-shop.yaml", env={}).language == locale
    runs = [Run(call, plan_call(call, env={})) for call in map(load_call, find_calls([directory / "calls"]))]
    assert len(runs) == 3
    for finished in run_calls(TextLevel(), runs):
        failed = [f"{step.expected}: {step.observed}" for step in finished.result.steps if not step.passed]
        assert failed == [], finished.call.path.name


@pytest.mark.timeout(300)
def test_its_tests_pass_in_a_process_that_knows_nothing_of_this_one(tmp_path: Path) -> None:
    directory = made(tmp_path)
    ours = ("PYTEST", "LIVEKIT", "CALLAGENT")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(command, cwd=directory, env=clean, capture_output=True, text=True, check=False, timeout=280)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^6 passed", run.stdout, re.MULTILINE), run.stdout


def test_its_files_are_whole(tmp_path: Path) -> None:
    directory = made(tmp_path)
    texts = {path: path.read_text(encoding="utf-8") for path in directory.rglob("*") if path.is_file()}
    assert [path for path, text in texts.items() if "{{ " in text or " }}" in text] == []
    assert all("corner" in texts[directory / name] for name in ("README.md", "pyproject.toml", "corner-shop.yaml"))
    settings = tomllib.loads(texts[directory / "pyproject.toml"])
    assert settings["project"]["name"] == "corner-shop"
    assert ".env\n" in texts[directory / ".gitignore"]
    for path in directory.rglob("*.py"):
        compile(texts[path], path, "exec")
    profile = check_profile(directory / "corner-shop.yaml")
    assert profile is not None and profile.agent == "corner_shop:Desk"
    load_targets(profile)


def test_every_template_becomes_a_file() -> None:
    there = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.in")}
    assert there == {f"{template}.in" for template in FILES.values()}


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("1st", "a letter first"),
        ("my shop", "a letter first"),
        ("späti", "a letter first"),
        ("a" * 41, "a letter first"),
        ("class", "a word of Python"),
        ("json", "a Python module 'json' already"),
        ("pydantic", "a Python module 'pydantic' already"),
        ("callagent", "a Python module 'callagent' already"),
        ("tests", "a Python module 'tests' already"),
    ],
)
def test_a_name_that_cannot_be_taken_is_one_line(tmp_path: Path, name: str, flaw: str) -> None:
    with pytest.raises(ConfigError) as refused:
        NewProject(tmp_path / name, "en-US")
    assert flaw in str(refused.value) and "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_locale_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no locale 'en-UK'; did you mean 'en-"):
        NewProject(tmp_path / "shop-one", "en-UK")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "shop-one" / "notes.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(ConfigError, match="is there already, and is not empty"):
        NewProject(mine.parent, "en-US")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="is there already, and is no directory"):
        NewProject(tmp_path / "file", "en-US")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["file", "notes.txt"]


def test_an_empty_directory_is_taken(tmp_path: Path) -> None:
    (tmp_path / "corner-shop").mkdir()
    assert (made(tmp_path) / "corner_shop.py").is_file()


def test_a_directory_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no directory"):
        NewProject(tmp_path / "nowhere" / "shop-one", "en-US")
    (tmp_path / "gone").mkdir()
    project = NewProject(tmp_path / "gone" / "shop-one", "en-US")
    (tmp_path / "gone").rmdir()
    with pytest.raises(ConfigError, match="cannot be written"):
        project.write()
    assert list(tmp_path.iterdir()) == []
