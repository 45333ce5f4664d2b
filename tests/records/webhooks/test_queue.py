"""The webhooks in a database: who gets which to send, what becomes of them, and sending them again."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callagent.records import Endpoint, RecordStore
from callagent.records.webhooks.queue import Sought, WebhookQueue
from tests.support.kept_calls import head_of, keep
from tests.support.postgres_server import PostgresServer

CRM = Endpoint("crm", "https://crm.example", (b"k" * 16,))


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC) + timedelta(seconds=1)  # after what the tests put in

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("filled") / "records.db"
    fill(str(file))
    return file


@pytest.fixture
def queue(filled: Path, tmp_path: Path, clock: Clock) -> Iterator[WebhookQueue]:
    """Of two calls, each started, answered and ended."""
    file = tmp_path / "records.db"
    shutil.copy(filled, file)
    clock.now = datetime.now(UTC)
    with closing(WebhookQueue(str(file), clock)) as queue:
        yield queue


def fill(location: str) -> None:
    with closing(RecordStore(location)) as store:
        store.subscribe([CRM])
        keep(store, head_of("AJ_1"))
        keep(store, head_of("AJ_2", 1))


def taken(queue: WebhookQueue, most: int = 8) -> list[tuple[int, str]]:
    return [(each.number, each.event) for each in queue.take("crm", most, 10.0)]


def states(queue: WebhookQueue) -> dict[int, str]:
    return {row.number: row.state for row, _ in queue.find(Sought(), 100)}


def test_of_each_call_the_next_one_is_due_when_the_one_before_is_done(queue: WebhookQueue) -> None:
    assert taken(queue) == [(1, "started"), (4, "started")]
    assert taken(queue) == []  # in hand
    queue.delivered(1, 204)
    assert taken(queue) == [(2, "answered")]
    queue.failed(4, "answers 500", 500)
    assert taken(queue) == []
    queue.delivered(2, 204)
    assert taken(queue) == [(3, "ended")]


def test_no_more_are_given_than_are_asked_for(queue: WebhookQueue) -> None:
    assert taken(queue, 1) == [(1, "started")]
    assert taken(queue, 1) == [(4, "started")]


def test_what_a_process_had_in_hand_that_died_is_given_to_another_one(queue: WebhookQueue, clock: Clock) -> None:
    taken(queue)
    clock.goes_on(seconds=39)
    assert taken(queue) == []
    clock.goes_on(seconds=2)
    assert taken(queue) == [(1, "started"), (4, "started")]


def test_a_failure_is_tried_again_after_longer_and_longer_pauses(queue: WebhookQueue, clock: Clock) -> None:
    for pause in (5, 10, 20):
        assert taken(queue, 1) == [(1, "started")]
        queue.failed(1, "answers 500", 500)
        queue.failed(4, "answers 500", 500, at_least_s=3600)
        clock.goes_on(seconds=pause - 1)
        assert taken(queue) == []
        clock.goes_on(seconds=1)
    (row,) = [row for row, _ in queue.find(Sought((1,)), 10)]
    assert (row.tries, row.status, row.error) == (3, 500, "answers 500")


def test_an_endpoint_may_ask_for_a_longer_pause(queue: WebhookQueue, clock: Clock) -> None:
    queue.failed(1, "answers 429", 429, at_least_s=100)
    clock.goes_on(seconds=99)
    assert taken(queue) == [(4, "started")]
    clock.goes_on(seconds=1)
    assert taken(queue) == [(1, "started")]


def test_after_a_day_it_is_given_up_and_what_came_behind_it_goes(queue: WebhookQueue, clock: Clock) -> None:
    clock.goes_on(hours=23, minutes=50)
    assert not queue.failed(4, "answers 500", 500)
    assert queue.failed(1, "answers 500", 500, at_least_s=3600)
    assert states(queue)[1] == "given up"
    assert taken(queue) == [(2, "answered")]
    (row,) = [row for row, _ in queue.find(Sought((1,)), 10)]
    assert row.error == "not delivered within a day: answers 500"


def test_what_was_never_tried_for_a_day_is_given_up_unless_somebody_has_it_in_hand(
    queue: WebhookQueue, clock: Clock
) -> None:
    clock.goes_on(hours=23)
    assert queue.give_up_old("crm") == 0
    clock.goes_on(hours=1, seconds=1)
    assert taken(queue, 1) == [(1, "started")]
    assert queue.give_up_old("crm") == 5
    assert states(queue)[1] == "waiting"


def test_a_body_that_is_too_large_is_shortened_once(queue: WebhookQueue) -> None:
    assert queue.too_large(3)
    assert not queue.too_large(3)
    assert (states(queue)[3], states(queue)[2]) == ("given up", "waiting")


def test_what_is_done_is_forgotten_after_a_week(queue: WebhookQueue, clock: Clock) -> None:
    queue.delivered(1, 204)
    clock.goes_on(days=6)
    queue.forget_done()
    assert len(states(queue)) == 6
    clock.goes_on(days=1, seconds=1)
    queue.forget_done()
    assert sorted(states(queue)) == [2, 3, 4, 5, 6]


def test_it_is_known_how_many_wait_and_since_when(queue: WebhookQueue) -> None:
    (depth,) = queue.depths()
    assert (depth.endpoint, depth.waiting) == ("crm", 6)
    assert abs((queue.depths()[0].oldest - datetime.now(UTC)).total_seconds()) < 60
    queue.gone("crm")
    assert queue.depths() == []


def test_what_was_given_up_or_delivered_can_be_sent_again_for_another_day(queue: WebhookQueue, clock: Clock) -> None:
    queue.delivered(4, 204)
    clock.goes_on(days=2)
    queue.give_up_old("crm")
    assert queue.send_again(Sought(failed=True, call="AJ_1")) == [1, 2, 3]
    assert queue.send_again(Sought((4,))) == [4]
    assert queue.send_again(Sought((99,))) == []
    assert taken(queue) == [(1, "started"), (4, "started")]
    assert not queue.failed(1, "answers 500", 500)


@pytest.mark.parametrize(
    ("sought", "numbers"),
    [
        (Sought(), [6, 5, 4, 3, 2, 1]),
        (Sought(call="AJ_2"), [6, 5, 4]),
        (Sought(call="AJ_%"), []),
        (Sought(endpoint="board"), []),
        (Sought((2, 5)), [5, 2]),
        (Sought(failed=True), [4, 1]),
        (Sought(failed=True, call="AJ_1"), [1]),
    ],
)
def test_webhooks_are_found(queue: WebhookQueue, sought: Sought, numbers: list[int]) -> None:
    for number in (1, 4):
        queue.failed(number, "answers 500", 500)
    assert [row.number for row, _ in queue.find(sought, 10)] == numbers


def test_in_postgresql_all_of_it_is_the_same(postgres: PostgresServer, clock: Clock) -> None:
    location = postgres.database()
    fill(location)
    clock.now = datetime.now(UTC)
    with closing(WebhookQueue(location, clock)) as queue, closing(WebhookQueue(location, clock)) as other:
        assert (taken(queue, 1), taken(other)) == ([(1, "started")], [(4, "started")])
        queue.delivered(1, 204)
        assert not queue.failed(4, "answers 500", 500)
        assert taken(other) == [(2, "answered")]
        assert other.too_large(3)
        assert [row.number for row, _ in queue.find(Sought(call="AJ_2"), 10)] == [6, 5, 4]
        assert queue.depths()[0].waiting == 5
        clock.goes_on(hours=25)
        assert queue.give_up_old("crm") == 5
        assert queue.send_again(Sought(failed=True)) == [2, 3, 4, 5, 6]
        assert other.gone("crm") == 5
        clock.goes_on(days=8)
        queue.forget_done()
        assert states(queue) == {}


def test_one_whose_call_was_deleted_meanwhile_is_no_error(queue: WebhookQueue) -> None:
    taken(queue)
    with closing(RecordStore(queue.location)) as store:
        store.delete("AJ_1")
    queue.delivered(1, 204)
    assert not queue.failed(1, "answers 500", 500)
    assert not queue.too_large(1)
    assert sorted(states(queue)) == [4, 5, 6]
