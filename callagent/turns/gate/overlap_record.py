"""The record that each overlap leaves: what was heard and when, which rule decided, what the audio output did."""

from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["interrupt", "drop", "deliver", "pass"]


@dataclass(frozen=True, slots=True)
class Heard:
    """A transcript as it arrived during an overlap."""

    at: float
    text: str
    final: bool
    confidence: float | None


@dataclass(frozen=True, slots=True)
class OverlapRecord:
    """One stretch of caller speech over the agent. Times are seconds of the call.

    `onset` and `offset` bound the caller's speech (`offset` None: it had not ended), `decided_at` is when `rule`
    decided, `silent_at` when the agent's output went silent after an interruption (None: it talked on).
    """

    onset: float
    offset: float | None
    decided_at: float
    decision: Outcome
    rule: str
    heard: tuple[Heard, ...]
    silent_at: float | None = None

    @property
    def reaction_ms(self) -> int:
        """Caller's first sample to the decision, in milliseconds."""
        return round((self.decided_at - self.onset) * 1000)

    @property
    def silent_after(self) -> float | None:
        """Caller's first sample to the agent's silence, in seconds; None where it talked on."""
        return None if self.silent_at is None else max(0.0, self.silent_at - self.onset)

    @property
    def text(self) -> str:
        """The finals in order, or the last interim when there was no final."""
        finals = [h.text for h in self.heard if h.final and h.text]
        if finals:
            return " ".join(finals)
        return self.heard[-1].text if self.heard else ""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of a scripted call's `decisions` entry, plus the whole story."""
        return {
            "at": round(self.decided_at, 3),
            "heard": self.text,
            "decision": self.decision,
            "rule": self.rule,
            "reaction_ms": self.reaction_ms,
            "onset": round(self.onset, 3),
            "offset": None if self.offset is None else round(self.offset, 3),
            "silent_at": None if self.silent_at is None else round(self.silent_at, 3),
            "transcripts": [
                {"at": round(h.at, 3), "text": h.text, "final": h.final, "confidence": h.confidence} for h in self.heard
            ],
        }
