from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from callagent.audio import FRAME_SAMPLES, SAMPLE_RATE
from callagent.interactive.sound_card import MOST_FRAMES, SoundCard, load_library
from callagent.scripted_calls import LevelUnavailable


class Library:
    """sounddevice, as far as it is used, on a machine of our choice."""

    class PortAudioError(Exception):
        pass

    def __init__(self, rates: tuple[int, ...] = (8000, 48000), missing: str = "", opens: bool = True) -> None:
        self._rates = rates
        self._missing = missing
        self._opens = opens
        self.closed = False
        self.exchange: Callable[..., None] = lambda *arguments: None

    def query_devices(self, *, kind: str) -> dict[str, Any]:
        if kind == self._missing:
            raise ValueError("no such device")
        return {"default_samplerate": 44100.0}

    def check_input_settings(self, *, samplerate: int, channels: int, dtype: str) -> None:
        if samplerate not in self._rates:
            raise self.PortAudioError("Invalid sample rate")

    check_output_settings = check_input_settings

    def RawStream(self, *, callback: Callable[..., None], **settings: Any) -> SimpleNamespace:
        self.exchange, self.settings = callback, settings
        return SimpleNamespace(start=self._start, close=self._close)

    def _start(self) -> None:
        if not self._opens:
            raise self.PortAudioError("Device unavailable")

    def _close(self) -> None:
        self.closed = True

    def tick(self, heard: "np.ndarray[Any, np.dtype[np.int16]]") -> "np.ndarray[Any, np.dtype[np.int16]]":
        """One call back of the library: what the microphone heard goes in, what is to be played comes back."""
        played = bytearray(2 * heard.size)
        self.exchange(heard.tobytes(), memoryview(played), heard.size, None, None)
        return np.frombuffer(bytes(played), np.int16)


def card_on(library: Library) -> SoundCard:
    return SoundCard(cast(ModuleType, library))


def sound(samples: int = FRAME_SAMPLES, level: int = 1000) -> "np.ndarray[Any, np.dtype[np.int16]]":
    return np.full(samples, level, np.int16)


def test_frames_go_both_ways() -> None:
    library = Library()
    card = card_on(library)
    card.loudspeaker(sound(level=7))
    assert (library.tick(sound(level=5)) == 7).all()
    assert (card.microphone() == 5).all()
    assert library.settings["samplerate"] == SAMPLE_RATE and library.settings["blocksize"] == FRAME_SAMPLES


def test_there_is_silence_where_there_is_nothing_yet() -> None:
    library = Library()
    card = card_on(library)
    assert not card.microphone().any()
    assert not library.tick(sound()).any()


@pytest.mark.parametrize(("rates", "rate"), [((44100,), 44100), ((48000,), 48000)])
def test_other_sample_rates_are_converted(rates: tuple[int, ...], rate: int) -> None:
    library = Library(rates)
    card = card_on(library)
    assert library.settings["samplerate"] == rate
    block = rate // 50
    for _ in range(10):
        card.loudspeaker(sound())
    played = np.concatenate([library.tick(sound(block)) for _ in range(10)])
    heard = np.concatenate([card.microphone() for _ in range(8)])
    assert played.size == 10 * block and heard.size == 8 * FRAME_SAMPLES
    assert 900 < heard[-FRAME_SAMPLES:].mean() < 1100
    assert 900 < played[4 * block : 6 * block].mean() < 1100


def test_what_is_late_is_dropped() -> None:
    library = Library()
    card = card_on(library)
    for number in range(MOST_FRAMES + 5):
        library.tick(sound(level=number))
    assert card.microphone()[0] == 5


@pytest.mark.parametrize(
    ("library", "told"),
    [
        (Library(missing="input"), "there is no microphone"),
        (Library(missing="output"), "there is no loudspeaker"),
        (Library(rates=()), "no sample rate in common"),
        (Library(opens=False), "cannot be opened: Device unavailable"),
    ],
)
def test_a_machine_without_a_sound_card_says_what_is_missing(library: Library, told: str) -> None:
    with pytest.raises(LevelUnavailable, match=told):
        card_on(library)


def test_the_devices_are_let_go() -> None:
    library = Library()
    card = card_on(library)
    card.close()
    card.close()
    assert library.closed


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModuleNotFoundError("sounddevice"), r"pip install 'callagent\[mic\]'"),
        (OSError("PortAudio library not found"), "apt install libportaudio2"),
    ],
)
def test_a_missing_library_says_how_to_get_it(error: Exception, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> ModuleType:
        raise error

    monkeypatch.setattr("importlib.import_module", fail)
    with pytest.raises(LevelUnavailable, match=told):
        load_library()
