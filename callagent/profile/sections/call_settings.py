"""Settings of a call besides its talk: length, silence, transfers, hold, keys, our numbers, phrases."""

import re
from collections.abc import Collection, Mapping
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, field_validator

from callagent.phone_numbers.dial_string import NumberKind, has_keys, read_dial_string
from callagent.profile.text_templates import Template, check_template
from callagent.yaml_config.errors import Flaw, FlawsError, nearest
from callagent.yaml_config.units import DURATION, Duration, written
from callagent.yaml_config.validation import Settings, Text, Texts

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_EXTENSION = re.compile(r"[1-9*#][0-9*#]{0,7}", re.ASCII)
_DESTINATION = re.compile(r"tel:\+?[0-9*#;=.a-z-]+|sips?:[^\s<>@]+(@[^\s<>@]+)?", re.IGNORECASE)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


ModuleTarget = Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")]
"""Something in a Python module, as package.module:name."""


class FlowSettings(Settings):
    """How long a call and a silence may last."""

    max_duration: Annotated[Duration, DURATION.within("10 s", "24 h")] | None = Field(
        None, description="Length of the call after which the agent ends it, politely; none: no limit."
    )
    idle: Annotated[Duration, DURATION.within("3 s", "10 min")] | None = Field(
        None,
        description="Silence of both sides after which the agent asks whether the caller is there; none: it waits.",
    )
    idle_questions: int = Field(
        1, ge=0, le=5, description="How often it asks before it ends the call, a silence of `idle` after each."
    )
    on_wake_up: ModuleTarget | None = Field(
        None,
        description="A function of your own, as package.module:name, that is called after each silence of `idle` "
        "instead of the question; it gets the `callagent.Call`, or nothing, and may be async.",
    )
    hand_overs: int = Field(
        5,
        ge=1,
        le=100,
        description="How many times the call may be handed over without a word of the caller; then the agent that has "
        "it says `phrases.not_handed_over` and goes on.",
    )
    notice: Template = Field(
        "",
        max_length=1000,
        description="Said before the greeting, to its end whatever the caller says: that the call is recorded, say. "
        "Every agent says it, one of your own too.",
    )


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise FlawsError(Flaw((), f"'{name}' is no time zone", nearest(name, available_timezones())))
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
"""Name of a time zone, as the IANA database has it."""


class HookSettings(Settings):
    """Functions of an author's own that run beside a call. Each gets the `callagent.Call`; what goes wrong in one is in
    the log, and the call goes on.
    """

    started: ModuleTarget | None = Field(
        None,
        description="Runs when the call begins, before the agent speaks; `async` or plain, which runs in a thread.",
    )
    ended: ModuleTarget | None = Field(
        None, description="Runs once the call is over; `call.record()` has what happened in it."
    )
    timeout: Annotated[Duration, DURATION.within("100 ms", "10 s")] = written(
        "5 s", "How long each of them may take; then it is cancelled."
    )


class LimitSettings(Settings):
    """What a provider may send before it counts as failed: the caller is told, and the call ends (phrases.trouble)."""

    reply: int = Field(
        8_000,
        ge=100,
        le=200_000,
        description="Characters of one answer of the model, arguments of its tools included; 8000 are 9 min of speech.",
    )
    reply_time: Annotated[Duration, DURATION.within("5 s", "10 min")] = written(
        "2 min", "How long one answer of the model may take, from the request to its last word."
    )
    speech: Annotated[Duration, DURATION.within("10 s", "60 min")] = written(
        "15 min", "Speech of the voice for one answer."
    )
    speech_pause: Annotated[Duration, DURATION.within("5 s", "5 min")] = written(
        "30 s", "Time without speech from a voice that has all of its text and has not ended."
    )
    transcripts: int = Field(
        50,
        ge=10,
        le=1_000,
        description="Transcripts of the recogniser in a second, interim ones too, over two seconds.",
    )
    transcript: int = Field(10_000, ge=500, le=200_000, description="Characters of one transcript.")


class Destination(Settings):
    """Somewhere the agent can transfer a caller to."""

    to: str = Field(
        description="Number in E.164 (+12025550101), also with an extension (;ext=7) or with pauses and keys that are "
        "pressed after the answer (+12025550101,,7#), or a tel: or sip: URI."
    )
    description: str = Field("", description="Who that is and what for, for the LLM.")

    @field_validator("to")
    @classmethod
    def _can_be_dialled(cls, to: str) -> str:
        number = _E164.match(to)
        with_keys = number is not None and (number.end() == len(to) or has_keys(to[number.end() :]))
        if not (with_keys or _DESTINATION.fullmatch(to)):
            raise ValueError("needs a number such as +12025550101, or a tel: or sip: URI")
        from callagent.profile.sections.destinations import (
            check_destination,  # slow to import, and few profiles transfer
        )

        check_destination(to)
        return to

    @property
    def is_referable(self) -> bool:
        """Whether a REFER (`transfer_call`) can lead there: it presses no keys."""
        return read_dial_string(self.to).uri is not None


class TransferSettings(Settings):
    """Where `transfer_call` and `warm_transfer` may lead: the LLM chooses by name, and nowhere else."""

    destinations: dict[str, Destination] = Field(default_factory=dict, description="Destinations by name.")
    trunk: str = Field("", description="Id of the outbound trunk (ST_…) that a warm transfer dials through.")
    ringing: Annotated[Duration, DURATION.within("5 s", "2 min")] = written("30 s", "How long the other side may ring.")

    @field_validator("destinations")
    @classmethod
    def _names_can_be_chosen(cls, destinations: dict[str, Destination]) -> dict[str, Destination]:
        flaws = [
            Flaw((name,), "the name of a destination has small letters, digits and _, at most 64")
            for name in destinations
            if not _NAME.fullmatch(name)
        ]
        if flaws:
            raise FlawsError(*flaws)
        return destinations


