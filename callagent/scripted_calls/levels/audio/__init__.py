"""Level audio: scripted calls over the simulated phone line."""

from callagent.scripted_calls.levels.audio.audio_level import AudioLevel, AudioStage

__all__ = ["AudioLevel", "AudioStage"]
