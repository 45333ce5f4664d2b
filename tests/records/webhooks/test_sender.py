"""Webhooks on their way to a real receiver, whatever it does."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from callagent.database import StoreUnavailable
from callagent.records import Endpoint, RecordStore
from callagent.records.webhooks.queue import Depth, Due, Sought, WebhookQueue
from callagent.records.webhooks.sender import Sender, SenderThread
from tests.records.webhooks.test_queue import Clock
from tests.support.kept_calls import head_of, keep
from tests.support.loopback import unused_port
from tests.support.webhook_receiver import Receiver, receiving


class Figures:
    """What the sender tells in figures."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.lost = 0
        self.empty = asyncio.Event()

    def sent(self, endpoint: str, event: str, outcome: str) -> None:
        self.outcomes.append(outcome)

    def given_up(self, endpoint: str, count: int) -> None:
        self.lost += count

    def waiting(self, endpoint: str, count: int, oldest_s: float) -> None:
        if count == 0:
            self.empty.set()


class Way:
    """A database with webhooks and who sends them, in a time of its own."""

    def __init__(self, location: str) -> None:
        self.location, self.clock, self.figures = location, Clock(), Figures()
        self.queue = WebhookQueue(location, self.clock)

    def holds(self, *endpoints: Endpoint, calls: int = 1) -> None:
        with closing(RecordStore(self.location)) as store:
            store.subscribe(endpoints)
            for number in range(calls):
                keep(store, head_of(f"AJ_{number + 1}", number))
        self.clock.goes_on(seconds=60)

    async def sends(self, *endpoints: Endpoint, seconds: float = 0.0, step: float = 5.0) -> None:
        """Send what is due, and go on for so many seconds."""
        sender = Sender(self.queue, endpoints, self.figures, lambda: self.clock.now.timestamp())
        until = self.clock.now.timestamp() + seconds
        async with aiohttp.ClientSession() as session:
            while True:
                for state in sender.states:
                    while await sender.round(session, state):
                        pass
                if self.clock.now.timestamp() >= until:
                    return
                self.clock.goes_on(seconds=step)

    def rows(self) -> list[tuple[str, str]]:
        return [(row.event, row.state) for row, _ in reversed(self.queue.find(Sought(), 1000))]

    @property
    def errors(self) -> set[str]:
        return {row.error for row, _ in self.queue.find(Sought(failed=True), 1000)}


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    way = Way(str(tmp_path / "records.db"))
    yield way
    way.queue.close()


ALL = ["call.started", "call.answered", "call.ended"]


async def test_a_call_is_told_in_its_order_signed_and_with_an_id_of_its_own(way: Way) -> None:
    async with receiving() as receiver:  # looks at each signature
        await asyncio.to_thread(way.holds, receiver.endpoint(), calls=3)
        await way.sends(receiver.endpoint())
    for call in ("AJ_1", "AJ_2", "AJ_3"):
        assert [kind for of_call, kind in receiver.types if of_call == call] == ALL
    assert len({each["id"] for each in receiver.taken}) == 9
    headers, _ = receiver.requests[0]
    assert headers["webhook-id"] == headers["Idempotency-Key"] == receiver.taken[0]["id"]
    assert headers["Content-Type"] == "application/json"
    assert way.figures.outcomes == ["delivered"] * 9


FAILURES: dict[int | str, str] = {
    500: "answers 500",
    429: "answers 429",
    404: "answers 404",
    301: "301: redirects are not followed; write the new address into the file",
    "break off": "closed the connection without an answer",
    "hang": "did not answer in 0.2 s",
}


@pytest.mark.parametrize("answer", FAILURES)
async def test_a_failure_is_tried_again_with_the_same_id_and_body_and_nothing_overtakes_it(
    way: Way, answer: int | str
) -> None:
    async with receiving(answer, answer, headers={"Location": "http://127.0.0.1:9/elsewhere"}) as receiver:
        endpoint = receiver.endpoint(timeout_s=0.2 if answer == "hang" else 20.0)
        await asyncio.to_thread(way.holds, endpoint)
        await way.sends(endpoint)
        assert await asyncio.to_thread(lambda: way.errors) == {FAILURES[answer]}
        await way.sends(endpoint, seconds=20)
    assert [kind for _, kind in receiver.types] == ALL
    (first, body), *others = receiver.requests
    assert [(each["webhook-id"], sent) for each, sent in others[:2]] == [(first["webhook-id"], body)] * 2
    assert others[2][0]["webhook-id"] != first["webhook-id"]


async def test_an_answer_without_an_end_is_a_delivery(way: Way) -> None:
    async with receiving("drip") as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint())
        await way.sends(receiver.endpoint())
        assert [kind for _, kind in receiver.types] == ALL


async def test_nothing_at_all_at_the_address_is_a_failure(way: Way) -> None:
    endpoint = replace(Receiver(port=unused_port()).endpoint(), name="crm")
    await asyncio.to_thread(way.holds, endpoint)
    await way.sends(endpoint)
    assert await asyncio.to_thread(lambda: way.errors) == {"cannot be reached: Connection refused"}
    assert way.figures.outcomes == ["no answer"]


async def test_an_endpoint_that_says_so_is_left_alone(way: Way) -> None:
    async with receiving(503, headers={"Retry-After": "100"}) as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint(), calls=2)
        await way.sends(receiver.endpoint(), seconds=90)
        assert len(receiver.requests) == 2
        receiver.answers.append(503)
        await way.sends(receiver.endpoint(), seconds=200)
    assert len(receiver.taken) == 6


