"""``callagent profile``: list, show, check, schema; classify and tune are in modules of their own."""

import io
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from callagent.cli.commands.profile_classify import classify
from callagent.cli.commands.profile_tune import tune
from callagent.cli.options import json_option, sets_option
from callagent.cli.output import ExitStatus, echo, echo_lines, print_json, print_table
from callagent.profile import (
    Profile,
    ProfileSummary,
    check_profile,
    list_profiles,
    load_targets,
    preview_profile,
    profile_schema,
)
from callagent.profile.paths import configs_dir, is_path, profile_files
from callagent.profile.profile import hosts_of, targets_of
from callagent.profile.sections.provider_settings import ProvidersSpec
from callagent.sanitise import masked, printable_lines
from callagent.yaml_config import ConfigError, Problem
from callagent.yaml_config.yaml_file import shown

COLUMNS = ("name", "language", "extends", "description")


@click.group()
def profile() -> None:
    """List, show and check profiles; try and tune what they say about turns."""


profile.add_command(classify)
profile.add_command(tune)


@profile.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the profiles that can be named."""
    summaries = list_profiles()
    if as_json:
        rows = [{**{column: getattr(each, column) for column in COLUMNS}, "file": each.file} for each in summaries]
        print_json({"profiles": rows, "problems": [asdict(p) for each in summaries for p in each.problems]})
    else:
        _print_table(summaries)
    problems = dict.fromkeys(problem for each in summaries for problem in each.problems)
    if problems:
        raise ConfigError(*problems)
    if not summaries:
        raise ConfigError.single(shown(configs_dir() / "profiles"), "has no profiles")


@profile.command("show", short_help="Print a profile as it is used.")
@click.argument("name")
@sets_option
@json_option
def show_command(name: str, sets: tuple[str, ...], as_json: bool) -> None:
    """Print a profile as it is used: bases merged, overrides applied, secrets masked.

    NAME is the name of a profile or the path of its file.
    """
    data = preview_profile(name, sets=sets).model_dump(mode="json", by_alias=True, exclude_none=True)
    data = masked(data)
    if as_json:
        print_json(data)
        return
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 120
    text = io.StringIO()
    yaml.dump(_quoted(data), text)
    echo_lines(text.getvalue(), nl=False)


@profile.command("check", short_help="Check profiles.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@json_option
def check_command(paths: tuple[str, ...], as_json: bool) -> None:
    """Check profiles: files, directories or names; by default all in the configurations.

    Files are checked as they stand: overrides are not applied, and a ${NAME} in them need not be set. The modules of
    functions that tools and hooks run, and of an agent of your own, are imported; they are listed, and so are the hosts
    of providers and what is not installed for them.
    """
    results = [_checked(path) for path in _to_check(paths)]
    passed = not any(result.problems for result in results)
    if as_json:
        print_json({"passed": passed, "profiles": [result.as_dict() for result in results]})
    else:
        _print_results(results)
    sys.exit(ExitStatus.OK if passed else ExitStatus.INVALID)


@profile.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a profile file."""
    print_json(profile_schema())


def _quoted(value: Any) -> Any:
    """Return the value with those texts in double quotes in which YAML knows
    escapes for what a terminal would act on.
    """
    match value:
        case dict():
            return {_quoted(key): _quoted(inner) for key, inner in value.items()}
        case list():
            return [_quoted(inner) for inner in value]
        case str() if printable_lines(value) != value:
            return DoubleQuotedScalarString(value)
    return value


def _to_check(paths: Sequence[str]) -> list[str | Path]:
    chosen: list[str | Path] = []
    for path in paths or (str(configs_dir() / "profiles"),):
        if not os.path.isdir(path):
            chosen.append(path)
            continue
        found = profile_files(Path(path))
        if not found:
            raise ConfigError.single(shown(path), "has no profiles (*.yaml)")
        chosen += found
    return chosen


@dataclass(frozen=True)
class _Checked:
    """What a check of a file found, and its profile, where there is one that can be used."""

    file: str
    profile: Profile | None = None
    problems: tuple[Problem, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def reached(self) -> dict[str, list[str]]:
        """The functions that the profile runs, the hosts of its providers, and what is not installed for them."""
        if self.profile is None:
            return {}
        hosts = list(hosts_of(self.profile))
        return {"runs": list(targets_of(self.profile)), "hosts": hosts, "needs": list(self.needs)}

    def as_dict(self) -> dict[str, Any]:
        problems = [asdict(problem) for problem in self.problems]
        return {"file": self.file, "ok": not problems, "problems": problems, **self.reached}


def _checked(path: str | Path) -> _Checked:
    # What exists as a file is meant as one, whatever it is called.
    target = Path(path) if os.path.isfile(path) or is_path(path) else path
    checked: Profile | None = None
    try:
        if checked := check_profile(target):
            load_targets(checked)
            wrong, needs = _providers(checked)
            return _Checked(shown(path), checked, tuple(wrong), tuple(needs))
    except ConfigError as error:
        return _Checked(shown(path), checked, error.problems)
    return _Checked(shown(path), checked)


def _providers(checked: Profile) -> tuple[list[Problem], list[str]]:
    """Return what is wrong with the providers, and what is not installed. Nothing is loaded for those of `local` where
    nobody but the VAD, or a key, ends turns.
    """
    local = checked.providers.model_dump() == ProvidersSpec().model_dump()
    if local and checked.endpointing.by in ("vad", "manual"):
        return [], []
    from callagent.providers import written_wrong

    return written_wrong(checked)


def _print_results(results: Sequence[_Checked]) -> None:
    told: set[Problem] = set()
    for result in results:
        if not result.problems:
            echo(f"{result.file}: ok")
        for target in result.reached.get("runs", ()):
            echo(f"{result.file}: runs {target}")
        for host in result.reached.get("hosts", ()):
            echo(f"{result.file}: sends to {host}")
        for need in result.needs:
            echo(f"{result.file}: needs {need}")
        for problem in result.problems:
            if problem not in told:
                echo(problem, err=True)
            told.add(problem)


def _print_table(summaries: Sequence[ProfileSummary]) -> None:
    rows = [tuple(getattr(each, column) or "-" for column in COLUMNS) for each in summaries if not each.problems]
    print_table(COLUMNS, rows)
