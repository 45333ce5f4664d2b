import sys
from pathlib import Path

import pytest

from scripts.benchmarks.replay.package_env import PackageEnv, PackageMissing

pytestmark = pytest.mark.text


def environment(directory: Path) -> None:
    """An environment without anything in it that pip could be run from."""
    python = directory / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)


def test_a_short_run_installs_nothing(tmp_path: Path) -> None:
    with pytest.raises(PackageMissing, match="its environment is not there, a long run installs it"):
        PackageEnv(tmp_path / "env", "choir==1", install=False).prepare()
    assert not (tmp_path / "env").exists()


def test_a_package_that_cannot_be_installed_is_told_with_the_last_line_of_pip(tmp_path: Path) -> None:
    environment(tmp_path)
    (tmp_path / "bin" / "python").write_text("#!/bin/sh\necho trying >&2\necho no network >&2\nexit 1\n")
    with pytest.raises(PackageMissing, match="choir cannot be installed: no network"):
        PackageEnv(tmp_path, "choir==1").prepare()


def test_each_question_gets_its_answer_in_order(tmp_path: Path) -> None:
    environment(tmp_path)
    probe = tmp_path / "probe.py"
    probe.write_text("import json, sys\nfor line in sys.stdin: print(json.dumps(json.loads(line)['a'] * 2))\n")
    asked = [{"a": number} for number in range(3)]
    assert PackageEnv(tmp_path, "choir").ask(probe, asked, timeout=30) == [0, 2, 4]
