"""Where in a text something of a kind stands: cards, IBANs, identity numbers, addresses, telephone numbers, births."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from callagent.sanitise.redaction.character_view import CharacterView
from callagent.sanitise.redaction.check_digits import IBAN_LENGTHS, card_lengths, is_iban, luhn
from callagent.sanitise.redaction.clues import BIRTH, CLUE_CHARACTERS
from callagent.sanitise.redaction.national_ids import CONTEXT, IDS, NationalId

Span = tuple[int, int]

LONGEST_GROWING: Final = 100
"""Characters at the end of words that go on in which an address may begin."""

EARLIEST_YEAR: Final = 2026
"""A clock that shows an earlier one is wrong, or stands still for a test."""

YOUNGEST_YEARS: Final = 14
"""A whole date that is older than so many years is taken for a birth without a word that says so."""

_DOT = r"(?:dot|point|punkt|punto|ponto|ドット|डॉट|[\[(] ?dot ?[\])]|\.)"
_AT = r"(?:at|at sign|at the rate(?: of)?|ät|arroba|arobase|chiocciola|アット(?:マーク)?|एट|[\[(] ?at ?[\])]|@)"
_WORD = r"[^\W_][\w+-]{0,63}"
_SPELT = r"(?:[^\W_][ ,-]{1,2}){2,20}[^\W_](?!\w)"
"""Letters, one by one."""
_MAIL = r"(?:g[ -]?mail|hotmail|outlook|yahoo|icloud|gmx|web|proton ?mail|aol)"
"""Who is named without a dot, or in two words."""
_NO_NAME = r"(?:look|looking|is|are|was|us|me|you|it|order|online|website|site|page|go|here|there|shop|find|found)"
"""Before "at example.com", no name of anybody."""

_WRITTEN = r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"

_JOINT = rf"(?:\s+{_DOT}\s+|\s+(?:underscore|dash|hyphen|plus|minus|guion|tiret|trattino)\s+|[._-])"
_EMAIL: Final = re.compile(
    rf"{_WRITTEN}"
    rf"|(?<!\w)(?!{_NO_NAME}\s+at\s)(?:{_SPELT}|{_WORD})(?:{_JOINT}(?:{_SPELT}|{_WORD})){{0,8}}"
    rf"(?:\s+{_AT}\s+|[\[(] ?at ?[\])]|@)(?:{_SPELT}|{_WORD}(?: mail)?)"
    rf"(?:(?:\s+{_DOT}\s+|[\[(] ?dot ?[\])]|\.){_WORD}){{1,8}}"
    rf"|(?<!\w){_WORD}(?:{_JOINT}{_WORD}){{0,8}}(?:\s+{_AT}\s+|@){_MAIL}\b(?:\s+{_DOT}\s+|[ .])?(?:com|de|net|org)?\b",
    re.IGNORECASE,
)

_GROWING_EMAIL: Final = re.compile(
    rf"(?<!\w)(?:{_SPELT}|{_WORD})"
    rf"(?:(?:\s+(?:{_DOT}|underscore)\s+(?:{_SPELT}|{_WORD})){{1,8}}(?:\s+{_AT})?|\s+{_AT}\s+{_WORD}\s+{_DOT}"
    rf"|(?:{_JOINT}{_WORD}){{1,8}}\s+{_AT}(?:\s+{_WORD})?|\s+(?:{_DOT}|underscore))(?:\s+{_WORD}|\s+{_DOT}){{0,4}}\s*$",
    re.IGNORECASE,
)
"""The begin of an address at the end of words that go on."""

_MONTHS: Final = (
    "jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|mar(?:ch|s|zo|ço)?|apr(?:il|ile)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|märz|mai|juni|juli|okt(?:ober)?|dez(?:ember)?|"
    "enero|febrero|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|février|avril|juin|juillet|"
    "août|septembre|octobre|novembre|décembre|gennaio|febbraio|maggio|giugno|luglio|settembre|ottobre|dicembre|"
    "janeiro|fevereiro|maio|junho|julho|setembro|outubro|novembro|dezembro|जनवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|"
    "अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर"
)
_SPOKEN_YEAR: Final = (
    r"nineteen[ -](?:hundred|o[hw]?|\w+ty|\w+teen|ten|eleven|twelve)(?:[ -](?:and )?\w+)?"
    r"|two thousand(?: and)?(?: \w+)?"
)
_DAY: Final = r"(?:(?:the )?\d{1,2}(?:st|nd|rd|th|er|º|ª|\.)?|\w*(?:first|second|third|th|st))"
_DATE: Final = re.compile(
    r"(?<![\w.])(?P<iso>(?:19|20)\d\d)[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\w)"
    r"|(?<![\w.])(?:0?[1-9]|[12]\d|3[01])[-/. ]{1,2}(?:0?[1-9]|[12]\d|3[01])[-/. ]{1,2}(?P<numeric>(?:19|20)\d\d)(?!\w)"
    rf"|\b{_DAY}(?: of| de| di)? (?:{_MONTHS})\.?,?(?: of| de| del)? (?P<day>(?:19|20)\d\d|{_SPOKEN_YEAR})(?!\d)"
    rf"|\b(?:{_MONTHS})\.? {_DAY},? (?P<month>(?:19|20)\d\d|{_SPOKEN_YEAR})(?!\d)"
    r"|(?P<japanese>(?:19|20)\d\d)年\s?\d{1,2}月\s?\d{1,2}日",
    re.IGNORECASE,
)
_SHORT_DATE: Final = re.compile(
    rf"\b(?:{_MONTHS})\.? {_DAY}(?:,? '?\d\d\b)?|\b{_DAY}(?: of| de| di)? (?:{_MONTHS})\.?(?:,? '?\d\d\b)?",
    re.IGNORECASE,
)
"""A day without a year, or with two digits of one: a birth where words say so."""
_FEW_DIGITS: Final = re.compile(r"(?<!\d)\d{3,8}(?!\d)", re.ASCII)
_DIGITS: Final = re.compile(r"\d{7,15}", re.ASCII)


def cards(view: CharacterView) -> Iterator[Span]:
    """Yield the card numbers."""
    at = 0
    while at < len(view.text):
        end = _card_end(view, at) if view.text[at].isdigit() and view.begins_here(at) else None
        if end is not None:
            yield view.span(at, end)
        at = end or at + 1


def _card_end(view: CharacterView, at: int) -> int | None:
    lengths = card_lengths(view.text[at : at + 4]) if view.text[at : at + 4].isdigit() else ()
    for length in lengths:
        digits = view.text[at : at + length]
        usual = length == lengths[0]
        right = len(digits) == length and digits.isdigit() and len(set(digits)) > 1
        if right and luhn(digits) and view.ends_here(at + length, usual=usual):
            return at + length
    return None


def ibans(view: CharacterView) -> Iterator[Span]:
    """Yield the IBANs."""
    for at in view.first:
        end = at + IBAN_LENGTHS.get(view.text[at : at + 2], 0)
        if end > at and end - 1 in view.last and is_iban(view.text[at:end]):
            yield view.span(at, end)


def national_ids(view: CharacterView, original: str, country: str) -> Iterator[Span]:
    """Yield the identity numbers.

    Args:
        original: the text of the view.
        country: where the call is from, ISO 3166 code.
    """
    for at in view.first:
        if view.begins_here(at):
            for kind in IDS:
                found = kind.form.match(view.text, at)
                if found and view.ends_here(found.end()) and kind.is_right(found[0]):
                    span = view.span(at, found.end())
                    groups = view.groups(at, found.end()), view.pauses(at, found.end())
                    if _has_words(view, original, at, found.end()):
                        continue
                    if _tells_enough(kind, groups, country, original, span):
                        yield span
                        break


def _has_words(view: CharacterView, original: str, start: int, end: int) -> bool:
    """Tell whether ordinary words stand in it, which are no letters of a number: "It is 390533447"."""
    tokens = (token for at, token in view.first.items() if start <= at < end)
    words = (original[token.start : token.end] for token in tokens if token.characters.isalpha())
    return any(len(word) > 1 and not word.isupper() for word in words)


def _tells_enough(
    kind: NationalId, groups: tuple[tuple[int, ...], ...], country: str, original: str, span: Span
) -> bool:
    """Tell whether digits of that form are what they look like."""
    if kind.groups:
        if kind.groups in groups:
            return True
        words = CONTEXT.get(kind.country)
        if words is None:
            return kind.country == country
        return words.search(original, max(0, span[0] - CLUE_CHARACTERS), span[0]) is not None
    return kind.everywhere or kind.country == country


def emails(original: str) -> Iterator[Span]:
    """Yield the addresses, also those that are said: "ann dot smith at example dot com"."""
    for match in _EMAIL.finditer(original):
        yield match.span()


def growing_emails(original: str) -> Iterator[Span]:
    """Yield what may become an address, at the end of words that go on: "ann dot smith at"."""
    if (found := _GROWING_EMAIL.search(original, max(0, len(original) - LONGEST_GROWING))) is not None:
        yield found.span()


def births(original: str, view: CharacterView, today: date | None = None) -> Iterator[Span]:
    """Yield the dates of birth: whole dates long ago, and any date that words call so, digits alone too.

    Args:
        view: of the text.
    """
    latest = max((today or date.today()).year, EARLIEST_YEAR) - YOUNGEST_YEARS
    for match in _DATE.finditer(original):
        year = next(text for name, text in match.groupdict().items() if text)
        long_ago = int(year) <= latest if year.isdigit() else year.casefold().startswith("nineteen")
        near = max(0, match.start() - CLUE_CHARACTERS), min(len(original), match.end() + CLUE_CHARACTERS // 4)
        if long_ago or BIRTH.search(original, *near):
            yield match.span()
    for clue in BIRTH.finditer(original):
        end = clue.end() + CLUE_CHARACTERS
        for match in _SHORT_DATE.finditer(original, max(0, clue.start() - CLUE_CHARACTERS // 4), end):
            yield match.span()
        for match in _FEW_DIGITS.finditer(view.text):
            start, stop = view.span(*match.span())
            if clue.end() <= start <= end and view.begins_here(match.start()):
                yield start, stop


def phones(view: CharacterView, original: str, country: str) -> Iterator[Span]:
    """Yield the telephone numbers, by phonenumbers: of any country with a +, else of the call's."""
    import phonenumbers  # slow to import, and few profiles want it

    region = country or None
    for found in phonenumbers.PhoneNumberMatcher(original, region):
        yield found.start, found.end
    for run in _DIGITS.finditer(view.text):
        if not (view.begins_here(run.start()) and view.ends_here(run.end())):
            continue
        try:
            number = phonenumbers.parse(run[0], region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            yield view.span(run.start(), run.end())
