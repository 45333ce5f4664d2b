"""The simulated phone line: 8 kHz G.711 between a scripted caller and an agent session."""

from callagent.line.audio import read_audio, resample, trim_silence
from callagent.line.caller import CallerVoice, LineClosedError, Utterance
from callagent.line.clock import CallClock
from callagent.line.codec import CodecName
from callagent.line.frames import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, SILENCE, Samples, level_dbfs
from callagent.line.impairments import Impairments
from callagent.line.input import LineInput
from callagent.line.output import LineOutput
from callagent.line.pacer import Pacer
from callagent.line.phone import PhoneLine, Playout
from callagent.line.recording import Recorder, read_stereo, write_stereo
from callagent.line.timeline import AUDIBLE_DBFS, Span, Timeline
from callagent.line.trunk import Trunk

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
    "LineOutput",
    "Pacer",
    "PhoneLine",
    "Playout",
    "Recorder",
    "Samples",
    "Span",
    "Timeline",
    "Trunk",
    "Utterance",
    "level_dbfs",
    "read_audio",
    "read_stereo",
    "resample",
    "trim_silence",
    "write_stereo",
]
