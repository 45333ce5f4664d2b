"""Date, time of day and weekday as the languages of the shipped profiles say them; in others as ISO 8601 writes them.

The words and their order are those of Unicode's CLDR 45, format "full" of a date and "short" of a time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True)
class _Language:
    """Names from Monday and from January on; a date, with `{weekday}`, `{day}`, `{month}`, `{year}` and `{number}`."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    twelve_hours: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH_DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_ENGLISH_MONTHS = _words("January February March April May June July August September October November December")

_LANGUAGES: Final = {
    "de": _Language(
        _words("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
        _words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        "{weekday}, {day}. {month} {year}",
    ),
    "en": _Language(_ENGLISH_DAYS, _ENGLISH_MONTHS, "{weekday}, {day} {month} {year}"),
    "en-US": _Language(_ENGLISH_DAYS, _ENGLISH_MONTHS, "{weekday}, {month} {day}, {year}", twelve_hours=True),
    "es": _Language(
        _words("lunes martes miércoles jueves viernes sábado domingo"),
        _words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        "{weekday}, {day} de {month} de {year}",
    ),
    "fr": _Language(
        _words("lundi mardi mercredi jeudi vendredi samedi dimanche"),
        _words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        "{weekday} {day} {month} {year}",
    ),
    "it": _Language(
        _words("lunedì martedì mercoledì giovedì venerdì sabato domenica"),
        _words("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
        "{weekday} {day} {month} {year}",
    ),
    "ja": _Language(
        _words("月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日"), (), "{year}年{number}月{day}日{weekday}"
    ),
    "pt": _Language(
        _words("segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo"),
        _words("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
        "{weekday}, {day} de {month} de {year}",
    ),
}


def spoken_date(now: datetime, language: str) -> str:
    """Return the date with its weekday: `Saturday, November 28, 2026`.

    Args:
        language: tag (BCP 47), such as en-US.
    """
    known = _of(language)
    if known is None:
        return now.date().isoformat()
    month = known.months[now.month - 1] if known.months else ""
    return known.date.format(
        weekday=known.weekdays[now.weekday()], day=now.day, month=month, number=now.month, year=now.year
    )


def spoken_time(now: datetime, language: str) -> str:
    """Return the time of day to the minute: `2:05 PM`, `14:05`."""
    known = _of(language)
    if known is None or not known.twelve_hours:
        return f"{now.hour}:{now.minute:02}" if known else f"{now:%H:%M}"
    return f"{now.hour % 12 or 12}:{now.minute:02} {'AM' if now.hour < 12 else 'PM'}"


def spoken_weekday(now: datetime, language: str) -> str:
    """Return the day of the week; in a language that is not known here the date instead, which says it too."""
    known = _of(language)
    return known.weekdays[now.weekday()] if known else now.date().isoformat()


def _of(language: str) -> _Language | None:
    return _LANGUAGES.get(language) or _LANGUAGES.get(language.partition("-")[0])
