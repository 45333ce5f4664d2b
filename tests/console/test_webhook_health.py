from datetime import timedelta

from starlette.testclient import TestClient

from callagent.console.webhook_health import DeadEndpoint, dead_endpoints
from callagent.records import RecordStore
from callagent.records.tables import DELIVERED, WAITING, WebhookRow
from tests.support.kept_calls import NOON


def webhook(store: RecordStore, endpoint: str, minute: int, *, state: str = WAITING, tries: int = 1) -> None:
    at = NOON + timedelta(minutes=minute)
    row = WebhookRow(
        call=1, endpoint=endpoint, event="ended", message=f"{endpoint}-{minute}", pii_body="", state=state,
        created=at, due=at, tries=tries, error="refused the connection" if tries else "",
    )  # fmt: skip
    with store.session() as session:
        session.add(row)


def test_an_endpoint_is_dead_while_messages_wait_that_were_tried(store: RecordStore, client: TestClient) -> None:
    assert "takes nothing" not in client.get("/").text
    for minute in (3, 2):
        webhook(store, "crm", minute)
    webhook(store, "new", 4, tries=0)
    webhook(store, "well", 5, state=DELIVERED)
    assert dead_endpoints(store) == [DeadEndpoint("crm", 2, NOON + timedelta(minutes=2), "refused the connection")]
    assert "“crm” takes nothing: 2 messages wait" in client.get("/").text
