"""What the caller said against the `when` of a reply."""

import re
from collections.abc import Mapping

from callagent.profile import phrase_key

_SPACELESS = re.compile("([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff])")


def match_when(when: str, said: str) -> Mapping[str, str] | None:
    """The named groups of the match (empty where there are none), or None when `said` does not match.

    `when` is words that must occur in this order, other words between them or not, or a regular expression between
    slashes. Case counts in neither, punctuation not among words. Raises re.error for a broken expression.
    """
    if len(when) > 1 and when.startswith("/") and when.endswith("/"):
        found = re.search(when[1:-1], said, re.IGNORECASE)
        return None if found is None else {name: text for name, text in found.groupdict().items() if text is not None}
    wanted, heard = _words(when), iter(_words(said))
    return {} if wanted and all(word in heard for word in wanted) else None


def _words(text: str) -> list[str]:
    return _SPACELESS.sub(r" \1 ", phrase_key(text)).split()
