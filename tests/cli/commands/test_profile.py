import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from callagent.cli.main import main
from callagent.profile import profile_schema
from tests.support.profiles import Profiles


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    return Profiles(tmp_path, monkeypatch)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["profile", *arguments])


def lines(text: str) -> list[str]:
    return [re.sub(r"  +", " | ", line) for line in text.splitlines()]


def test_list_shows_name_language_base_and_description(profiles: Profiles) -> None:
    profiles.write("mine", "extends: en-US\ndescription: Mine.\n")
    result = run("list")
    assert result.exit_code == 0
    assert lines(result.stdout)[:2] == ["name | language | extends | description", "mine | en-US | en-US | Mine."]


def test_list_as_json_is_json_alone(profiles: Profiles) -> None:
    profiles.minimal("mine", "description: Mine.\n")
    first = json.loads(run("list", "--json").stdout)["profiles"][0]
    assert first == {
        "name": "mine",
        "language": "en-US",
        "extends": "",
        "description": "Mine.",
        "file": "configs/profiles/mine.yaml",
    }


def test_list_tells_which_profile_is_broken_and_shows_the_others(profiles: Profiles) -> None:
    profiles.write("broken", "a: 1\na: 2\n")
    result = run("list")
    assert result.exit_code == 2
    assert "en-US" in result.stdout
    assert result.stderr == "configs/profiles/broken.yaml:2: a: is written twice (first in line 1)\n"


def test_show_prints_the_resolved_profile_as_yaml(profiles: Profiles) -> None:
    result = run("show", "en-US", "--set", "interruption.grace=500 ms")
    shown = YAML(typ="safe").load(result.stdout)
    assert result.exit_code == 0
    assert shown["interruption"]["grace"] == "500 ms"
    assert shown["providers"]["llm"] == {"use": "script"}
    assert "no" in shown["interruption"]["commands"]


def test_what_show_prints_is_a_profile_again(profiles: Profiles) -> None:
    profiles.write("again", run("show", "en-US").stdout.replace("name: en-US", "name: again"))
    assert run("check", "again").exit_code == 0


def test_show_masks_secrets_and_never_expands_the_environment(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "s3cret")
    profiles.minimal(
        "x", "providers: {stt: {use: a, api_key: s3cret}, llm: {use: b, api_key: '${KEY}', url: '${KEY}'}}\n"
    )
    for arguments in (["show", "x"], ["show", "x", "--json"]):
        result = run(*arguments)
        assert result.exit_code == 0
        assert "s3cret" not in result.output
        assert "${KEY}" in result.output


def test_show_of_an_unknown_profile_is_one_line_and_status_2(profiles: Profiles) -> None:
    profiles.minimal("mine")
    result = run("show", "mime")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("mime: unknown profile (known: mine")
    assert result.stderr.endswith("; did you mean 'mine'?\n")


def test_check_looks_at_all_profiles_by_default(profiles: Profiles) -> None:
    profiles.minimal("a")
    profiles.minimal("b")
    result = run("check")
    assert result.stdout == "configs/profiles/a.yaml: ok\nconfigs/profiles/b.yaml: ok\n"
    assert result.exit_code == 0


def test_check_takes_files_directories_and_names(profiles: Profiles, tmp_path: Path) -> None:
    path = profiles.minimal("a").rename(tmp_path / "a.yaml")
    profiles.minimal("b")
    result = run("check", str(path), "configs/profiles", "en-US")
    assert result.stdout.splitlines() == ["a.yaml: ok", "configs/profiles/b.yaml: ok", "en-US: ok"]


def test_check_reports_every_problem_once_and_exits_with_2(profiles: Profiles) -> None:
    profiles.minimal("good")
    profiles.minimal("bad", "vad:\n  min_speach: 1\n  min_silence: 3\n")
    profiles.write("child", "extends: bad\n")
    result = run("check")
    assert result.exit_code == 2
    assert result.stdout == "configs/profiles/good.yaml: ok\n"
    assert result.stderr.splitlines() == [
        "configs/profiles/bad.yaml:6: vad.min_speach: unknown key; did you mean 'min_speech'?",
        "configs/profiles/bad.yaml:7: vad.min_silence: needs its unit (ms, s, min, h), for example '350 ms'",
    ]


