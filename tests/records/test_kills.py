"""A short form of `scripts/bench records`: processes of calls that are killed with SIGKILL."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
from scripts.benchmarks.kept_calls.kills import kill
for each in kill(4):
    print(each.recorded, each.cut_off, each.missing_s < 1.0)
"""


def test_of_a_call_whose_process_is_killed_everything_is_kept_but_the_last_second() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.stdout.splitlines() == ["True True True"] * 4, done.stderr
