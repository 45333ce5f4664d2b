from collections.abc import Iterator

import pytest

from callagent.profile import load_profile
from callagent.turns import GateConfig, is_soft_ack, reload_soft_acks, soft_acks
from callagent.turns.lexicon import Kind
from tests.turns.driver import Driver, final, speaking, starts, stops


@pytest.fixture(autouse=True)
def _own_lists(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("LIVEKIT_SOFT_ACKS", raising=False)
    reload_soft_acks()
    yield
    monkeypatch.delenv("LIVEKIT_SOFT_ACKS", raising=False)
    reload_soft_acks()


def kind(text: str, locale: str = "en-US") -> Kind:
    return GateConfig.from_profile(load_profile(locale, env={})).lexicon.match(text, final=True).kind


def test_a_list_read_again_reaches_the_calls_that_begin_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    before = GateConfig.from_profile(load_profile("en-US", env={}))
    monkeypatch.setenv("LIVEKIT_SOFT_ACKS", "bananas, uhhuh")
    assert reload_soft_acks() == ("bananas", "uhhuh")
    assert is_soft_ack("Bananas, uh-huh.")
    assert (kind("Bananas."), kind("Bananas.", "de-DE")) == (Kind.ACK, Kind.ACK)
    assert kind("Got it.") is Kind.CONTENT
    assert before.lexicon.match("Bananas.", final=True).kind is Kind.CONTENT


def test_phrases_of_ones_own_reach_them_too() -> None:
    assert reload_soft_acks(["bananas"]) == ("bananas",)
    config = GateConfig.from_profile(load_profile("en-US", env={}))
    told = Driver(config).run(speaking(0), *starts(1.0), *stops(1.3), final(2.5, 1, "Bananas."))
    assert told.told == ["drop 1 soft_ack"]


def test_without_a_list_each_profile_has_its_own_again() -> None:
    reload_soft_acks(["bananas"])
    reload_soft_acks()
    assert (kind("Bananas."), kind("Genau.", "de-DE")) == (Kind.CONTENT, Kind.ACK)


def test_without_any_reading_the_list_is_that_of_american_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soft_acks, "_list", type(soft_acks._list)())
    assert is_soft_ack("Yeah. Uh-huh, okay.")
    assert not is_soft_ack("Genau.")
    assert not is_soft_ack("Huh?")
    assert soft_acks.soft_acks_in_use(("genau",)) == ("genau",)


def test_is_soft_ack_asks_the_list_that_was_read_last() -> None:
    reload_soft_acks(["bananas"])
    assert is_soft_ack("Bananas.")
    assert not is_soft_ack("Yeah.")
    assert soft_acks.soft_acks_in_use(("genau",)) == ("bananas",)