class HoldSettings(Settings):
    """What the caller hears on hold, and for how long."""

    music: str | None = Field(
        None,
        description="Audio file to play over and over, relative to this file; none: the music of livekit-agents.",
    )
    volume: float = Field(0.6, ge=0, le=1, description="Volume of the music, 0 to 1.")
    longest: Annotated[Duration, DURATION.within("5 s", "30 min")] = written(
        "2 min", "After this time the agent comes back, whether the caller has spoken or not."
    )


class KeySettings(Settings):
    """What keys (DTMF) that the caller presses do. They are in the record in any case."""

    interrupt: bool = Field(True, description="The first key stops the agent, as a voice menu does.")
    turns: bool = Field(True, description="What is keyed in is a turn of the caller, and the agent replies to it.")
    pause: Annotated[Duration, DURATION.within("500 ms", "20 s")] = written(
        "2 s", "Time after the last key when an entry of unknown length counts as complete; # completes it at once."
    )
    entry_pause: Annotated[Duration, DURATION.within("500 ms", "60 s")] = written(
        "5 s",
        "Time that a caller may take between two keys of a number of known length, which a tool asks for; the model is "
        "told of an entry that ends so, with keys missing, as incomplete.",
    )


class NumberSettings(Settings):
    """What is different when one of our numbers is dialled."""

    greeting: Annotated[Text, AfterValidator(check_template)] | None = Field(
        None, description="Greeting instead of the profile's."
    )
    tools: Texts | None = Field(None, description="Tools of the profile that calls to this number may use; none: all.")


class Phrases(Settings):
    """What the agent says in moments in which no LLM is asked. Empty: it says nothing."""

    still_there: str = Field("Are you still there?", description="When nobody has spoken for a while.")
    nobody_there: str = Field(
        "I cannot hear you, so I will end the call now. Goodbye.", description="When the silence has gone on."
    )
    time_up: str = Field(
        "I am sorry, but I have to end the call now. Please call again if there is anything else. Goodbye.",
        description="When the call has reached its longest duration.",
    )
    trouble: str = Field(
        "I am sorry, something has gone wrong on our side. Please call again in a few minutes. Goodbye.",
        description="When a provider has failed; the call ends.",
    )
    call_back: str = Field(
        "I am sorry, something has gone wrong on our side. Somebody will call you back as soon as possible. Goodbye.",
        description="The same with `outage.call_back`.",
    )
    one_moment: str = Field(
        "One moment, please.", description="When an answer takes long (`outage.filler_after`) and there are no fillers."
    )
    not_heard: str = Field(
        "I am sorry, I could not hear you just now. Could you say that again, please?",
        description="When the recogniser failed while the caller spoke.",
    )
    closing: str = Field(
        "I am sorry, I have to end this call. Please call again in a moment. Goodbye.",
        description="When the worker stops and the call has had its time.",
    )
    transferring: str = Field("One moment, please. I am putting you through.", description="Before a transfer.")
    not_transferred: str = Field(
        "I am sorry, I could not put you through. Is there anything else that I can do for you?",
        description="When a transfer has failed; the LLM may put it in words of its own.",
    )
    holding: str = Field("Of course, take your time. I will wait.", description="Before the caller is put on hold.")
    not_handed_over: str = Field(
        "I am sorry about the back and forth. I will help you with that myself.",
        description="When agents have handed the caller over to each other too often.",
    )
    failed: str = Field("I am sorry, that did not work.", description="When anything else with the telephone failed.")


def check_costs(destinations: Mapping[str, Destination], refused: Collection[NumberKind]) -> None:
    """Raise FlawsError for destinations that cost more than a call.

    Args:
        refused: kinds of numbers that the agent may not dial either, `dialling.refused_kinds`.
    """
    if not destinations:
        return
    from callagent.profile.sections.destinations import kind_of_destination

    kinds = {name: kind_of_destination(destination.to) for name, destination in destinations.items()}
    flaws = [
        Flaw((name, "to"), f"costs more than a call; take {kind} out of dialling.refused_kinds to allow it")
        for name, kind in kinds.items()
        if kind in refused
    ]
    if flaws:
        raise FlawsError(*flaws)


def check_refers(destinations: Mapping[str, Destination], tools: Collection[str]) -> None:
    """Raise FlawsError for destinations that no transfer tool of the profile can reach."""
    keyed = [name for name, destination in destinations.items() if not destination.is_referable]
    if "transfer_call" not in tools or ("warm_transfer" in tools and len(keyed) < len(destinations)):
        return
    way = "transfer_call (REFER) cannot press keys: use warm_transfer, or ;ext= where the network dials extensions"
    if flaws := [Flaw((name, "to"), f"'{destinations[name].to}' has keys behind it; {way}") for name in keyed]:
        raise FlawsError(*flaws)


def check_numbers(numbers: dict[str, NumberSettings], tools: Collection[str]) -> None:
    """Raise FlawsError for keys that are no numbers and for tools that the profile has not got."""
    flaws = [
        Flaw((number,), "needs a number in E.164, such as +12025550100, or an extension of a PBX")
        for number in numbers
        if not (_E164.fullmatch(number) or _EXTENSION.fullmatch(number))
    ]
    for number, settings in numbers.items():
        for index, tool in enumerate(settings.tools or ()):
            if tool not in tools:
                flaws.append(Flaw((number, "tools", index), f"the profile has no tool '{tool}'"))
    if flaws:
        raise FlawsError(*flaws)
