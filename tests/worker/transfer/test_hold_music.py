"""What a caller on hold hears."""

from pathlib import Path

import pytest
from livekit.agents import BuiltinAudioClip

from callagent.profile import load_profile
from callagent.worker.transfer.hold_music import music_of


def test_without_a_file_it_is_the_music_of_livekit() -> None:
    music, problem = music_of(load_profile("en-US", sets=["hold.volume=0.3"]))
    assert (music.source, music.volume, problem) == (BuiltinAudioClip.HOLD_MUSIC, 0.3, "")


@pytest.mark.parametrize("there", [True, False])
def test_a_file_stands_beside_the_profile_that_names_it(tmp_path: Path, there: bool) -> None:
    (tmp_path / "ours.yaml").write_text("extends: en-US\nhold:\n  music: music/waltz.ogg\n")
    file = tmp_path / "music" / "waltz.ogg"
    if there:
        file.parent.mkdir()
        file.touch()
    music, problem = music_of(load_profile(tmp_path / "ours.yaml"))
    if there:
        assert (music.source, problem) == (str(file), "")
    else:
        assert (music.source, problem) == (BuiltinAudioClip.HOLD_MUSIC, f"hold.music: no such file: {file}")
