from pathlib import Path

import numpy as np
import pytest

from callagent.audio import SAMPLE_RATE, Impairments, write_stereo
from callagent.scripted_calls.run.caller_audio import impairments_of, render, sound
from callagent.scripted_calls.script.call_script import LinePart
from callagent.scripted_calls.script.caller import Recording, Sound, SoundName


@pytest.mark.parametrize(("name", "seconds"), [("cough", 0.35), ("noise", 1.0), ("tone", 0.5), ("beep", 0.7)])
def test_sounds_have_their_length_and_level_and_are_always_the_same(name: SoundName, seconds: float) -> None:
    made = sound(name)
    assert made.size == seconds * SAMPLE_RATE
    assert np.abs(made).max() == pytest.approx(16384, abs=1)
    assert np.array_equal(made, sound(name))


@pytest.mark.parametrize("times", [1, 2, 3, 6])
async def test_recordings_at_any_rate_come_onto_the_line_at_8_khz(tmp_path: Path, times: int) -> None:
    file = tmp_path / "tone.wav"
    write_stereo(file, sound("tone").repeat(times), sound("tone").repeat(times), times * SAMPLE_RATE)
    assert (await render(Recording(file))).size == pytest.approx(0.5 * SAMPLE_RATE, abs=50)


async def test_a_sound_is_rendered_as_it_is() -> None:
    assert np.array_equal(await render(Sound("cough")), sound("cough"))


def test_a_clean_line_has_no_impairments() -> None:
    assert impairments_of(LinePart()) == Impairments()


def test_impairments_are_those_of_the_script() -> None:
    written = {"loss": "1 %", "jitter": "30 ms", "noise": "-45 dBFS", "echo": "-20 dB", "clipping": "-12 dBFS"}
    part = LinePart.model_validate(written)
    assert impairments_of(part) == Impairments(loss=0.01, jitter=0.03, noise=-45.0, echo=-20.0, clipping=-12.0)
