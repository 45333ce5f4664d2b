"""Settings of outbound calls: whom the agent may call and when, how long it rings, what it does with machines."""

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Annotated, Any, Literal, get_args

from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from callagent.phone_numbers.dial_string import NumberKind
from callagent.profile.text_templates import Template, check_template
from callagent.yaml_config.errors import Flaw, FlawsError, nearest
from callagent.yaml_config.units import DURATION, Duration, written
from callagent.yaml_config.validation import Settings, Text, Texts

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)

Unanswered = Literal["busy", "no answer", "declined", "unavailable", "machine", "trunk failure"]
"""Outcomes of a call that may be worth another try."""

MachineAction = Literal["hang up", "leave message", "continue"]
MenuAction = Literal["hang up", "navigate", "continue"]

NO_COUNTRY = "001"
"""Region of the numbers that belong to no country, such as +800."""


class ClockTime:
    """A time of day, 24 hours: the text ``09:00`` becomes the duration since midnight; ``24:00`` ends a day."""

    _WRITTEN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"

    @classmethod
    def parse(cls, value: object) -> timedelta:
        """Raise ValueError that says how to write it."""
        if not isinstance(value, str) or not re.fullmatch(cls._WRITTEN, value):
            raise ValueError("needs a time of day in quotes, for example '09:00'")
        hours, minutes = value.split(":")
        return timedelta(hours=int(hours), minutes=int(minutes))

    @staticmethod
    def text(value: timedelta) -> str:
        """Return the time as ``parse`` reads it."""
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        as_text = core_schema.plain_serializer_function_ser_schema(self.text, return_schema=core_schema.str_schema())
        return core_schema.no_info_plain_validator_function(self.parse, serialization=as_text)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": self._WRITTEN, "examples": ["09:00"]}


TimeOfDay = Annotated[timedelta, ClockTime()]


class CallingHours(Settings):
    """When people may be called, by the clock where they are."""

    opens: TimeOfDay = Field("09:00", validate_default=True, description="From when on, in the callee's time zone.")
    closes: TimeOfDay = Field("20:00", validate_default=True, description="Until when; a call may not begin later.")
    days: Annotated[tuple[Day, ...], Field(strict=False, min_length=1)] = Field(
        ("mon", "tue", "wed", "thu", "fri", "sat"), description="On which days of the week."
    )

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "CallingHours":
        if self.closes <= self.opens:
            raise FlawsError(Flaw(("closes",), f"must be later than opens ({ClockTime.text(self.opens)})"))
        return self

    @property
    def always(self) -> bool:
        """Whether there is no moment at which nobody may be called."""
        return set(self.days) == set(DAYS) and self.opens == timedelta() and self.closes == timedelta(days=1)

    def include(self, weekday: int, at: time) -> bool:
        """Tell whether the moment is within; ``weekday`` 0 is Monday."""
        since_midnight = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
        return DAYS[weekday] in self.days and self.opens <= since_midnight < self.closes


class RetrySettings(Settings):
    """Whether and when a number is called again that was not reached."""

    times: int = Field(0, ge=0, le=10, description="Further attempts after the first one; 0 switches retries off.")
    on: Annotated[tuple[Unanswered, ...], Field(strict=False)] = Field(
        ("busy", "no answer"), description="Outcomes that are worth another attempt."
    )
    after: Annotated[Duration, DURATION.within("1 s", "24 h")] = written("10 min", "Pause before the next attempt.")


class Introduction(Settings):
    """What a call screener is told."""

    say: Annotated[Text, AfterValidator(check_template)] = Field(
        max_length=2000,
        description="Who calls and why; the person reads or hears it and decides. `{call.metadata.NAME}` and the like "
        "are filled in.",
    )


