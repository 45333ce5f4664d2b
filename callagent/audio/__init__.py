"""The simulated phone line: 8 kHz G.711 between a scripted caller and an agent session."""

from callagent.audio.background_sound import LineMixer, Playback, SilentPlayer, Sound, SoundPlayer
from callagent.audio.caller_end import CallerVoice, LineClosedError, Utterance
from callagent.audio.conversion import read_audio, resample, trim_silence
from callagent.audio.g711 import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, SILENCE, CodecName, Samples, level_dbfs
from callagent.audio.impairments import Impairments
from callagent.audio.pacing import CallClock, Pacer
from callagent.audio.phone_line import PhoneLine, Playout, Trunk
from callagent.audio.recorder import Recorder, read_recording, read_stereo, write_stereo
from callagent.audio.session_io import LineInput, LineOutput
from callagent.audio.timeline import AUDIBLE_DBFS, Span, Timeline

__all__ = [
    "AUDIBLE_DBFS",
    "FRAME_S",
    "FRAME_SAMPLES",
    "SAMPLE_RATE",
    "SILENCE",
    "CallClock",
    "CallerVoice",
    "CodecName",
    "Impairments",
    "LineClosedError",
    "LineInput",
    "LineMixer",
    "LineOutput",
    "Pacer",
    "PhoneLine",
    "Playback",
    "Playout",
    "Recorder",
    "Samples",
    "SilentPlayer",
    "Sound",
    "SoundPlayer",
    "Span",
    "Timeline",
    "Trunk",
    "Utterance",
    "level_dbfs",
    "read_audio",
    "read_recording",
    "read_stereo",
    "resample",
    "trim_silence",
    "write_stereo",
]
