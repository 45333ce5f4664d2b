"""What authors' code of other tests has left behind in this process."""

import sys
from pathlib import Path

import pytest


def only_installed(monkeypatch: pytest.MonkeyPatch, base: Path) -> None:
    """For this test, modules are looked for where they were before tests had code of authors below `base` loaded."""
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if not Path(entry).is_relative_to(base)])
