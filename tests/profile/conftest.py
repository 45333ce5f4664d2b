from pathlib import Path

import pytest

from tests.support.profiles import Profiles


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    return Profiles(tmp_path, monkeypatch)