class MachineSettings(Settings):
    """What the agent does when something other than a person answers."""

    detect: bool = Field(True, description="Listen to who answers before speaking; false: speak at once.")
    voicemail: MachineAction = Field("hang up", description="A voice mailbox that takes messages.")
    unavailable: MachineAction = Field("hang up", description="A mailbox that is full or not set up, an announcement.")
    menu: MenuAction = Field("hang up", description="A menu of keys to press, or a queue for whoever is free.")
    screening: Literal["hang up", "continue"] | Introduction = Field(
        "hang up", description="A call screener that asks who calls; with `say` it is told, and the person waited for."
    )
    hold: Annotated[Duration, DURATION.within("0 ms", "10 min")] = written(
        "60 s", "How long a call that the network keeps waiting, or a screener passes on, is waited with."
    )
    uncertain: Literal["hang up", "continue"] = Field("continue", description="Nobody can tell, or nothing is said.")
    message: Template = Field(
        "",
        max_length=2000,
        description="What `leave message` says after the beep; `{call.metadata.NAME}` and the like are filled in.",
    )
    no_speech: Annotated[Duration, DURATION.within("1 s", "30 s")] = written(
        "4 s", "Silence after the answer from which on it is uncertain who is there."
    )
    timeout: Annotated[Duration, DURATION.within("2 s", "60 s")] = written(
        "20 s", "How long the detection may take before it is uncertain who is there."
    )
    human_silence: Annotated[Duration, DURATION.within("200 ms", "5 s")] = written(
        "1 s", "Silence after a short first phrase without a transcript from which on a person has answered."
    )
    recheck: Annotated[Duration, DURATION.within("0 ms", "30 s")] = written(
        "8 s", "How long after that what is heard may still show that it is a machine; 0 ms: not at all."
    )
    beep: Annotated[Duration, DURATION.within("0 ms", "10 s")] = written(
        "3 s",
        "Longest wait for the beep, counted from the end of a mailbox's greeting; then the message is left anyway.",
    )

    def in_words(self, spoken: Callable[[str], str]) -> "MachineSettings":
        """Return the settings with what is said to a machine as `spoken` makes it of the text."""
        screening = self.screening
        if isinstance(screening, Introduction):
            screening = screening.model_copy(update={"say": spoken(screening.say)})
        return self.model_copy(update={"message": spoken(self.message), "screening": screening})

    @model_validator(mode="after")
    def _message_to_leave(self) -> "MachineSettings":
        flaws = [
            Flaw((key,), "is 'leave message', but there is no message", related=("message",))
            for key in ("voicemail", "unavailable")
            if getattr(self, key) == "leave message" and not self.message.strip()
        ]
        if flaws:
            raise FlawsError(*flaws)
        return self


class DialSettings(Settings):
    """Outbound calls. The guards are on unless they are switched off here."""

    countries: Texts = Field(
        (), description="Countries that may be called, as ISO 3166 codes; empty: only the country of the caller-ID."
    )
    refused_kinds: Annotated[tuple[NumberKind, ...], Field(strict=False)] = Field(
        ("premium-rate", "international-premium", "satellite", "international-network"),
        description="Kinds of numbers that are never called, because somebody pays for it.",
    )
    hours: CallingHours = Field(default_factory=CallingHours, description="When people may be called.")
    attempts_per_day: int = Field(3, ge=1, le=1000, description="Attempts per number within 24 hours.")
    do_not_call: str = Field(
        "",
        description="File with numbers that are never called, one a line; beside those of `callagent dnc`. "
        "A path relative to this file.",
    )
    any_caller_id: bool = Field(False, description="Allow a caller-ID that is not a number of the trunk.")
    max_call: Annotated[Duration, DURATION.within("10 s", "24 h")] = written(
        "30 min", "Longest call; the line is cut then."
    )
    ringing_timeout: Annotated[Duration, DURATION.within("5 s", "80 s")] = written(
        "30 s", "How long it rings before the call counts as not answered."
    )
    retries: RetrySettings = Field(default_factory=RetrySettings, description="Calling again, off by default.")
    machines: MachineSettings = Field(default_factory=MachineSettings, description="Answering machines and menus.")

    @field_validator("countries")
    @classmethod
    def _countries_exist(cls, countries: tuple[str, ...]) -> tuple[str, ...]:
        if not countries:
            return countries
        known = {*SUPPORTED_REGIONS, NO_COUNTRY}
        flaws = [
            Flaw((index,), f"'{code}' is not an ISO 3166 country code", nearest(code, known))
            for index, code in enumerate(countries)
            if code not in known
        ]
        if flaws:
            raise FlawsError(*flaws)
        return countries
