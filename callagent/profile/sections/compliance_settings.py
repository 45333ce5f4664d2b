"""What a call owes the other side: what to tell them and by when, not to call them again, not to keep some of it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from callagent.phrases import Phrase
from callagent.profile.sections.turn_settings import TelephoneKey, key_as_it_is_written
from callagent.profile.text_templates import Template
from callagent.sanitise.redaction import RedactedKind, Redaction
from callagent.yaml_config.errors import Flaw, FlawsError, nearest
from callagent.yaml_config.units import DURATION, Duration, written
from callagent.yaml_config.validation import Settings

KINDS: Final = ("company", "ai", "recording", "opt_out")
"""Disclosures that have a name everywhere. The last one is said last, those of the author before it."""

CallDirection = Literal["inbound", "outbound"]
BOTH: Final[tuple[CallDirection, ...]] = ("inbound", "outbound")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def long_form(value: Any) -> Any:
    """Return a disclosure that is written as `on`, or as its text, as a mapping; anything else as it is."""
    if value is True or value == "on":
        return {}
    if value == "off":
        return value
    return {"text": value} if isinstance(value, str) else value


def _text_or_mapping(schema: dict[str, Any]) -> None:
    mapping = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties")}
    schema["anyOf"] = [{"type": "string"}, {"type": "boolean"}, mapping]


class Disclosure(Settings):
    """Something that the other side must be told. Written as a text alone, or as `on` for the text of the language."""

    model_config = ConfigDict(json_schema_extra=_text_or_mapping)

    text: Template = Field(
        "", max_length=1000, description="What is said; left out: the text of the language, in `compliance.texts`."
    )
    within: Annotated[Duration, DURATION.within("1 s", "5 min")] = written(
        "10 s", "By when it must have been said, from the answer."
    )
    uninterruptible: bool = Field(
        True, description="false: the other side may cut it off, and it is said again once they have been answered."
    )
    directions: Annotated[tuple[CallDirection, ...], Field(strict=False, min_length=1)] = Field(
        BOTH, description="Which calls."
    )
    voicemail: bool = Field(True, description="Whether it is said before a message that is left, too.")


class DisclosureTexts(Settings):
    """What is said where a disclosure has no text of its own. Each locale has its own."""

    ai: Template = Field("You are speaking with an automated assistant.", description="That no human speaks.")
    recording: Template = Field("This call is recorded.", description="That the call is recorded.")
    opt_out: Template = Field(
        "If you do not want to be called again, please say so at any time.",
        description="How not to be called again.",
    )

    def of(self, kind: str) -> str:
        """Return the text of a kind; empty where only the author can know it."""
        return str(getattr(self, kind)) if kind in type(self).model_fields else ""


class OptOutSettings(Settings):
    """What a caller says or presses who does not want to be called again, and what becomes of it."""

    honoured: bool = Field(
        False,
        description="Whether it is acted on by itself: their number goes on the do-not-call list, they are told so, "
        "and the call ends.",
    )
    phrases: Annotated[tuple[Phrase, ...], Field(strict=False)] = Field(
        (),
        description="What they say: words side by side, or /a regular expression/.",
    )
    unless_after: Annotated[tuple[Phrase, ...], Field(strict=False)] = Field(
        (), description="Words directly before a phrase with which it means something else (`do not`, `did you`)."
    )
    key: TelephoneKey = Field(
        "off", description="A key that means the same when it is pressed by itself, in quotes; or off."
    )
    confirmed: Template = Field(
        "I have noted that. We will not call you again. Goodbye.", description="Said when the number is on the list."
    )
    not_listed: Template = Field(
        "I have noted that you do not want to be called. Goodbye.",
        description="Said when it could not be put there, because the number is withheld, say.",
    )

    @field_validator("key", mode="before")
    @classmethod
    def _key_as_it_is_written(cls, value: object) -> object:
        return key_as_it_is_written(value)


def _kept(value: Any) -> Any:
    """Return disclosures in their long form, without those that are `off`."""
    if not isinstance(value, Mapping):
        return {} if value is False or value == "off" else value
    return {name: long_form(each) for name, each in value.items() if each is not False and each != "off"}


class ComplianceSettings(Settings):
    """What the other side must be told. None of it is legal advice: which rules hold for a call, its lawyers know."""

    disclosures: Annotated[dict[str, Disclosure], BeforeValidator(_kept)] = Field(
        default_factory=dict,
        description="By name, and said first in a call: `company`, `ai`, `recording`, those with a name of your own, "
        "`opt_out`. A text alone, or `on` for that of the language; `off` removes an inherited one.",
    )
    texts: DisclosureTexts = Field(default_factory=DisclosureTexts, description="Texts of the language.")
    opt_out: OptOutSettings = Field(default_factory=OptOutSettings, description="Not to be called again.")

    @model_validator(mode="after")
    def _everything_can_be_said(self) -> "ComplianceSettings":
        flaws = [flaw for name, spec in self.disclosures.items() if (flaw := self._flaw(name, spec))]
        if self.opt_out.honoured and not self.opt_out.phrases and self.opt_out.key == "off":
            flaws.append(Flaw(("opt_out", "phrases"), "is missing"))  # unless there only to be laid over a language
        if flaws:
            raise FlawsError(*flaws)
        return self

    def _flaw(self, name: str, spec: Disclosure) -> Flaw | None:
        if not _NAME.fullmatch(name):
            return Flaw(("disclosures", name), "the name of a disclosure has small letters, digits and _, at most 64")
        if self.text_of(name).strip():
            return None
        message = "needs its text: only for ai, recording and opt_out has a language one"
        return Flaw(("disclosures", name), message, nearest(name, [kind for kind in KINDS if kind != name]))

    def text_of(self, name: str) -> str:
        """Return what is said for a disclosure, its fields not filled in."""
        return self.disclosures[name].text or self.texts.of(name)

    def due(self, direction: str, *, voicemail: bool = False) -> dict[str, Disclosure]:
        """Return what must be said in a call of a direction, in order; before a message that is left, those of it."""
        *first, last = KINDS
        own = [name for name in self.disclosures if name not in KINDS]
        specs = ((name, self.disclosures[name]) for name in (*first, *own, last) if name in self.disclosures)
        return {
            name: spec for name, spec in specs if direction in spec.directions and (spec.voicemail or not voicemail)
        }


class PrivacySettings(Settings):
    """What is masked in journals, records, reports and what a job tells its room. In logs `card`, `iban` and
    `national_id` are masked whatever stands here, and telephone numbers are shortened.
    """

    redact: Annotated[tuple[RedactedKind, ...], Field(strict=False)] = Field(
        ("card", "national_id"),
        description="Kinds: card (Luhn, and keys of a card number behind the eighth), iban, national_id (with check "
        "digits, by country), email, phone, birth_date, keys (all that are pressed while a tool collects digits). "
        "`[]`: none. Spoken digits count too.",
    )

    def redaction(self, language: str) -> Redaction:
        """Return the policy for calls in a language, a BCP 47 tag."""
        return Redaction(self.redact, language)
