"""How words and numbers are read aloud, and what tells what a number is: English words, unless a locale has its own."""

import re

from pydantic import Field, field_validator

from callagent.yaml_config.validation import Settings, Text, Texts

_WORDS = "`*` at an end of a word stands for any letters."

CODES = (
    *(
        "code",
        "codes",
        "passcode",
        "password",
        "PIN",
        "OTP",
        "CVV",
        "CVC",
        "IBAN",
        "BIC",
        "sort code",
        "routing number",
    ),
    *("account number", "customer number", "customer ID", "member number", "membership number", "policy number"),
    *("confirmation number", "booking number", "booking reference", "reservation number", "reference number"),
    *("order number", "order no", "ticket number", "case number", "claim number", "invoice number", "tracking number"),
    *("serial number", "card number", "license number", "licence number", "passport number", "social security number"),
    *("SSN", "ZIP", "zip code", "postcode", "postal code", "card ending in", "account ending in", "number ending in"),
    *("last four digits", "last four", "last 4", "last 4 digits", "extension", "extensions", "ext", "PNR"),
)
REFERENCES = (
    *("order", "reference", "ref", "confirmation", "booking", "reservation", "account", "acct", "ticket", "case"),
    *(
        "claim",
        "invoice",
        "tracking",
        "policy",
        "customer",
        "member",
        "card",
        "number",
        "ID",
        "serial",
        "a/c",
        "ending in",
        "ends in",
        "ending with",
    ),
)
TELEPHONE = (
    *("call", "calling", "dial", "dialling", "dialing", "phone", "telephone", "tel", "ring", "fax", "text", "whatsapp"),
    *("reach us", "reach me", "reach him", "reach her", "reach them", "mobile", "cell", "hotline", "helpline"),
    *(
        "number is",
        "number's",
        "toll-free",
        "toll free",
        "freephone",
        "line at",
        "contact us",
        "STOP to",
        "HELP to",
        "START to",
        "YES to",
    ),
)
BETWEEN = (
    *("is", "are", "was", "it's", "number", "numbers", "no", "nos", "nr", "num", "the", "your", "our", "my", "their"),
    *("and", "or", "code", "as follows", "following", "reference", "ID", "reads", "will be", "would be", "which is"),
)
ABOUT = (
    *("about", "around", "roughly", "approximately", "nearly", "almost", "over", "under", "exceeds", "some", "than"),
    *("to order", "I order", "you order", "we order", "they order", "can order", "could order", "please order"),
    *(
        "may order",
        "must order",
        "should order",
        "will order",
        "would order",
        "i'll order",
        "we'll order",
        "let's order",
    ),
)
AMOUNTS = (
    *("dollar", "dollars", "bucks", "pounds", "quid", "pence", "cents", "euro", "euros", "yen", "rupees", "pesos"),
    *("USD", "EUR", "GBP", "JPY", "INR", "percent", "people", "persons", "users", "customers", "patients", "callers"),
    *(
        "members",
        "employees",
        "residents",
        "inhabitants",
        "households",
        "visitors",
        "guests",
        "units",
        "items",
        "pieces",
    ),
    *("copies", "records", "rows", "entries", "orders", "calls", "minutes", "hours", "seconds", "days", "weeks"),
    *("months", "years", "times", "points", "miles", "steps", "meters", "metres", "km", "kilometers", "kilometres"),
    *("kg", "kilograms", "grams", "tons", "tonnes", "liters", "litres", "bytes", "kB", "MB", "GB", "views", "votes"),
    *(
        "shares",
        "square",
        "million",
        "billion",
        "thousand",
        "digits",
        "characters",
        "letters",
        "room",
        "rooms",
        "seats",
        "tables",
        "pages",
        "page",
        "chapters",
    ),
)


class NumberReading(Settings):
    """How telephone numbers, codes, cards and accounts are read aloud. Other numbers are left to the voice."""

    phone_group: int = Field(3, ge=1, le=6, description="Digits read in one breath where none are grouped in writing.")
    pause: str = Field(", ", max_length=10, description="What stands between two groups; a comma is a short pause.")
    region: str = Field(
        "",
        pattern=r"^([A-Z]{2})?$",
        description="Country whose telephone numbers are known without a plus (ISO code); empty: that of `language`.",
    )
    plus: Text = Field("plus", description="What the + before a country code is called.")
    codes: Texts = Field(CODES, description=f"Words before a code, which is spelt however short it is. {_WORDS}")
    references: Texts = Field(
        REFERENCES, description=f"Words before a number that is spelt from four characters on. {_WORDS}"
    )
    telephone: Texts = Field(
        TELEPHONE, description=f"Words of a sentence in which a long number is a telephone number. {_WORDS}"
    )
    between: Texts = Field(BETWEEN, description="Words that may stand between such a word and its number.")
    about: Texts = Field(ABOUT, description="Words before a number that make it an amount or a count.")
    amounts: Texts = Field(
        AMOUNTS, description="Units and things counted, which make the number beside them an amount or a count."
    )


_TARGET = r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"


class SpeechSettings(Settings):
    """What becomes of the agent's text on its way to the voice, before numbers are read; it is kept as it is."""

    pronounce: dict[Text, str] = Field(
        default_factory=dict,
        description="Words and how they are said: `IBAN: eye ban`. Whole words only; one in small letters stands for "
        "itself however it is capitalised.",
    )
    transforms: Texts = Field(
        (),
        json_schema_extra={"items": {"type": "string", "pattern": _TARGET}},
        description="Functions that the text passes before that, as package.module:function: each gets it as an "
        "asynchronous iterable of pieces, and yields it.",
    )

    @field_validator("transforms")
    @classmethod
    def _targets_name_functions(cls, transforms: tuple[str, ...]) -> tuple[str, ...]:
        for target in transforms:
            if not re.match(_TARGET, target):
                raise ValueError(f"{target!r} must be module:function, for example speech:abbreviations")
        return transforms
