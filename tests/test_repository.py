"""What a hosting site and a contributor's tools read: workflow, hooks, forms, and the source distribution."""

import re
import shlex
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = [path for path in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
FIELDS = {"input", "textarea", "dropdown", "checkboxes"}


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit_whose_version_stands_beside_it(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used and [action for action in used if not PINNED.fullmatch(action)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_and_every_job_has_an_end(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert job["runs-on"] and 0 < job["timeout-minutes"] <= 60, name
        assert all(("uses" in step) != ("run" in step) for step in job["steps"]), name


def test_every_change_is_linted_tested_and_built_by_scripts_that_are_there() -> None:
    (workflow,) = map(load, WORKFLOWS)
    commands = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    scripts = {name for command in commands for name in re.findall(r"\./(scripts/\w+)", command)}
    assert scripts == {"scripts/lint", "scripts/test", "scripts/build"}
    assert all((ROOT / script).is_file() for script in scripts)
    assert any(command.startswith("docker build ") for command in commands)


def test_hooks_run_what_is_locked() -> None:
    (repository,) = load(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert {"id", "name", "entry"} <= hook.keys() and hook["language"] == "system"
        program = shlex.split(hook["entry"])[0]
        assert program == ".venv/bin/ruff" or (ROOT / program).is_file(), program


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_asks_for_something_and_each_of_its_fields_has_a_label(path: Path) -> None:
    form = load(path)
    assert form["name"] and form["description"]
    assert {part["type"] for part in form["body"]} <= FIELDS | {"markdown"}
    assert all(part["attributes"]["value"] for part in form["body"] if part["type"] == "markdown")
    fields = [part for part in form["body"] if part["type"] in FIELDS]
    assert all(field["attributes"]["label"] for field in fields)
    assert all(len(field["attributes"]["options"]) > 1 for field in fields if field["type"] == "dropdown")
    identities = [field["id"] for field in fields]
    assert len(identities) == len(set(identities))
    assert any(field.get("validations", {}).get("required") is True for field in fields)


def test_there_is_a_form_for_what_goes_wrong_in_a_turn_which_asks_for_words_locale_and_recogniser() -> None:
    asked = {part.get("id") for part in load(ROOT / ".github" / "ISSUE_TEMPLATE" / "false_interruption.yml")["body"]}
    assert asked >= {"words", "agent", "locale", "recogniser", "decisions"}


def test_the_source_distribution_holds_what_a_checkout_does(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (archive,) = tmp_path.iterdir()
    with tarfile.open(archive) as files:
        held = {name.partition("/")[2] for name in files.getnames()}
    there = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    assert {name for name in there - held if not name.startswith(".ci/")} == set()
