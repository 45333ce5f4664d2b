"""What happens in a call when a provider fails, or something hangs: the other half of `callagent.journal.events`."""

from dataclasses import dataclass
from typing import Literal

from callagent.journal.events import Observation

OutageStep = Literal["filler", "asked again", "sentence", "transfer", "call back"]
"""What the caller got: a filler, a request to say it once more, the sentence for an outage, a transfer, or the promise
of a call."""


@dataclass(frozen=True, slots=True)
class ProviderFailed(Observation):
    """A provider of the part `stt`, `llm` or `tts` failed with an error of this kind, its class; never its words."""

    part: str
    provider: str
    error: str


@dataclass(frozen=True, slots=True)
class FellBack(Observation):
    """Another provider of a chain, `to`, answers from now on instead of `provider`."""

    part: str
    provider: str
    to: str


@dataclass(frozen=True, slots=True)
class Recovered(Observation):
    """A provider that stands earlier in its chain answers again."""

    part: str
    provider: str


@dataclass(frozen=True, slots=True)
class Hung(Observation):
    """Something took too long: `who` is `model`, `voice`, `recogniser`, `tool`, or `event loop`; `where` is what it was
    doing where that is known (the name of a tool, the file and the line of code); `seconds` since it began.
    """

    who: str
    where: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class OutageTreated(Observation):
    """What the caller got because of it."""

    step: OutageStep
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallBackDue(Observation):
    """The caller has been told that somebody calls them back; `why` is what failed."""

    why: str = ""
