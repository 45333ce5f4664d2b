"""The records database: attempts, refusals, the do-not-call list, lists being dialled."""

from callagent.records.store.database import StoreUnavailable, file_of, probe, shown
from callagent.records.store.store import Store
from callagent.records.store.tables import Attempt, DoNotCall, ListLease, ListRow, RefusedCall

__all__ = [
    "Attempt",
    "DoNotCall",
    "ListLease",
    "ListRow",
    "RefusedCall",
    "Store",
    "StoreUnavailable",
    "file_of",
    "probe",
    "shown",
]
