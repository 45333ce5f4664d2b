"""Python packages that are not installed, as far as the test can see."""

import sys

import pytest


def take_away(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Nobody finds these modules from now on, nor what is in them."""
    for name in [*sys.modules]:
        if name.partition(".")[0] in modules:
            monkeypatch.delitem(sys.modules, name)
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)