def test_check_as_json_is_json_alone(profiles: Profiles) -> None:
    profiles.minimal("x", "greting: Hi.\n")
    result = run("check", "x", "--json")
    problem = {
        "file": "configs/profiles/x.yaml",
        "line": 5,
        "key": "greting",
        "message": "unknown key",
        "nearest": "greeting",
    }
    assert (result.exit_code, result.stderr) == (2, "")
    assert json.loads(result.stdout) == {
        "passed": False,
        "profiles": [{"file": "x", "ok": False, "problems": [problem]}],
    }


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("gone.yaml", "gone.yaml: cannot be read: No such file or directory"),
        ("configs", "configs: has no profiles (*.yaml)"),
        ("gone", "gone: unknown profile "),
        ("n" * 300, "n" * 300),
        ("n" * 300 + ".yaml", "n" * 300 + ".yaml: cannot be read: File name too long"),
        ("", "'': unknown profile "),
    ],
)
def test_check_of_what_is_not_there_fails(profiles: Profiles, path: str, message: str) -> None:
    result = run("check", path)
    assert result.exit_code == 2
    assert result.stderr.startswith(message)


def test_check_judges_the_file_and_not_the_environment(profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles.minimal("x", "providers: {stt: {use: deepgram, api_key: '${NOT_SET}'}}\n")
    monkeypatch.setenv("LIVEKIT_SOFT_ACKS", "42")
    assert run("check", "x").exit_code == 0


def test_check_says_who_cannot_end_turns(profiles: Profiles) -> None:
    profiles.minimal("mine", "endpointing:\n  by: realtime\n")
    result = run("check", "mine")
    assert result.exit_code == 2
    assert result.stderr == (
        "configs/profiles/mine.yaml:6: endpointing.by: realtime needs a realtime model, and providers.llm is script: "
        "use vad, stt, model or manual\n"
    )


def test_schema_prints_the_schema_of_profiles() -> None:
    assert json.loads(run("schema").stdout) == profile_schema()


def python(arguments: Sequence[str], **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=os.environ | env, capture_output=True, text=True, check=False)


def test_listing_profiles_imports_neither_livekit_nor_numpy_nor_regex(profiles: Profiles) -> None:
    probe = (
        "import sys; from callagent.cli.main import main; main(['profile', 'list'], standalone_mode=False);"
        "assert not {'livekit', 'numpy', 'regex'} & set(sys.modules)"
    )
    done = python(["-c", probe], PYTHONPATH=os.pathsep.join(sys.path))
    assert done.returncode == 0, done.stderr


def test_the_module_runs_as_the_command(profiles: Profiles) -> None:
    done = python(["-m", "callagent", "profile", "show", "gone"], PYTHONPATH=os.pathsep.join(sys.path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("gone: unknown profile")


FOREIGN = """\
providers:
  stt: {use: openai, base_url: "https://me:s3cret@stt.example.com/v1?api-version=2&api-key=s3cret", api_key: none}
  llm: {use: openai, base_url: "https://${LLM_HOST}/v1", api_key: "${LLM_KEY}"}
provider_options:
  tts: {openai: {base_url: "http://tts.example.net:8000/v1?sig=s3cret#token=s3cret"}}
tools:
  count: {description: Count., run: "os:getcwd"}
"""


def test_check_lists_the_code_and_the_hosts_of_a_profile(profiles: Profiles) -> None:
    profiles.minimal("x", FOREIGN)
    result = run("check", "x")
    assert result.stdout.splitlines()[1:] == [
        "x: runs os:getcwd",
        "x: sends to stt.example.com",
        "x: sends to https://${LLM_HOST}/v1",
        "x: sends to tts.example.net",
    ]
    (row,) = json.loads(run("check", "x", "--json").stdout)["profiles"]
    assert row["runs"] == ["os:getcwd"]
    assert row["hosts"] == ["stt.example.com", "https://${LLM_HOST}/v1", "tts.example.net"]


def test_show_has_no_secret_of_an_address(profiles: Profiles) -> None:
    profiles.minimal("x", FOREIGN)
    for output in (run("show", "x").stdout, run("show", "x", "--json").stdout):
        assert "s3cret" not in output
        assert "api-version=2" in output
        assert "${LLM_KEY}" in output
