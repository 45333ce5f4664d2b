"""Prompts of the telephone exchange Asterisk, spoken by people: what a caller's own sentence sounds like on a line.

They are the Debian packages `asterisk-core-sounds-LANGUAGE-wav` (8 kHz; Creative Commons Attribution-ShareAlike 3.0),
fetched with apt into the cache and never part of the repository.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from callagent.audio import Samples, read_audio
from scripts.benchmarks.corpus.synthesisers import Hum
from scripts.benchmarks.corpus.voice_store import VoicesMissing, from_debian, once

HUMAN: Final = "asterisk"
"""The engine's name; its voices are named by the language: "asterisk en"."""

_ENGLISH: Final = {
    "Please enter your password followed by the pound key.": "agent-pass",
    "All circuits are busy now.": "all-circuits-busy-now",
    "Your call cannot be completed as dialed.": "cannot-complete-as-dialed",
    "Please check the number and dial again.": "check-number-dial-again",
    "You are entering conference number.": "conf-enteringno",
    "Please enter the conference pin number.": "conf-getpin",
    "You have been kicked from this conference.": "conf-kicked",
    "You are currently the only person in this conference.": "conf-onlyperson",
    "The conference will begin when the leader arrives.": "conf-waitforleader",
    "No directory entries match your search.": "dir-nomatch",
    "There are no more compatible entries in the directory.": "dir-nomore",
    "Please enter the number to be blacklisted.": "enter-num-blacklist",
    "That feature is not available on this line.": "feature-not-avail-line",
    "Information about your last call.": "info-about-last-call",
    "The number is not answering.": "number-not-answering",
    "Please try your call again later.": "please-try-call-later",
    "I'm sorry, that number is not valid.": "privacy-incorrect",
    "The estimated hold time is currently.": "queue-holdtime",
    "Thank you for your patience.": "queue-thankyou",
    "Weasels have eaten our phone system.": "tt-weasels",
    "Your message has been successfully forwarded.": "vm-msgforwarded",
    "Nobody is available to take your call at the moment.": "vm-nobodyavail",
    "Your passwords have been changed.": "vm-passchanged",
    "After the tone, say your name and then press the pound key.": "vm-rec-name",
    "To leave a message, please enter a mailbox number.": "vm-whichbox",
}

_ELSEWHERE: Final = (
    "agent-pass",
    "conf-onlyperson",
    "conf-waitforleader",
    "dir-nomatch",
    "queue-thankyou",
    "vm-nobodyavail",
    "vm-passchanged",
    "vm-rec-name",
)
"""In other languages the name of a prompt stands for its words."""

PROMPTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"en": _ENGLISH, **{language: {name: name for name in _ELSEWHERE} for language in ("es", "fr", "it")}}
)
"""Language -> what is said -> the file's name. There is no such package in German."""


class Recordings:
    """The prompts of a language; a variant is the language. They are played as they are, at their own pace."""

    def prepare(self, variant: str, *, install: bool) -> None:
        """Fetch the package, if that is allowed."""
        if variant not in PROMPTS:
            raise VoicesMissing(f"there are no recorded prompts in {variant}")
        self._directory(variant, install=install)

    def version(self) -> str:
        """Return the collection's name: the recordings do not change."""
        return "asterisk-core-sounds"

    def say(self, variant: str, text: str, hum: Hum | None, pace: float) -> Samples:
        """Return the recording. Raise `OSError` where it is missing."""
        name = PROMPTS[variant].get(text)
        if name is None:
            raise OSError(f"no recorded prompt says: {text}")
        found = sorted(self._directory(variant, install=False).glob(f"usr/share/asterisk/sounds/*/{name}.wav"))
        if not found:
            raise OSError(f"the recorded prompts in {variant} lack {name}")
        return read_audio(found[0])

    def _directory(self, variant: str, *, install: bool) -> Path:
        package = f"asterisk-core-sounds-{variant}-wav"
        return once(package, from_debian(package), install=install)
