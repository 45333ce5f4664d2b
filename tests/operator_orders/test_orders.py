"""What is an order, and what a worker takes for one."""

import dataclasses
import json
from typing import Any

import pytest

from callagent.operator_orders import ACTS, LONGEST_TEXT, InvalidOrder, Order, OrderReader, new_order, signed
from callagent.operator_orders.orders import content_of
from callagent.operator_orders.signatures import LATE_S, MOST_BYTES

SECRET, CALL, NOW = "an API secret of LiveKit's", "AJ_1", 1_800_000_000.0


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(clock: Clock) -> OrderReader:
    return OrderReader(SECRET, CALL, clock=clock)


def an_order(act: str = "say", **more: Any) -> Order:
    return new_order(act, "console", **{"text": "Hello", "destination": "sales", "identity": "someone", **more})


def packet(order: Order | None = None, *, secret: str = SECRET, call: str = CALL, at: float = NOW) -> bytes:
    return signed(order or an_order(), secret=secret, call=call, at=at)


@pytest.mark.parametrize("act", ACTS)
def test_an_order_arrives_as_it_was_given(reader: OrderReader, act: str) -> None:
    order = an_order(act, text=" Grüß Gott \ud800 ", now=True)
    read = reader.read(packet(order))
    assert dataclasses.replace(read, pii_text="") == dataclasses.replace(order, pii_text="")
    assert read.pii_text.startswith("Grüß Gott")


@pytest.mark.parametrize(
    ("act", "wrong", "said"),
    [
        ("dance", {}, "no such order"),
        ("say", {"text": " "}, "nothing to say"),
        ("whisper", {"text": ""}, "nothing to whisper"),
        ("say", {"text": "x" * (LONGEST_TEXT + 1)}, "too many"),
        ("transfer", {"destination": ""}, "needs a destination"),
        ("warm transfer", {"destination": "x" * 300}, "longer than"),
        ("take over", {"identity": ""}, "who takes over"),
    ],
)
def test_what_is_no_order_cannot_be_given(act: str, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidOrder, match=said):
        an_order(act, **wrong)


def test_words_are_in_no_repr() -> None:
    assert "secret words" not in repr(an_order(text="secret words"))


@pytest.mark.parametrize("at", [NOW - LATE_S + 1, NOW + LATE_S - 1])
def test_clocks_may_differ_a_little(reader: OrderReader, at: float) -> None:
    assert reader.read(packet(at=at)).act == "say"


@pytest.mark.parametrize("at", [NOW - LATE_S - 1, NOW + LATE_S + 1])
def test_an_order_that_was_held_up_is_not_taken(reader: OrderReader, at: float) -> None:
    with pytest.raises(InvalidOrder, match="61 s off"):
        reader.read(packet(at=at))


def test_an_order_is_taken_once(reader: OrderReader, clock: Clock) -> None:
    once = packet(at=NOW + 30)
    reader.read(once)
    for clock.now in (NOW, NOW + 30 + LATE_S - 1):
        with pytest.raises(InvalidOrder, match="come before"):
            reader.read(once)
    clock.now = NOW + 30 + LATE_S + 1
    with pytest.raises(InvalidOrder, match="s off"):
        reader.read(once)


def test_what_is_remembered_of_orders_does_not_grow(reader: OrderReader, clock: Clock) -> None:
    for _ in range(50):
        clock.now += 10
        reader.read(packet(at=clock.now))
    assert len(reader._known) < 10


@pytest.mark.parametrize("wrong", [{"secret": "another secret"}, {"call": "AJ_2"}])
def test_an_order_with_another_secret_or_for_another_call_is_not_taken(reader: OrderReader, wrong: Any) -> None:
    with pytest.raises(InvalidOrder, match="signature"):
        reader.read(packet(**wrong))


def test_not_a_bit_of_an_order_may_change(reader: OrderReader) -> None:
    whole = packet()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(InvalidOrder, match="signature"):
            reader.read(bytes(changed))
    assert reader.read(whole).act == "say"


@pytest.mark.parametrize("content", [b"", b"x", b"{}", b"\xff" * 40, b"x" * (MOST_BYTES + 1)])
def test_anything_else_is_not_taken(reader: OrderReader, content: bytes) -> None:
    with pytest.raises(InvalidOrder):
        reader.read(content)


@pytest.mark.parametrize(
    "change",
    [
        {"act": "dance"},
        {"act": ["say"]},
        {"now": "yes"},
        {"pii_text": 7},
        {"pii_text": "x" * 2000},
        {"by": "x" * 300},
    ],
)
def test_what_is_signed_and_no_order_is_not_taken(
    reader: OrderReader, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.loads(content_of(an_order(), CALL, NOW))
    content["order"] |= change
    monkeypatch.setattr("callagent.operator_orders.signatures.content_of", lambda *_: json.dumps(content).encode())
    with pytest.raises(InvalidOrder):
        reader.read(packet())
