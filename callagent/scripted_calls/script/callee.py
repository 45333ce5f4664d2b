"""The called side of an outbound call: whether and how it answers, and what it does by itself."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from callagent.journal import AgentKeys, Answered, CallEnded, EndReason, Observation, ObservationLog, Ringing
from callagent.scripted_calls.script.caller import CallerAudio, Sound, Speech, telephone_keys
from callagent.yaml_config import Flaw, FlawsError, Settings
from callagent.yaml_config.validation import Text

RING_S = 3.0
"""Seconds from one ring to the next: the cadence of the United Kingdom (0.4 s, 0.2 s pause, 0.4 s, 2 s pause)."""

ENTRY_S = 1.0
"""Seconds after the last key when a menu takes the entry as complete."""

AnswerName = Literal[
    "a person", "voicemail", "a menu", "call screening", "a hold", "an announcement", "busy", "no answer", "declined"
]

DETECTED: tuple[AnswerName, ...] = ("call screening", "a hold", "an announcement")
"""What the agent treats by its profile's `dialling.machines`, unless the script says otherwise."""

SPEAKING: tuple[AnswerName, ...] = ("voicemail", "a menu", *DETECTED)
"""What has something to say by itself."""

UNANSWERED: Mapping[str, EndReason] = {"busy": "busy", "no answer": "no answer", "declined": "declined"}
"""How a call ends that nobody answers."""


class CalleePart(Settings):
    """Who is called. A person who picks up says nothing by themselves unless `says` is given; steps do the rest."""

    answers: AnswerName = Field("a person", description="Who or what answers.")
    rings: Annotated[int, Field(ge=0, le=20)] = Field(1, description=f"Rings before that, one every {RING_S:g} s.")
    says: Text | None = Field(None, description="The first words: a person's hello, a greeting, the choices of a menu.")
    detect: bool | None = Field(
        None,
        description="Whether the agent finds out who has answered and acts by `dialling.machines`, as in `callagent "
        "dial`; left out, where call screening, a hold or an announcement answers.",
    )
    beep: bool = Field(True, description="Voicemail: whether a beep follows the greeting.")
    keys: dict[str, Text] = Field(
        default_factory=dict, description="A menu: what is said after the keys that the agent sends."
    )
    otherwise: Text = Field("Sorry, that is not a valid choice.", description="A menu: what is said after other keys.")

    @field_validator("keys")
    @classmethod
    def _keys_exist(cls, keys: dict[str, str]) -> dict[str, str]:
        for entry in keys:
            if not entry:
                raise FlawsError(Flaw((entry,), "needs at least one key"))
            telephone_keys(entry)
        return keys

    @model_validator(mode="after")
    def _parts_fit(self) -> "CalleePart":
        flaws = []
        if self.answers in UNANSWERED and self.says:
            flaws.append(Flaw(("says",), f"is never said: nobody answers ({self.answers})"))
        if self.answers in SPEAKING and not self.says:
            flaws.append(Flaw(("says",), f"is missing: what {self.answers} says first"))
        if self.answers == "a menu" and not self.keys:
            flaws.append(Flaw(("keys",), "is missing: a menu has keys to choose by"))
        if self.answers != "a menu" and self.keys:
            flaws.append(Flaw(("keys",), "belongs to `answers: a menu`"))
        if self.answers != "voicemail" and "beep" in self.model_fields_set:
            flaws.append(Flaw(("beep",), "belongs to `answers: voicemail`"))
        if flaws:
            raise FlawsError(*flaws)
        return self

    @property
    def detected(self) -> bool:
        """Whether the agent finds out who has answered before it speaks."""
        return self.answers in DETECTED if self.detect is None else self.detect

    @property
    def voices(self) -> tuple[CallerAudio, ...]:
        """Everything that the called side may play by itself."""
        words = [*([self.says] if self.says else []), *self.keys.values()]
        if self.answers == "a menu":
            words.append(self.otherwise)
        beep: tuple[CallerAudio, ...] = (Sound("beep"),) if self.answers == "voicemail" and self.beep else ()
        return (*(Speech(each) for each in words), *beep)


async def ring(callee: CalleePart | None, log: ObservationLog) -> bool:
    """Let it ring until it is answered; False, and the call has ended, when it is not. Inbound calls are answered."""
    if callee is None:
        return True
    for _ in range(callee.rings):
        log.add(Ringing(log.now()))
        await asyncio.sleep(RING_S)
    if reason := UNANSWERED.get(callee.answers):
        log.add(CallEnded(log.now(), reason))
        return False
    log.add(Answered(log.now()))
    return True


class Callee:
    """What the called side does by itself once it has answered.

    Args:
        speak: plays something on the line, behind what is being played.
    """

    def __init__(self, part: CalleePart, log: ObservationLog, speak: Callable[[CallerAudio], object]) -> None:
        self._part = part
        self._speak = speak
        self._log = log
        self._entry = ""
        self._timers: list[asyncio.TimerHandle] = []
        log.listen(self._observed)

    def begin(self) -> None:
        """Say the first words."""
        if self._part.says:
            self._speak(Speech(self._part.says))
        if self._part.answers == "voicemail" and self._part.beep:
            self._speak(Sound("beep"))

    def _observed(self, entry: Observation) -> None:
        if isinstance(entry, CallEnded):
            self._cancel()
        elif isinstance(entry, AgentKeys) and self._part.keys:
            self._cancel()
            self._entry += entry.digits
            if self._entry in self._part.keys or entry.digits.endswith("#"):
                self._chosen()
            else:
                self._timers.append(asyncio.get_running_loop().call_later(ENTRY_S, self._chosen))

    def _chosen(self) -> None:
        entry, self._entry = self._entry, ""
        keys = self._part.keys
        self._speak(Speech(keys.get(entry, keys.get(entry.rstrip("#"), self._part.otherwise))))

    def _cancel(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
