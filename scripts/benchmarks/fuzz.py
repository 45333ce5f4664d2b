"""`scripts/bench fuzz`: inputs from outside, made up by the thousand; what `scripts/fuzz` runs, with a pass line."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from xml.etree import ElementTree

import click

from scripts.benchmarks.pass_line import PassLine, announce, finish, verdict_table

FAILED = PassLine("kinds of input with one that fails, is lost or is slow", 0)
TESTS: Final = "tests/fuzz"


@click.command()
@click.option("--examples", default=1_000_000, show_default=True, type=click.IntRange(70), help="Inputs in all.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else on stdout.")
@click.option("--out", default="out/fuzz", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def fuzz(examples: int, as_json: bool, out: Path) -> None:
    """Make up metadata, headers, transcripts, lists, profiles and more; status 1 when one of them does harm."""
    announce("fuzz", [FAILED])
    began = time.monotonic()
    with TemporaryDirectory(prefix="callagent-fuzz-") as directory:
        report = Path(directory) / "fuzz.xml"
        command = [sys.executable, "-m", "pytest", TESTS, "-q", "-n", "0", f"--junit-xml={report}"]
        environment = {**os.environ, "CALLAGENT_FUZZ_EXAMPLES": str(examples)}
        done = subprocess.run(command, env=environment, stdout=sys.stderr, check=False)
        kinds = read(report)
    if not kinds:
        raise click.ClickException(f"pytest ended with {done.returncode} before any test")
    verdict = FAILED.judged(sum(not passed for _, _, passed in kinds))
    lines = ["# Fuzz", "", verdict_table([verdict]), "| kind of input | seconds | |", "|---|---|---|"]
    lines += [f"| {name} | {seconds:.1f} | {'well' if passed else 'FAILED'} |" for name, seconds, passed in kinds]
    data = {"examples": examples, "seconds": time.monotonic() - began, "kinds": json.loads(json.dumps(kinds))}
    finish(out, "\n".join(lines) + "\n", data, [verdict], as_json=as_json)


def read(report: Path) -> list[tuple[str, float, bool]]:
    """Return the kinds of input, how long each took, and whether all of its inputs went well."""
    if not report.exists():
        return []
    found = []
    for case in ElementTree.parse(report).iter("testcase"):
        passed = case.find("failure") is None and case.find("error") is None
        name = case.get("name", "").removeprefix("test_").replace("_", " ")
        found.append((name, float(case.get("time", 0)), passed))
    return found
