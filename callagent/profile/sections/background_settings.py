"""Settings of the sounds behind the agent, and the names of those that come with livekit-agents."""

from typing import Final

from pydantic import Field, field_validator

from callagent.yaml_config.errors import Flaw, FlawsError, nearest
from callagent.yaml_config.validation import Fraction, Settings, Text

CLIPS: Final = ("city", "crowded_room", "forest", "hold_music", "keyboard", "keyboard2", "office")
"""The clips of livekit-agents (`BuiltinAudioClip`) by what one calls them here."""

THINKING: Final = "keyboard"
"""The sound of an agent who thinks, where nothing else is named."""

_KINDS = ("_ambience", "_typing")


def clip_name(name: str) -> str | None:
    """Return what a clip of livekit-agents is called here; `office_ambience` and `OFFICE_AMBIENCE` are `office`.

    None for a file: something with a `.` or a `/` in it.
    """
    if "." in name or "/" in name:
        return None
    written = name.strip().lower().replace("-", "_")
    for kind in _KINDS:
        written = written.replace(kind, "")
    return written


def unknown_clip(name: str) -> str:
    """Return what is wrong with the name of a clip that is not there."""
    return f"there is no clip {name!r}; there are {', '.join(CLIPS)}, or a file such as ./{name}.wav"


class BackgroundSettings(Settings):
    """Sounds that the caller hears behind the agent: a clip of livekit-agents by its name, or a file.

    The clips are `city`, `crowded_room`, `forest`, `hold_music`, `keyboard`, `keyboard2` and `office`. A file has a `.`
    or a `/` in its name and is relative to the profile.
    """

    ambient: Text | None = Field(
        None, description="Sound of the place, over and over while the call lasts; none: silence."
    )
    thinking: Text | None = Field(None, description="Sound while the agent thinks and its tools run; none: silence.")
    volume: Fraction = Field(0.8, description="Volume of both, 0 to 1; at 1 they are as loud as in the file.")

    @field_validator("ambient", "thinking")
    @classmethod
    def _clips_are_there(cls, name: str | None) -> str | None:
        clip = None if name is None else clip_name(name)
        if name is not None and clip is not None and clip not in CLIPS:
            raise FlawsError(Flaw((), unknown_clip(name), nearest(clip, CLIPS)))
        return name
