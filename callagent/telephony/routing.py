"""Which profile answers a call: that of the dispatch, the rule, the number, the country, or the default."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from callagent.call_context import CallContext
from callagent.phone_numbers.call_parties import called_number, home_of
from callagent.phone_numbers.number import InvalidNumber, country_code, parse_number
from callagent.telephony.context import cleaned, profiles_by_number
from callagent.yaml_config import Flaw, FlawsError, Settings, load_yaml, validate

PROFILE_ATTRIBUTE = "callagent.profile"
"""Participant attribute that names the profile, set by a SIP dispatch rule."""

Source = Literal["dispatch", "rule", "number", "country", "default"]
"""What chose the profile of a call."""

_EXTENSION = re.compile(r"[1-9][0-9]{2,5}")

ProfileName = Annotated[str, Field(min_length=1, max_length=100)]


class Routes(Settings):
    """The profiles of numbers and of countries, as `callagent serve --routes FILE` reads them."""

    home: str | None = Field(
        None,
        description="Country in whose national form our numbers are written and sent, as its ISO 3166 code; "
        "none: that of the numbers in international form.",
    )
    numbers: dict[str, ProfileName] = Field(
        default_factory=dict,
        description="Profile by dialled number, which is one of ours, or by an extension of our PBX (3 to 6 digits).",
    )
    countries: dict[str, ProfileName] = Field(
        default_factory=dict, description="Profile by the caller's country, as its ISO 3166 code."
    )

    @field_validator("home")
    @classmethod
    def _home_exists(cls, home: str | None) -> str | None:
        return None if home is None else country_code(home)

    @field_validator("numbers")
    @classmethod
    def _numbers_are_numbers(cls, numbers: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        return by_number(numbers, info.data.get("home"))

    @field_validator("countries")
    @classmethod
    def _countries_exist(cls, countries: dict[str, str]) -> dict[str, str]:
        flaws: list[Flaw] = []
        for code in countries:
            try:
                country_code(code)
            except ValueError as error:
                flaws.append(Flaw((code,), str(error)))
        if flaws:
            raise FlawsError(*flaws)
        return countries

    @property
    def profiles(self) -> frozenset[str]:
        """Every profile that is named."""
        return frozenset({*self.numbers.values(), *self.countries.values()})


def by_number(entries: Mapping[str, ProfileName], home: str | None = None) -> dict[str, ProfileName]:
    """Return the entries under their numbers in E.164, extensions as they are.

    Args:
        home: country of those in national form; None: that of the others.

    Raises:
        FlawsError: for what is no number, or twice the same.
    """
    found: dict[str, ProfileName] = {}
    flaws: list[Flaw] = []
    country = home or home_of(entries)
    for text, entry in entries.items():
        try:
            number = text if _EXTENSION.fullmatch(text) else parse_number(text, country).e164
        except InvalidNumber as error:
            flaws.append(Flaw((text,), str(error)))
            continue
        if number in found:
            flaws.append(Flaw((text,), f"{number} stands here already"))
        found[number] = entry
    if flaws:
        raise FlawsError(*flaws)
    return found


NO_ROUTES = Routes()


def load_routes(path: Path) -> Routes:
    """Return the routes in a file. Raise ConfigError with every problem."""
    return validate(Routes, load_yaml(path))


@dataclass(frozen=True)
class Choice:
    """The profile of a call, what chose it, and what could not be followed, one line each."""

    profile: str
    source: Source = "default"
    problems: tuple[str, ...] = ()


def choose_profile(
    context: CallContext, *, default: str, known: Callable[[], Collection[str]], routes: Routes = NO_ROUTES
) -> Choice:
    """Take the first of: dispatch metadata, rule attribute, dialled number, caller's country, default.

    Only names that `known()` gives are taken: a path from outside is never opened. An unknown name gives way to the
    default profile and is told.
    """
    asked: tuple[tuple[Source, object, str], ...] = (
        ("dispatch", context.metadata.get("profile"), "dispatch metadata"),
        ("rule", context.attributes.get(PROFILE_ATTRIBUTE), "participant attribute"),
        ("number", _profile_by_number(context), "dispatch metadata"),
        ("number", routes.numbers.get(context.own_number), f"route of {context.own_number}"),
        ("country", routes.countries.get(context.country), f"route of {context.country}"),
    )
    for source, name, place in asked:
        if name is None or name == "":
            continue
        if isinstance(name, str) and (name == default or name in known()):
            return Choice(name, source)
        return Choice(default, "default", (f"unknown profile {_shorten(name)} in the {place}",))
    return Choice(default)


def _profile_by_number(context: CallContext) -> object:
    """Return what the dispatch metadata says about the dialled number, in whatever form the trunk has it."""
    profiles = profiles_by_number(context.metadata)
    if context.own_number in profiles or not profiles:
        return profiles.get(context.own_number)
    same = (number for number in profiles if called_number(number, [context.own_number])[0] == context.own_number)
    return profiles.get(next(same, ""))


def _shorten(value: object) -> str:
    text = cleaned(repr(value))
    return text if len(text) <= 80 else text[:79] + "…"
