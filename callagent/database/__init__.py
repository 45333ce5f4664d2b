"""The records database: attempts, refusals, the do-not-call list, lists being dialled."""

from callagent.database.engine import Database, StoreUnavailable, file_of, first_line, probe, shown
from callagent.database.store import Store
from callagent.database.tables import Attempt, DoNotCall, ListLease, ListRow, RefusedCall

__all__ = [
    "Attempt",
    "Database",
    "DoNotCall",
    "ListLease",
    "ListRow",
    "RefusedCall",
    "Store",
    "StoreUnavailable",
    "file_of",
    "first_line",
    "probe",
    "shown",
]
