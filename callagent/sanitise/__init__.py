"""What comes from outside, made fit for where it goes: a terminal, a log, a JSON file or a database."""

from callagent.sanitise.encoding import LONGEST_TEXT, encodable, json_text, storable, text_of
from callagent.sanitise.personal import MASK, hide_numbers, is_personal, without_personal
from callagent.sanitise.terminal import blanked, printable, printable_lines
from callagent.sanitise.tracebacks import without_quotations

__all__ = [
    "LONGEST_TEXT",
    "MASK",
    "blanked",
    "encodable",
    "hide_numbers",
    "is_personal",
    "json_text",
    "printable",
    "printable_lines",
    "storable",
    "text_of",
    "without_personal",
    "without_quotations",
]
