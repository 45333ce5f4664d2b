import pytest

from callagent.journal import BackgroundSound
from callagent.scripted_calls.script.steps.expectations.background_heard import IsHeard
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def heard(name: str, *, playing: bool = True) -> IsHeard:
    return IsHeard.model_validate({"expect": {"background": name, "playing": playing}, "within": "2 s"})


@pytest.fixture
def call() -> PlayedCall:
    call = PlayedCall()
    call.observe(BackgroundSound(0.5, "thinking", "keyboard", True))
    call.observe(BackgroundSound(1.0, "thinking", "keyboard", False))
    call.observe(BackgroundSound(1.5, "ambient", "sounds/Rain.ogg", True))
    return call


def test_it_is_put_in_words() -> None:
    assert heard("rain.ogg").describe() == "the sound rain.ogg is playing in the background within 2 s"
    assert heard("office", playing=False).describe() == "the sound office has ended in the background within 2 s"


@pytest.mark.parametrize("name", ["keyboard", "thinking", "Keyboard"])
def test_a_sound_is_waited_for_by_its_name_or_its_kind(call: PlayedCall, name: str) -> None:
    assert call.carry_out(heard(name)) == Verdict(True, "keyboard began at 0.50 s")


@pytest.mark.parametrize("name", ["sounds/Rain.ogg", "rain.ogg", "ambient"])
def test_a_file_is_found_by_its_path_or_its_name(call: PlayedCall, name: str) -> None:
    assert call.carry_out(heard(name)) == Verdict(True, "sounds/Rain.ogg began at 1.50 s")


def test_a_sound_that_has_to_end_is_waited_for(call: PlayedCall) -> None:
    assert call.carry_out(heard("keyboard", playing=False)) == Verdict(True, "keyboard ended at 1.00 s")


def test_a_sound_that_goes_on_or_has_ended_too_soon_is_told(call: PlayedCall) -> None:
    call.caller(1.2, 1.4)
    assert call.carry_out(heard("keyboard")) == Verdict(False, "keyboard ended at 1.00 s")
    assert call.carry_out(heard("ambient", playing=False)).observed == "sounds/Rain.ogg is still playing"


def test_another_sound_or_none_is_told(call: PlayedCall) -> None:
    assert call.carry_out(heard("city")).observed == "not heard; there was keyboard, sounds/Rain.ogg"
    assert PlayedCall().carry_out(heard("city")) == Verdict(False, "no sound was heard")


def test_a_sound_is_never_heard(call: PlayedCall) -> None:
    assert call.never({"background": "keyboard"}) == Verdict(False, "it began at 0.50 s")
    assert call.never({"background": "city"}).passed
