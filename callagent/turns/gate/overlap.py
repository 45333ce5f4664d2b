"""One stretch of caller speech that touches the agent's speech: its state, created afresh for each."""

from dataclasses import dataclass, field

from callagent.turns.gate.decisions import Decision, Journal
from callagent.turns.gate.events import Transcript
from callagent.turns.gate.overlap_record import Heard, Outcome, OverlapRecord

MAX_HEARD = 64
"""Transcripts kept for the journal of one overlap; later ones replace the last."""


@dataclass(slots=True)
class Overlap:
    """State of one overlap. `onset` and `offset` are the caller's first and last sample, in seconds."""

    onset: float
    began_at: float
    in_silence: bool = False
    """The caller began while the agent was silent: what is said then is an ordinary turn, whatever its words."""
    after_ack: bool = False
    """The caller acknowledged what the agent says just before, and so may well do it again."""
    speaking: bool = True
    """The VAD has not reported the end of the speech."""
    audible: bool = True
    """The line is loud; a VAD reports the end of speech only after its own stretch of silence."""
    offset: float | None = None
    loud_from: float | None = None
    """When the line became loud, where the VAD had taken something faint for speech before."""
    sounds_from: float | None = None
    """When the line was loud first; None: it has been faint so far."""
    heard: list[Heard] = field(default_factory=list)
    interim: int | None = None
    """Key of the latest interim, while it is kept back."""
    pending: int = 0
    """Finals kept back that still wait for their fate."""
    answer: bool = False
    """What is said here answers the agent."""
    barred: str = ""
    """The rule by which the latest words would have stopped the agent, had its speech not been uninterruptible."""
    passed: bool = False
    """Words of it have reached the session."""
    closed: bool = False
    last_content: tuple[str, ...] = ()
    last_command: str = ""
    outcome: Outcome | None = None
    rule: str = ""
    decided_at: float = 0.0
    silent_at: float | None = None

    @property
    def last_heard(self) -> str:
        """The latest words, empty when none were heard."""
        return self.heard[-1].text if self.heard else ""

    @property
    def words_at(self) -> float | None:
        """When a transcript with words came last, None while none has."""
        return next((heard.at for heard in reversed(self.heard) if heard.text.strip()), None)

    def hold_interim(self, key: int) -> tuple[int, ...]:
        """Keep interim `key` back; the one it supersedes, if any, is returned."""
        superseded = self.take_interim()
        self.interim = key
        return superseded

    def take_interim(self) -> tuple[int, ...]:
        """Return the interim kept back, if any, which is no longer kept."""
        taken = () if self.interim is None else (self.interim,)
        self.interim = None
        return taken

    def speech_seconds(self, now: float) -> float:
        """Tell how long the caller has been speaking."""
        begin = self.onset if self.loud_from is None else self.loud_from
        return (now if self.offset is None else self.offset) - begin

    def note(self, transcript: Transcript) -> None:
        """Keep a transcript for the journal."""
        if len(self.heard) >= MAX_HEARD:
            self.heard.pop()
        self.heard.append(Heard(transcript.at, transcript.text[:500], transcript.final, transcript.confidence))

    def decide(self, at: float, outcome: Outcome, rule: str) -> None:
        """Note a decision. The first is the one that counts, except that an
        interruption overrules what came before it.
        """
        overruled = outcome == "interrupt" and self.outcome != "interrupt"
        if self.outcome is None or overruled:
            self.outcome, self.rule, self.decided_at = outcome, rule, at

    def leave_record(self, out: list[Decision]) -> None:
        """Add the journal entry to `out`, once the overlap is closed and the fate of all its words is known."""
        record = self.record()
        if self.closed and not self.pending and record is not None:
            out.append(Journal(record))

    def record(self) -> OverlapRecord | None:
        """Return the journal entry, or None while nothing was decided."""
        if self.outcome is None:
            return None
        return OverlapRecord(
            onset=self.onset,
            offset=self.offset,
            decided_at=self.decided_at,
            decision=self.outcome,
            rule=self.rule,
            heard=tuple(self.heard),
            silent_at=self.silent_at,
        )
