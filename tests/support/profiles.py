from pathlib import Path
from textwrap import dedent

import pytest

from callagent.profile import Profile, load_profile
from callagent.yaml_config import ConfigError

MINIMAL = """\
language: en-US
interruption:
  soft_acks: [okay]
  commands: [stop]
"""


class Profiles:
    """A working directory with configs/profiles of its own; errors name files as ``configs/profiles/NAME.yaml``."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.directory = root / "configs" / "profiles"
        self.directory.mkdir(parents=True)
        monkeypatch.chdir(root)
        for name in ("CALLAGENT_CONFIGS", "CALLAGENT_PROVIDERS", "LIVEKIT_SOFT_ACKS"):
            monkeypatch.delenv(name, raising=False)

    def write(self, name: str, text: str) -> Path:
        path = self.directory / f"{name}.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    def minimal(self, name: str, extra: str = "") -> Path:
        return self.write(name, MINIMAL + dedent(extra))

    def load(self, name: str, *sets: str, **env: str) -> Profile:
        return load_profile(name, sets=sets, env=env)

    def problems(self, name: str, *sets: str, **env: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            self.load(name, *sets, **env)
        return str(caught.value).replace("configs/profiles/", "").splitlines()
