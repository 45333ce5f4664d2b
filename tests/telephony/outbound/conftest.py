from datetime import UTC, datetime

from tests.support.dial_worker import peer, server, store

__all__ = ["MONDAY_NOON", "peer", "server", "store"]

MONDAY_NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
