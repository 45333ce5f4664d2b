"""Sounds by what an author calls them: a clip that comes with livekit-agents, or a file."""

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from livekit.agents import BuiltinAudioClip

from callagent.audio import Sound
from callagent.profile import clip_name, unknown_clip
from callagent.yaml_config import did_you_mean, nearest

if TYPE_CHECKING:
    from callagent.profile import Profile

BUILT_IN: Final = MappingProxyType({clip_name(clip.name): clip for clip in BuiltinAudioClip})
"""Name in a profile -> clip."""

SoundName = str | Path | BuiltinAudioClip
"""How an author names a sound: a clip by its name, or the path of a file, with a `.` or a `/` in it."""


@cache
def _file_of(clip: BuiltinAudioClip) -> Path:
    return Path(clip.path())


def sound_of(name: SoundName, profile: "Profile", volume: float, *, key: str = "background") -> Sound:
    """Return a sound; a file is looked for beside the profile, and then in the working directory.

    Args:
        key: what names it in the profile, where it stands there.

    Raises:
        ValueError: there is no clip of that name, or the volume is not from 0 to 1.
    """
    if not 0 <= volume <= 1:
        raise ValueError(f"the volume must be from 0 to 1, not {volume:g}")
    if isinstance(name, BuiltinAudioClip):
        name = name.name
    clip = clip_name(name) if isinstance(name, str) else None
    if clip is None:
        beside = (*profile.places.directories(key), *profile.places.directories("agent"), Path())
        return Sound(Path(name).name, tuple(directory / name for directory in beside), volume)
    if clip not in BUILT_IN:
        close = nearest(clip, [each for each in BUILT_IN if each])
        raise ValueError(f"{unknown_clip(str(name))}{did_you_mean(close)}")
    return Sound(clip, (_file_of(BUILT_IN[clip]),), volume)
