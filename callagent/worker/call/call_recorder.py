"""The recording of a call in a room: what a job needs to make one."""

from collections.abc import Callable

from callagent.agent import AssembledCall
from callagent.journal.call_record import CallRecord
from callagent.profile import RecordingSettings
from callagent.recording.call_recording import CallRecording
from callagent.recording.destination import ENDINGS, file_name_of
from callagent.recording.recording_writer import RecordingFileSpec, RecordingWriter
from callagent.worker.config import WorkerConfig


def record_call(
    config: WorkerConfig, call: AssembledCall, record: CallRecord, settings: RecordingSettings, *, at_once: bool
) -> CallRecording | None:
    """Have a call recorded as its profile says; None where it is not. Its session must not be started yet.

    Args:
        at_once: whether the caller is there already; otherwise it begins with the answer at the earliest.
    """
    if settings.mode == "off" or config.recordings is None:
        return None
    name = file_name_of(record.call, record.started, ENDINGS[settings.format])
    spec = RecordingFileSpec(record.call, name, config.recordings_spool, settings.format, settings.sample_rate)

    def writer(failed: Callable[[str], None]) -> RecordingWriter:
        return RecordingWriter(spec, record.clock, failed)

    return CallRecording(
        call.session,
        settings,
        call.call.recording,
        record.log,
        record.clock,
        location=config.recordings.location(name),
        at_once=at_once,
        make_writer=writer,
    )
