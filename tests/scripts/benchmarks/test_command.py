"""`scripts/bench NAME`, and the five scripts that were there before it."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from scripts.benchmarks.__main__ import BENCHMARKS, main

BEFORE = ("answering", "calls", "gate", "sip", "turns")
"""Benchmarks that had a script of their own, which still runs them."""

SCRIPTS = Path(__file__).parents[3] / "scripts"


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_tells_its_options(name: str) -> None:
    ran = CliRunner().invoke(main, [name, "--help"], prog_name="scripts/bench", catch_exceptions=False)
    assert ran.exit_code == 0
    assert ran.output.startswith(f"Usage: scripts/bench {name} [OPTIONS]")


def test_the_help_names_every_benchmark() -> None:
    lines = CliRunner().invoke(main, ["--help"]).output.splitlines()
    assert [line.split()[0] for line in lines if line.strip() and line.split()[0] in BENCHMARKS] == list(BENCHMARKS)


def test_a_benchmark_that_does_not_exist_is_refused() -> None:
    ran = CliRunner().invoke(main, ["trns"])
    assert ran.exit_code == 2
    assert "No such command 'trns'" in ran.stderr


def test_the_command_says_what_each_benchmark_measures() -> None:
    comment = [
        line[1:].split() for line in (SCRIPTS / "bench").read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    ]
    assert {words[0] for words in comment if words} >= BENCHMARKS.keys()


@pytest.mark.parametrize("name", BEFORE)
def test_the_scripts_of_before_run_the_same_benchmark(name: str, tmp_path: Path) -> None:
    alias, bench = tmp_path / f"bench_{name}", tmp_path / "bench"
    alias.write_bytes((SCRIPTS / alias.name).read_bytes())
    bench.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    for script in (alias, bench):
        script.chmod(0o755)
    told = subprocess.run([alias, "--out", "a b"], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == [name, "--out", "a b"]
