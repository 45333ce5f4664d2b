"""Nothing leaves the machine that the profile does not send."""

import os
import subprocess
import sys
from pathlib import Path

LOAD = """
from callagent.profile import load_profile
from callagent.providers import make_vad
make_vad(load_profile("en-US"))
"""


def test_the_runtime_of_the_models_reports_to_nobody(tmp_path: Path) -> None:
    env = {key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"}
    env |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    run = subprocess.run([sys.executable, "-c", LOAD], env=env, capture_output=True, text=True, timeout=50)
    assert run.returncode == 0, run.stderr
    assert list(tmp_path.rglob("*onnxruntime*")) == []
