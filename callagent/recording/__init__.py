"""Recordings of calls: what was heard, which file it is in, and where that is kept.

Here is what is done with recordings that are there; what makes them has no common face, because it loads an encoder and
the session of a call.
"""

from callagent.recording.destination import Destination, RecordingUnavailable, destination_of
from callagent.recording.recording_delivery import fetch_recording, remove_recording

__all__ = ["Destination", "RecordingUnavailable", "destination_of", "fetch_recording", "remove_recording"]
