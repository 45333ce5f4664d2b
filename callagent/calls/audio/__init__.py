"""Level audio: scripted calls over the simulated phone line."""

from callagent.calls.audio.level import AudioLevel
from callagent.calls.audio.stage import AudioStage

__all__ = ["AudioLevel", "AudioStage"]
