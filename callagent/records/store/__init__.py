"""The records database: attempts, refusals, the do-not-call list, lists being dialled."""

from callagent.records.store.database import VARIABLE, StoreUnavailable, default_location
from callagent.records.store.store import Store
from callagent.records.store.tables import Attempt, DoNotCall, ListLease, ListRow, RefusedCall

__all__ = [
    "VARIABLE",
    "Attempt",
    "DoNotCall",
    "ListLease",
    "ListRow",
    "RefusedCall",
    "Store",
    "StoreUnavailable",
    "default_location",
]
