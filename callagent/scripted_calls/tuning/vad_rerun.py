"""The recordings of the calls, heard by the profile's VAD."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callagent.journal import CallJournal
from callagent.profile import Profile
from callagent.providers import make_vad
from callagent.scripted_calls.tuning.candidate import Trial
from callagent.scripted_calls.tuning.speech_probability import listen, recorded_seconds

SLACK_S = 1.0
"""Seconds that a recording may be shorter than its call."""

NO_RECORDING = (
    "VAD thresholds were not tried: no call has a recording (call.wav) beside its journal; calls made with "
    "--level audio get one"
)
SAME_WORDS = (
    "the words are those of the calls; the local recogniser listens by the same VAD and may hear them a little earlier "
    "or later with another threshold"
)


@dataclass(frozen=True)
class Heard:
    """The calls that a setting can show in, and what has to be said about their recordings."""

    trials: Sequence[Trial]
    notes: Sequence[str]

    @property
    def with_vad(self) -> bool:
        """Whether thresholds of the VAD can be tried."""
        return any(trial.heard for trial in self.trials)


def hear(journals: Sequence[CallJournal], profile: Profile) -> Heard:
    """Make the calls ready to be tried, with the speech of those that have a recording.

    Raises:
        ConfigError: a file is no recording of a call, or the profile's VAD is not available here.
    """
    useful = [journal for journal in journals if Trial(journal).of_use]
    recordings = [_whole(journal) for journal in useful]
    known = [recording for recording in recordings if recording is not None]
    if not known:
        return Heard([Trial(journal) for journal in useful], [NO_RECORDING])
    speech = listen(known, make_vad(profile))
    trials = [
        Trial(journal, None if recording is None else speech[recording])
        for journal, recording in zip(useful, recordings, strict=True)
    ]
    notes = [SAME_WORDS] if profile.providers.stt.use == "local" else []
    if missing := len(useful) - len(known):
        notes.append(
            f"{missing} of {len(useful)} calls have no recording of the whole call: there the caller's speech begins "
            "and ends as in the journal, whatever the VAD threshold"
        )
    return Heard(trials, notes)


def _whole(journal: CallJournal) -> Path | None:
    """Return the recording of a call; None without one, and where it ends before the call does."""
    recording = journal.recording
    if recording is None or recorded_seconds(recording) < journal.seconds - SLACK_S:
        return None
    return recording
