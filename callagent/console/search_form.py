"""The form in which calls are looked for: what its fields mean, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from callagent.phone_numbers.number import InvalidNumber, is_region, parse_number
from callagent.records import CallRow, Wanted
from callagent.records.search_words import check_outcome, ended, midnight, moment_of, within
from callagent.yaml_config.units import DURATION

A_PAGE: Final = 50
"""Calls on one page."""

DURATIONS: Final[Mapping[str, str]] = {
    "longer_than": "longer_than_s",
    "response_over": "response_over_s",
    "yield_over": "yield_over_s",
}
"""Field of the form -> what it is in `Wanted`."""

FIELDS: Final = (
    *("number", "region", "day", "since", "until", "outcome", "profile", "direction", "text"),
    *(*DURATIONS, "lost_turns", "errors"),
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Search:
    """What somebody looks for.

    Attributes:
        values: the fields as they were written, those left empty excepted.
        wanted: what they mean; where something is wrong, nothing is looked for.
        problems: what is wrong, by field.
    """

    values: Mapping[str, str] = field(repr=False)
    wanted: Wanted
    problems: Mapping[str, str] = field(default_factory=dict, repr=False)

    def page_before(self, last: CallRow) -> str:
        """Return the query of the page with the calls that began before that one."""
        moment = _EPOCH + timedelta(microseconds=last.seq)
        return urlencode({**self.values, "before": moment.isoformat()})


def search_of(query: Mapping[str, str]) -> Search:
    """Return what the fields of a form, or of an address, ask for."""
    values = {name: text for name in FIELDS if (text := query.get(name, "").strip())}
    problems: dict[str, str] = {}
    wanted = Wanted(
        profile=values.get("profile", ""),
        text=values.get("text", ""),
        lost_turns_over=0 if "lost_turns" in values else None,
        errors=True if "errors" in values else None,
    )
    wanted = _number(wanted, values, problems)
    wanted = _durations(wanted, values, problems)
    wanted = _when(wanted, values, problems)
    if (direction := values.get("direction", "")) in ("", "inbound", "outbound"):
        wanted = replace(wanted, direction=direction)
    else:
        problems["direction"] = "is inbound or outbound"
    if outcome := values.get("outcome"):
        try:
            check_outcome(outcome)
            wanted = ended(wanted, (outcome,))
        except ValueError as error:
            problems["outcome"] = str(error)
    return Search(values, _before(wanted, query.get("before", "")), problems)


def _number(wanted: Wanted, values: Mapping[str, str], problems: dict[str, str]) -> Wanted:
    region = values.get("region", "").upper() or None
    if region is not None and not is_region(region):
        problems["region"] = f"{region} is no ISO 3166 country code, such as DE or US"
        return wanted
    if "number" not in values:
        return wanted
    try:
        return replace(wanted, number=parse_number(values["number"], region).e164)
    except InvalidNumber as error:
        hint = "" if region or values["number"].startswith("+") else "; name its country"
        problems["number"] = f"{error}{hint}"
        return wanted


def _durations(wanted: Wanted, values: Mapping[str, str], problems: dict[str, str]) -> Wanted:
    found: dict[str, float] = {}
    for name, key in DURATIONS.items():
        if name in values:
            try:
                found[key] = DURATION.parse(values[name])
            except ValueError as error:
                problems[name] = str(error)
    return Wanted(**{**vars(wanted), **found})


def _when(wanted: Wanted, values: Mapping[str, str], problems: dict[str, str]) -> Wanted:
    moments: dict[str, datetime | None] = {"day": None, "since": None, "until": None}
    for name in moments:
        if name in values:
            try:
                moments[name] = moment_of(values[name])
            except ValueError as error:
                problems[name] = str(error)
    day = moments["day"]
    try:
        return within(wanted, None if day is None else midnight(day), moments["since"], moments["until"])
    except ValueError as error:
        problems["since"] = str(error)
        return wanted


def _before(wanted: Wanted, before: str) -> Wanted:
    """Return what is looked for on a page further back; what is no moment says nothing."""
    try:
        moment = datetime.fromisoformat(before)
    except ValueError:
        return wanted
    moment = moment.astimezone()
    return replace(wanted, until=moment if wanted.until is None else min(moment, wanted.until))
