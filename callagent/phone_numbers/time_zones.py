"""The time zones in which the subscriber of a number may be: those of its area, or else of its country."""

import zoneinfo
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType
from phonenumbers.phonenumberutil import is_number_type_geographical
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from callagent.phone_numbers.numbering_plan import type_of

_TABLE = "zone.tab"
"""Countries and their zones, of the IANA time zone database."""

_UNKNOWN_ZONE = "Etc/Unknown"
_MOBILES_WITH_AREA_CODE = frozenset({52, 54, 55})
"""Mexico, Argentina, Brazil. What phonenumbers lists for other mobiles is a guess, all Russians in Moscow."""

_SHARED_CODE = 1
"""Country code of North America, whose free and service numbers belong to twenty-five countries in common."""


def zones_of_number(parsed: PhoneNumber, region: str) -> tuple[str, ...]:
    """Return every zone that the subscriber may be in (IANA names); empty when unknown.

    Args:
        parsed: a number that exists.
        region: its country, ISO 3166 code.
    """
    code, kind = parsed.country_code or 0, type_of(parsed)
    local = is_number_type_geographical(kind, code)
    if code == _SHARED_CODE and not local and kind != PhoneNumberType.MOBILE:
        return ()
    country = zones_of_country(region)
    if local and (kind != PhoneNumberType.MOBILE or code in _MOBILES_WITH_AREA_CODE):
        listed = _zones_of_area(parsed)
    else:
        listed = _listed(str(code))
    return listed if listed and (not country or set(listed) <= set(country)) else country


def zones_of_country(region: str) -> tuple[str, ...]:
    """Return every zone of a country (ISO 3166 code); empty when unknown."""
    return _countries().get(region, ())


def _zones_of_area(parsed: PhoneNumber) -> tuple[str, ...]:
    digits = phonenumbers.format_number(parsed, PhoneNumberFormat.E164).removeprefix("+")
    prefixes = (digits[:length] for length in range(TIMEZONE_LONGEST_PREFIX, 0, -1))
    return next(filter(None, map(_listed, prefixes)), ())


def _listed(prefix: str) -> tuple[str, ...]:
    return tuple(zone for zone in TIMEZONE_DATA.get(prefix, ()) if zone != _UNKNOWN_ZONE)


@cache
def _countries() -> Mapping[str, tuple[str, ...]]:
    """Return the zones by country; of the system's database, or of the package tzdata where it has none."""
    found = defaultdict[str, list[str]](list)
    for line in _table().splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found[country].append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


def _table() -> str:
    for directory in zoneinfo.TZPATH:
        try:
            return Path(directory, _TABLE).read_text(encoding="utf-8")
        except OSError:
            continue
    try:
        return resources.files("tzdata.zoneinfo").joinpath(_TABLE).read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return ""
