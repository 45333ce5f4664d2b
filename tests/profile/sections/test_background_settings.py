from pathlib import Path

import pytest
from livekit.agents import BuiltinAudioClip

from callagent.profile import CLIPS, THINKING, clip_name, load_profile, load_targets
from callagent.yaml_config import ConfigError

PROFILE = "extends: locales/en-US\nbackground: {content}\n"


def profile(directory: Path, content: str) -> Path:
    path = directory / "shop.yaml"
    path.write_text(PROFILE.format(content=content))
    return path


def test_the_clips_are_those_of_livekit() -> None:
    assert sorted(CLIPS) == sorted(str(clip_name(clip.name)) for clip in BuiltinAudioClip)
    assert THINKING in CLIPS


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("office", "office"),
        ("OFFICE_AMBIENCE", "office"),
        ("office-ambience", "office"),
        ("keyboard_typing", "keyboard"),
        ("KEYBOARD_TYPING2", "keyboard2"),
        ("hold-music", "hold_music"),
        ("office-ambience.ogg", None),
        ("./office", None),
        ("sounds/office", None),
    ],
)
def test_a_clip_has_its_own_name_and_that_of_livekit_and_a_file_has_a_dot_or_a_slash(
    written: str, name: str | None
) -> None:
    assert clip_name(written) == name


def test_both_sounds_and_their_volume_are_read(tmp_path: Path) -> None:
    settings = load_profile(profile(tmp_path, "{ambient: office, thinking: keyboard, volume: 0.2}")).background
    assert (settings.ambient, settings.thinking, settings.volume) == ("office", "keyboard", 0.2)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{ambient: ofice}", "shop.yaml:2: background.ambient: there is no clip 'ofice'"),
        ("{ambient: ofice}", "did you mean 'office'?"),
        ("{thinking: typewriter}", "background.thinking: there is no clip 'typewriter'; there are city, crowded_room,"),
        ("{volume: 2}", "background.volume: must be at most 1"),
        ("{volume: loud}", "background.volume: needs a number"),
        ("{music: office}", "background.music: unknown key"),
        ("{ambient: ''}", "background.ambient: must not be empty"),
        ("office", "background: needs a mapping"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_profile(profile(tmp_path, content))
    assert problem in str(raised.value)


def test_a_file_that_is_not_there_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "rain.wav").touch()
    loaded = load_profile(profile(tmp_path, "{ambient: rian.wav, thinking: rain.wav}"))
    with pytest.raises(ConfigError) as raised:
        load_targets(loaded)
    (problem,) = raised.value.problems
    assert (problem.key, problem.line, problem.nearest) == ("background.ambient", 2, "rain.wav")
    assert "no such file" in problem.message


def test_an_inherited_sound_can_be_left_out(tmp_path: Path) -> None:
    profile(tmp_path, "{ambient: office, thinking: keyboard}")
    (tmp_path / "quiet.yaml").write_text("extends: ./shop.yaml\nbackground: {ambient: null}\n")
    settings = load_profile(tmp_path / "quiet.yaml").background
    assert (settings.ambient, settings.thinking) == (None, "keyboard")
