"""Words that say what digits are: "my social", "date of birth", "security code"; in a sentence, or in a question."""

import re
from collections.abc import Iterator
from typing import Final

from callagent.sanitise.redaction.character_view import CharacterView

CLUE_CHARACTERS: Final = 60
"""Characters before a number in which words tell what it is."""

SOCIAL: Final = re.compile(r"\b(?:social(?: security)?(?: number)?|s\.?s\.?n\.?|itin|tax ?payer)(?!\w)", re.IGNORECASE)

BIRTH: Final = re.compile(
    r"\b(?:born|birth\w*|d\.?o\.?b\b|geboren|geburts\w+|nac[ií]\w*|n[ée]e?s? le|naissance|nat[oa]\b|nascit\w+|nasc\w+)"
    r"|生年月日|生まれ|誕生|जन्म",
    re.IGNORECASE,
)

CARD: Final = re.compile(
    r"\bcards?\b|karte|tarjeta|\bcarte\b|\bcarta\b|cartão|カード|कार्ड|\bcv[cv]2?\b|security code|expir",
    re.IGNORECASE,
)

SECURITY_CODE: Final = re.compile(
    r"\b(?:cv[cv]2?|security code|card verification|prüfnummer|prüfziffer|kartenprüf\w+|sicherheitscode"
    r"|c[óo]digo de seguran?[çz]a|c[óo]digo de seguridad|code de sécurité|cryptogramme|codice di sicurezza)\b",
    re.IGNORECASE,
)

_CLUES: Final = (SOCIAL, BIRTH, SECURITY_CODE, CARD)

_CODE: Final = re.compile(r"(?<!\d)\d{3,4}(?!\d)", re.ASCII)


def asked_for(question: str) -> str:
    """Return the words of a question that say what an answer is, with nothing between them; empty where none do."""
    return " ".join(found[0] for clue in _CLUES if (found := clue.search(question)))


def security_codes(view: CharacterView, original: str) -> Iterator[tuple[int, int]]:
    """Yield the codes on the back of cards, right behind the words for one."""
    for clue in SECURITY_CODE.finditer(original):
        for code in _CODE.finditer(view.text):
            start, stop = view.span(*code.span())
            if clue.end() <= start <= clue.end() + CLUE_CHARACTERS and view.begins_here(code.start()):
                yield start, stop