async def test_a_dead_endpoint_is_one_line_in_the_log_and_another_one_when_it_is_back(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    async with receiving(*[500] * 12) as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint(), calls=20)
        await way.sends(receiver.endpoint(), seconds=4000, step=30)
    told = [record.message for record in caplog.records if record.name.startswith("callagent.records")]
    assert told == [
        "webhook endpoint takes nothing: webhooks wait, for a day at most",
        "webhook endpoint takes webhooks again",
    ]
    assert len(receiver.taken) == 60
    assert "127.0.0.1" in str([record.__dict__ for record in caplog.records])
    assert "/calls" not in str([record.__dict__ for record in caplog.records])


async def test_a_dead_endpoint_gets_single_requests_and_few_of_them(way: Way) -> None:
    async with receiving(*[500] * 1000) as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint(), calls=40)
        await way.sends(receiver.endpoint(), seconds=1200, step=60)
    assert 15 < len(receiver.requests) < 35


async def test_what_was_not_taken_for_a_day_is_given_up(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    async with receiving(*[500] * 1000) as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint())
        await way.sends(receiver.endpoint(), seconds=27 * 3600, step=3600)
    assert [state for _, state in await asyncio.to_thread(way.rows)] == ["given up"] * 3
    assert way.figures.lost == 3


async def test_one_that_is_refused_for_itself_does_not_hold_up_others(way: Way) -> None:
    async with receiving(422) as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint(), calls=2)
        await way.sends(receiver.endpoint())
        assert len(receiver.taken) == 3
        await way.sends(receiver.endpoint(), seconds=10)
    assert len(receiver.taken) == 6


async def test_an_endpoint_that_is_gone_gets_nothing_more(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    async with receiving(410) as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint())
        await way.sends(receiver.endpoint(), seconds=3600, step=600)
        assert len(receiver.requests) == 1
    assert [state for _, state in await asyncio.to_thread(way.rows)] == ["given up"] * 3
    assert caplog.text.count("gone for good") == 1


async def test_a_body_that_is_too_large_for_the_endpoint_comes_without_what_was_said(way: Way) -> None:
    async with receiving(204, 204, 413) as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint())
        await way.sends(receiver.endpoint())
    assert receiver.requests[2][0]["webhook-id"] == receiver.requests[3][0]["webhook-id"]
    assert (receiver.taken[-1]["type"], receiver.taken[-1]["data"]["shortened"]) == ("call.ended", True)


async def test_an_endpoint_that_hangs_holds_up_no_other(way: Way) -> None:
    async with receiving("hang") as slow, receiving() as good:
        endpoints = [slow.endpoint("slow", timeout_s=30), good.endpoint("good")]
        await asyncio.to_thread(way.holds, *endpoints)
        ending = asyncio.Event()
        running = asyncio.create_task(Sender(way.queue, endpoints).run(ending), name="sender")
        await good.gets(3)
        assert slow.taken == []
        slow.stopping.set()
        ending.set()
        async with asyncio.timeout(10):
            await running


class Failing(WebhookQueue):
    """A queue whose database is away for some requests."""

    failures = 0

    def take(self, endpoint: str, most: int, timeout_s: float) -> list[Due]:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("records database: gone fishing")
        return super().take(endpoint, most, timeout_s)

    def depths(self) -> list[Depth]:
        if self.failures:
            raise StoreUnavailable("records database: gone fishing")
        return super().depths()


async def test_while_the_database_is_away_webhooks_wait_which_is_told_once(
    way: Way, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("callagent.records.webhooks.sender.AWAY_S", 0.01)
    async with receiving() as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint())
        queue = await asyncio.to_thread(Failing, way.location)
        queue.failures = 3
        ending = asyncio.Event()
        figures = Figures()
        running = asyncio.create_task(Sender(queue, [receiver.endpoint()], figures).run(ending), name="sender")
        await receiver.gets(3)
        async with asyncio.timeout(10):
            await figures.empty.wait()
        ending.set()
        await running
        await asyncio.to_thread(queue.close)
    told = [record.message for record in caplog.records if record.name.startswith("callagent.records")]
    assert told == ["database away: webhooks wait", "database back: webhooks are sent"]


async def test_a_thread_sends_what_is_due_and_before_it_ends_what_came_last(way: Way) -> None:
    async with receiving() as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint())
        thread = SenderThread(way.location, [receiver.endpoint()])
        await asyncio.to_thread(way.holds, receiver.endpoint(), calls=2)
        await asyncio.to_thread(thread.close, 20)
        assert len(receiver.taken) == 6


async def test_what_a_worker_has_not_sent_the_next_one_does(way: Way) -> None:
    async with receiving(500) as receiver:
        await asyncio.to_thread(way.holds, receiver.endpoint())
        first = SenderThread(way.location, [receiver.endpoint()])
        await asyncio.to_thread(first.close, 20)
        assert receiver.taken == []
        way.clock.now = datetime.now(UTC)
        await asyncio.to_thread(way.queue.send_again, Sought())
        second = SenderThread(way.location, [receiver.endpoint()])
        await asyncio.to_thread(second.close, 20)
        assert [kind for _, kind in receiver.types] == ALL
        assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 3


async def test_a_thread_whose_database_cannot_be_opened_ends_when_it_is_told_to(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    thread = SenderThread(str(tmp_path / "file" / "records.db"), [Receiver().endpoint()])
    await asyncio.to_thread(thread.close, 20)
    assert [record.message for record in caplog.records] == ["database away: webhooks wait"]
