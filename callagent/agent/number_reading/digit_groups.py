"""How a number is spelt: the characters one by one, in the groups in which it is written or read."""

import re
import unicodedata
from typing import TYPE_CHECKING

from callagent.agent.number_reading.telephones import grouped

if TYPE_CHECKING:
    from callagent.agent.number_reading.number_kinds import Kind
    from callagent.profile import NumberReading

LONGEST_GROUP = 5
"""Characters that a written group may have to be read in one breath; longer ones are divided."""
CARD_DIGITS = 16
"""Characters from which a string without gaps is read in fours, as cards and IBANs are written."""
_CARD_GROUP = 4


def spell(written: str, kind: "Kind", reading: "NumberReading") -> str:
    """Return `written` as the voice reads it: "+1 415 555 0112" becomes "plus 1, 4 1 5, 5 5 5, 0 1 1 2"."""
    written = unicodedata.normalize("NFKC", written)
    groups = re.findall(r"[^\W_]+", written)
    plus = "+" in written
    if kind == "telephone" and len(groups) == 1:
        groups = grouped(("+" if plus else "") + groups[0], reading.region) or groups
    parts = [part for group in groups for part in _divide(group, reading.phone_group)]
    spelt = reading.pause.join(" ".join(part) for part in parts)
    return f"{reading.plus} {spelt}" if plus else spelt


def _divide(group: str, size: int) -> list[str]:
    if len(group) <= LONGEST_GROUP:
        return [group]
    if len(group) >= CARD_DIGITS:
        size = _CARD_GROUP
    parts = [group[at : at + size] for at in range(0, len(group), size)]
    if len(parts[-1]) == 1:
        parts[-2:] = [parts[-2] + parts[-1]]
    return parts
