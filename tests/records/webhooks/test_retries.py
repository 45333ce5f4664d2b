"""What an answer means for a webhook, and when it is tried again."""

from datetime import UTC, datetime

import pytest

from callagent.records.leased_queue import pause_after
from callagent.records.webhooks.retries import Rest, judged

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(200, "delivered"), (202, "delivered"), (204, "delivered"), (299, "delivered"), (410, "gone"), (413, "too large")]
    + [(status, "again") for status in (100, 301, 307, 400, 401, 404, 408, 422, 429, 500, 503, 599)],
)
def test_only_2xx_is_a_delivery_and_only_410_ends_the_tries(status: int, verdict: str) -> None:
    assert judged(status, {}).verdict == verdict


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Mon, 02 Mar 2026 12:01:30 GMT", 90.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0.0),
        ("86400000", 6 * 3600.0),
        ("Wed, 02 Mar 2044 12:00:00 GMT", 6 * 3600.0),
        *((text, 0.0) for text in ("", "soon", "-1", "1.5", "9" * 400, "Mon, 99 Mar 2026 99:99:99 GMT", "١٢")),
    ],
)
def test_an_endpoint_is_left_alone_for_as_long_as_it_says(text: str, seconds: float) -> None:
    assert judged(429, {"Retry-After": text}, NOW).leave_alone_s == seconds


def test_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    assert [pause_after(tries) for tries in (1, 2, 3, 8, 9, 100, 10**6)] == [5, 10, 20, 640, 900, 900, 900]


def test_a_refusal_of_one_body_is_not_one_of_the_endpoint() -> None:
    assert [status for status in (400, 401, 404, 409, 422, 429, 500) if judged(status, {}).is_of_the_body] == [
        *(400, 409, 422)
    ]


def test_people_are_told_once_that_an_endpoint_fails_and_once_that_it_does_no_more() -> None:
    time = [100.0]
    rest = Rest(lambda: time[0])
    assert not rest.succeeded()
    assert [rest.failed(0.0) for _ in range(5)] == [False, False, True, False, False]
    assert rest.over_in_s == 60
    time[0] += 61
    assert rest.over_in_s == 0
    assert [rest.succeeded(), rest.succeeded()] == [True, False]
    assert rest.over_in_s == 0
    rest.failed(3600.0)
    assert rest.over_in_s == 3600
    rest.succeeded(30.0)
    assert (rest.over_in_s, rest.failures) == (30, 0)
