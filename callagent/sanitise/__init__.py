"""What comes from outside, made fit for where it goes: a terminal, a log, a JSON file or a database; secrets masked."""

from callagent.sanitise.encoding import LONGEST_TEXT, encodable, json_text, shortened, storable, text_of
from callagent.sanitise.personal import MASK, hide_numbers, is_personal, without_personal
from callagent.sanitise.secrets import is_secret, masked, masked_urls, without
from callagent.sanitise.terminal import blanked, printable, printable_lines
from callagent.sanitise.tracebacks import without_quotations

__all__ = [
    "LONGEST_TEXT",
    "MASK",
    "blanked",
    "encodable",
    "hide_numbers",
    "is_personal",
    "is_secret",
    "json_text",
    "masked",
    "masked_urls",
    "printable",
    "printable_lines",
    "shortened",
    "storable",
    "text_of",
    "without",
    "without_personal",
    "without_quotations",
]
