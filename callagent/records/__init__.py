"""What remains of calls: their database, how calls get there as they go, and how they are found again."""

from callagent.records.delivery import Delivery, DeliveryThread, open_records
from callagent.records.journal_lines import Packet
from callagent.records.prices import Prices, load_prices
from callagent.records.search import Wanted
from callagent.records.spool import places
from callagent.records.store import RecordStore, UnknownCall
from callagent.records.tables import CallRow, DecisionRow, NoteRow, ToolRow, TurnRow, WebhookRow
from callagent.records.webhooks.settings import Endpoint, load_webhooks

__all__ = [
    "CallRow",
    "DecisionRow",
    "Delivery",
    "DeliveryThread",
    "Endpoint",
    "NoteRow",
    "Packet",
    "Prices",
    "RecordStore",
    "ToolRow",
    "TurnRow",
    "UnknownCall",
    "Wanted",
    "WebhookRow",
    "load_prices",
    "load_webhooks",
    "open_records",
    "places",
]
