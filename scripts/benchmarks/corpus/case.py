"""One entry of the corpus: who says what, on which line, while the agent does what."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from callagent.audio import Impairments

Meaning = Literal["acknowledgement", "command", "mixed", "content", "tic", "aside", "answer"]

Situation = Literal["speaking", "asked", "listening"]
"""The agent is in the middle of a long speech, has (nearly) ended a question, or is silent."""

LINES: dict[str, Impairments] = {
    "clean": Impairments(),
    "loss 1 %": Impairments(loss=0.01),
    "loss 3 %": Impairments(loss=0.03),
    "loss 5 %": Impairments(loss=0.05),
    "jitter": Impairments(jitter=0.03),
    "noise": Impairments(noise=-45.0),
    "loud noise": Impairments(noise=-38.0),
    "echo": Impairments(echo=-30.0),
}
"""The phone lines of the corpus by name. The seed of each call's line is the case's own."""

SOUNDS = (
    *("cough", "two coughs", "sneeze", "breath", "throat"),
    *("sniff", "sigh", "chuckle", "yawn", "lip smack"),
)
"""Names of sounds that are no speech; a part with such a text is played, not spoken."""


@dataclass(frozen=True)
class Part:
    """A stretch of an utterance. `pause` is the silence before it, in seconds."""

    text: str
    pause: float = 0.0


@dataclass(frozen=True)
class Case:
    """One utterance of a caller, and what is meant with it.

    voice: name of a voice, see `scripts.benchmarks.corpus.voices`.
    level: RMS level of the speech, dBFS. pace: above 1 is slower. locale: the language.
    agent: what the agent says, up to and with the question where it asks one; `agent_goes_on` is said behind it.
    at: first sample of the caller, in seconds from the agent's first (speaking), from the end of its question (asked)
        or from its last (listening).
    """

    index: int
    meaning: Meaning
    parts: tuple[Part, ...]
    voice: str
    line: str
    situation: Situation
    agent: str
    at: float
    agent_goes_on: str = ""
    level: float = -22.0
    pace: float = 1.0
    seed: int = 1
    locale: str = "en"

    @property
    def text(self) -> str:
        """What is said, for people."""
        return " … ".join(part.text for part in self.parts) if self.pauses else " ".join(p.text for p in self.parts)

    @property
    def pauses(self) -> bool:
        """Whether the caller falls silent between the parts."""
        return any(part.pause > 0.3 for part in self.parts)

    @property
    def name(self) -> str:
        """Identifies the case; it changes with everything that what is heard depends on."""
        depends_on = asdict(self)
        if self.locale == "en":  # names from before there were others stay as they are
            del depends_on["locale"]
        content = json.dumps(depends_on, sort_keys=True).encode()
        return f"{self.meaning}-{self.index:03d}-{hashlib.sha256(content).hexdigest()[:8]}"

    @property
    def impairments(self) -> Impairments:
        """The line of this call."""
        known = LINES[self.line]
        return Impairments(loss=known.loss, jitter=known.jitter, noise=known.noise, echo=known.echo, seed=self.seed)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Case":
        """Return the opposite of `dataclasses.asdict`."""
        return cls(**{**data, "parts": tuple(Part(**part) for part in data["parts"])})
