from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from callagent.console.app import create_app
from callagent.console.console_config import ConsoleConfig
from callagent.records import RecordStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    store = RecordStore(str(tmp_path / "records.db"))
    yield store
    store.close()


@pytest.fixture
def client(store: RecordStore) -> TestClient:
    """A console on loopback that asks for no token."""
    return TestClient(create_app(ConsoleConfig("127.0.0.1"), store), base_url="http://127.0.0.1:8083")
