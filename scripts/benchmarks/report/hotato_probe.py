"""Run in an environment with hotato (`scripts.benchmarks.replay.package_env`): scores recordings named on its input.

Each line is JSON, `{"recording": path of a stereo WAV, caller left, "onset": seconds, "expect": "yield" or "hold"}`.
Each answer is hotato's verdict on it: `passed`, `did_yield`, `seconds_to_yield`, or null where it does not score it.
Needs nothing but hotato; the project's own packages are not there.
"""

import importlib
import json
import sys
from typing import Any


def _verdict(hotato: Any, line: str) -> dict[str, Any] | None:
    asked = json.loads(line)
    try:
        result = hotato.run_single(stereo=asked["recording"], onset_sec=asked["onset"], expect=asked["expect"])
    except ValueError:
        return None
    verdict = result["events"][0]["verdict"]
    if verdict.get("did_yield") is None:
        return None
    return {name: verdict[name] for name in ("passed", "did_yield", "seconds_to_yield")}


def main() -> None:
    """Answer every line."""
    hotato = importlib.import_module("hotato")
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_verdict(hotato, line)) + "\n")


if __name__ == "__main__":
    main()
