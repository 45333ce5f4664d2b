import numpy as np
import pytest

from callagent.audio.g711 import FRAME_SAMPLES, G711, SILENCE, CodecName
from tests.audio.sounds import tone

CODECS: list[CodecName] = ["pcmu", "pcma"]


@pytest.mark.parametrize("codec", CODECS)
def test_a_frame_is_one_byte_for_each_sample(codec: CodecName) -> None:
    assert len(G711(codec).encode(tone(0.02))) == FRAME_SAMPLES


@pytest.mark.parametrize("codec", CODECS)
def test_speech_survives_within_the_quantisation_of_g711(codec: CodecName) -> None:
    coder, speech = G711(codec), tone(0.02, peak=30000)
    error = coder.decode(coder.encode(speech)).astype(int) - speech
    assert np.all(np.abs(error) <= np.maximum(16, np.abs(speech.astype(int)) / 32))


@pytest.mark.parametrize("codec", CODECS)
def test_every_frame_of_a_stream_comes_out_in_its_turn(codec: CodecName) -> None:
    coder = G711(codec)
    for level in range(-20000, 20000, 1000):
        decoded = coder.decode(coder.encode(np.full(FRAME_SAMPLES, level, dtype=np.int16)))
        assert decoded.size == FRAME_SAMPLES
        assert abs(int(decoded[0]) - level) <= max(16, abs(level) / 32)


def test_the_words_are_those_of_the_standard() -> None:
    loudest = np.array([32767, -32768], dtype=np.int16)
    assert G711("pcmu").encode(loudest) == bytes([0x80, 0x00])
    assert G711("pcma").encode(loudest) == bytes([0xAA, 0x2A])


def test_silence_is_silent() -> None:
    coder = G711("pcmu")
    assert not coder.decode(coder.encode(SILENCE)).any()


def test_an_unknown_codec_is_refused() -> None:
    with pytest.raises(ValueError, match="pcmu or pcma"):
        G711("opus")  # type: ignore[arg-type]  # what an untyped caller might do
